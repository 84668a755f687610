package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.ChangedEntry;
import io.basalt.statebackend.store.EntryBytes;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Entries of a table as the tier above it would have them: what is changed there is as the tier
 * says, all else as below. So nothing need be written down first, nor a checkpoint be waited for.
 */
final class CursorWithChanges implements EntryCursor {

  private final EntryCursor below;
  private final Iterator<ChangedEntry> changes;

  private byte @Nullable [] keyBelow;

  /** The first that has not been passed. */
  private @Nullable ChangedEntry change;

  /** Whether the entry that this stands on is that one, and not the one below. */
  private boolean isChanged;

  private CursorWithChanges(EntryCursor below, Iterator<ChangedEntry> changes) {
    this.below = below;
    this.changes = changes;
    lookBelow();
    passChange();
    settle();
  }

  /**
   * Both together.
   *
   * @param below was opened with nothing written since the changes were taken, but changes of
   *     those; taken over, and closed if this fails
   * @param changes of the same range, in the order of their keys, each key once
   */
  static EntryCursor over(EntryCursor below, Iterator<ChangedEntry> changes) {
    try {
      return new CursorWithChanges(below, changes);
    } catch (RuntimeException | Error e) {
      below.close();
      throw e;
    }
  }

  @Override
  public boolean isValid() {
    // Which fails if it has been closed: what is changed must not be shown any more then.
    boolean isBelow = below.isValid();
    return isBelow || change != null;
  }

  @Override
  public void next() {
    if (isChanged) {
      passChange();
    } else {
      below.next();
      lookBelow();
    }
    settle();
  }

  /** Finds the first entry of both that is there. */
  private void settle() {
    isChanged = false;
    for (; change != null; passChange()) {
      int order = keyBelow == null ? -1 : Arrays.compareUnsigned(change.key(), keyBelow);
      if (order > 0) {
        return;
      }
      if (order == 0) {
        below.next();
        lookBelow();
      }
      if (change.isPresent()) {
        isChanged = true;
        return;
      }
    }
  }

  private void lookBelow() {
    keyBelow = below.isValid() ? below.key() : null;
  }

  private void passChange() {
    change = changes.hasNext() ? changes.next() : null;
  }

  private ChangedEntry changed() {
    if (change == null) {
      throw new IllegalStateException("The walk is at its end.");
    }
    return change;
  }

  @Override
  public byte[] key() {
    return isChanged ? changed().key() : below.key();
  }

  @Override
  public byte[] value() {
    // The tier may change its array in place.
    return isChanged ? ((byte[]) changed().value()).clone() : below.value();
  }

  @Override
  public void key(EntryBytes target) {
    if (isChanged) {
      target.take(key());
    } else {
      below.key(target);
    }
  }

  @Override
  public void value(EntryBytes target) {
    if (isChanged) {
      target.take(value());
    } else {
      below.value(target);
    }
  }

  @Override
  public int value(byte[] target) {
    if (!isChanged) {
      return below.value(target);
    }
    byte[] value = (byte[]) changed().value();
    System.arraycopy(value, 0, target, 0, Math.min(value.length, target.length));
    return value.length;
  }

  @Override
  public void close() {
    below.close();
  }
}
