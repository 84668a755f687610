package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.ChangedKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A walk over the entries of a table as the tier above it would have them: of a key that is changed
 * there, the tier says whether it is there; all others are as below. So nothing need be written
 * down first, which takes a microsecond for each change, nor a checkpoint be waited for.
 *
 * <p>Changes are put in order key group by key group, as the walk gets there.
 */
final class WalkWithChanges implements EntryWalk {

  /** Of one key the first that came is the first here, too: the sort is stable. */
  private static final Comparator<Change> BY_KEY =
      (left, right) -> KeyOrder.compare(left.start, left.key, right.start, right.key);

  private final EntryWalk below;
  private final ChangedKeys changes;
  private final KeyBytes keyBytes;
  private final List<Change> group = new ArrayList<>();

  /** In the group; what is before has been passed. */
  private int position;

  private byte @Nullable [] keyBelow;
  private byte @Nullable [] current;

  /**
   * Stands on the first entry.
   *
   * @param below stands on its first entry, and was opened with nothing written since the changes
   *     were taken, but changes of those; closed with this walk
   */
  WalkWithChanges(EntryWalk below, ChangedKeys changes, KeyBytes keyBytes) {
    this.below = below;
    this.changes = changes;
    this.keyBytes = keyBytes;
    lookBelow();
    settle();
  }

  @Override
  public boolean isValid() {
    // Which fails if it has been closed: what is changed must not be shown any more then.
    boolean isBelow = below.isValid();
    return isBelow || current != null;
  }

  @Override
  public byte[] key() {
    byte[] key = current;
    if (key == null) {
      throw new IllegalStateException("The walk is at its end.");
    }
    return key;
  }

  @Override
  public void next() {
    if (current == keyBelow) {
      below.next();
      lookBelow();
    } else {
      pass();
    }
    settle();
  }

  @Override
  public void seek(byte[] key) {
    if (keyBelow != null && Arrays.compareUnsigned(keyBelow, key) < 0) {
      below.seek(key);
      lookBelow();
    }
    for (Change change = change();
        change != null && Arrays.compareUnsigned(change.key, key) < 0;
        change = change()) {
      pass();
    }
    settle();
  }

  /** Finds the first key of both that is there. */
  private void settle() {
    current = keyBelow;
    for (Change change = change(); change != null; change = change()) {
      int order = keyBelow == null ? -1 : Arrays.compareUnsigned(change.key, keyBelow);
      if (order > 0) {
        return;
      }
      if (order == 0) {
        below.next();
        lookBelow();
      }
      if (change.isPresent) {
        current = change.key;
        return;
      }
      pass();
      current = keyBelow;
    }
  }

  private void lookBelow() {
    keyBelow = below.isValid() ? below.key() : null;
  }

  /** The first change that has not been passed, or null at the end. */
  private @Nullable Change change() {
    if (position == group.size()) {
      group.clear();
      position = 0;
      changes.takeGroup(this::add);
      group.sort(BY_KEY);
    }
    return group.isEmpty() ? null : group.get(position);
  }

  private void add(
      Object key,
      @Nullable Object namespace,
      int keyGroup,
      boolean isPresent,
      @Nullable Object emptied) {
    byte[] bytes = keyBytes.of(key, namespace, keyGroup);
    // Of a map too that is not known to have an entry: an older change of it may have been one.
    group.add(new Change(bytes, isPresent));
    if (emptied != null) {
      for (byte[] removed : keyBytes.removed(bytes, emptied)) {
        group.add(new Change(removed, false));
      }
    }
  }

  /** Passes the change, and older ones of the same key. */
  private void pass() {
    byte[] passed = group.get(position).key;
    do {
      position++;
    } while (position < group.size() && Arrays.equals(group.get(position).key, passed));
  }

  @Override
  public void close() {
    below.close();
  }

  private static final class Change {
    final byte[] key;
    final long start;
    final boolean isPresent;

    Change(byte[] key, boolean isPresent) {
      this.key = key;
      this.start = KeyOrder.start(key);
      this.isPresent = isPresent;
    }
  }
}
