package io.basalt.statebackend.hot;

import io.basalt.statebackend.layout.Bounds;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Changed entries of one table in the order of their keys' bytes, for whoever walks over ranges of
 * them while they wait to be written. Without those that have a namespace, which are maps. Task
 * thread.
 *
 * <p>To put a million in order at once would be a stall of a second, and to look through all of
 * them for each walk would take longer than to wait. So each walk puts a few thousand in order, and
 * then the first of its own range, which it finds among the others.
 */
final class ChangesByKey {

  private final Limits limits;
  private final LongConsumer taking;
  private final OrderedEntries ordered;
  private final UnorderedChanges others;

  /** All changes of the keys from here on ... */
  private byte[] orderedFrom = new byte[0];

  /** ... to before this are in order, beside those that are so by chance. */
  private byte[] orderedTo = new byte[0];

  private long heldBytes;
  private boolean isOver;

  /**
   * How much is done at once.
   *
   * @param ofALeaf most entries of which one more has all of them put in order
   * @param ofAWalk so many are put in order by each walk for those that follow
   * @param ofARange so many of a walk's range it puts in order before it looks for more
   */
  record Limits(int ofALeaf, int ofAWalk, int ofARange) {

    static final Limits DEFAULT = new Limits(256, 4_096, 1_024);
  }

  /**
   * Of all changes so far.
   *
   * @param copied those since the last barrier, for this alone
   * @param closed nobody changes the lists
   * @param taking is told of memory that is taken, and of what is given back as less than none
   */
  ChangesByKey(ChangeList copied, List<ChangeList> closed, Limits limits, LongConsumer taking) {
    this.limits = limits;
    this.taking = taking;
    this.ordered = new OrderedEntries(limits.ofALeaf());
    this.others = new UnorderedChanges(copied, closed);
    hold();
  }

  private void hold() {
    long before = heldBytes;
    heldBytes = ordered.heapBytes() + others.heapBytes();
    taking.accept(heldBytes - before);
  }

  /** Some of the changes may be below from now on; no walk goes on. */
  void end() {
    isOver = true;
    taking.accept(-heldBytes);
    heldBytes = 0;
  }

  /** It has been changed. */
  void add(HotEntry entry) {
    if (entry.namespace == null) {
      ordered.put(entry);
      hold();
    }
  }

  /** The changes of a range of a key group, each as it is when the iterator gets there. */
  Iterator<ChangedEntry> of(Bounds range, int keyGroup) {
    others.take(limits.ofAWalk(), ordered::put);
    hold();
    return new Walk(range, keyGroup);
  }

  /** Puts the first changes of a range in order. Says to where there are no others of it. */
  private byte[] order(Bounds range, int keyGroup) {
    byte[] from = range.lowerInclusive();
    byte[] upper = range.upperExclusive();
    if (others.areNone()) {
      return upper;
    }
    if (Arrays.compareUnsigned(orderedFrom, from) > 0
        || Arrays.compareUnsigned(from, orderedTo) >= 0) {
      FirstEntries first = new FirstEntries(limits.ofARange());
      others.offer(range, keyGroup, first);
      first.inOrder().forEach(ordered::put);
      hold();
      byte[] last = first.last();
      orderedFrom = from;
      // The first key behind it.
      orderedTo = last == null ? upper : Arrays.copyOf(last, last.length + 1);
    }
    return Arrays.compareUnsigned(orderedTo, upper) < 0 ? orderedTo : upper;
  }

  /** Steps from key to key. */
  private final class Walk implements Iterator<ChangedEntry> {

    private final int keyGroup;
    private final byte[] upperExclusive;

    /** The last key, or where it begins. */
    private byte[] position;

    private boolean isPassed;

    /** To where all is in order. */
    private byte[] orderedTo;

    private @Nullable HotEntry next;

    Walk(Bounds range, int keyGroup) {
      this.keyGroup = keyGroup;
      this.upperExclusive = range.upperExclusive();
      this.position = range.lowerInclusive();
      this.orderedTo = position;
    }

    @Override
    public boolean hasNext() {
      if (isOver) {
        throw new IllegalStateException("Changes have been written while they were walked over.");
      }
      while (next == null) {
        HotEntry found = ordered.first(position, !isPassed);
        if (found != null && Arrays.compareUnsigned(OrderedEntries.key(found), orderedTo) < 0) {
          next = found;
        } else if (Arrays.compareUnsigned(orderedTo, upperExclusive) < 0) {
          if (Arrays.compareUnsigned(position, orderedTo) < 0) {
            position = orderedTo;
            isPassed = false;
          }
          orderedTo = order(new Bounds(orderedTo, upperExclusive), keyGroup);
        } else {
          return false;
        }
      }
      return true;
    }

    @Override
    public ChangedEntry next() {
      HotEntry entry = hasNext() ? next : null;
      if (entry == null) {
        throw new NoSuchElementException();
      }
      next = null;
      position = OrderedEntries.key(entry);
      isPassed = true;
      return new ChangedEntry(position, entry.value);
    }
  }
}
