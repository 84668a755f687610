package io.basalt.statebackend.hot;

import io.basalt.statebackend.layout.Bounds;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Changed entries of one table in the order of their keys' bytes, for whoever walks over ranges of
 * them while they wait to be written. Without those that have a namespace, which are maps. Task
 * thread.
 *
 * <p>Each walk concerns one key group, of which few changes are put in order at once. To do so with
 * a million of them would be a stall of a second, and to look through all of them for each walk
 * would take longer than to wait. So each walk puts a few thousand of its key group in order, and
 * then the first of its own range, which it finds among the others.
 */
final class ChangesByKey {

  private final Limits limits;
  private final LongConsumer taking;
  private final OrderedEntries ordered;

  /** Each in the order of key groups. */
  private final List<ChangeList> lists;

  /** What is not in order, of each key group that has been walked over. */
  private final Map<Integer, UnorderedChanges> others = new HashMap<>();

  /** All changes of their keys are in order, beside those that are so by chance. */
  private final KeyRanges inOrder = new KeyRanges();

  /** How often those that are not in order have been looked through. */
  private int searches;

  /** What the lists and others take. */
  private long othersBytes;

  private long heldBytes;
  private boolean isOver;

  /**
   * How much is done at once.
   *
   * @param ofALeaf most entries of which one more has all of them put in order
   * @param ofAGroup so many of a key group are put in order by the first walk over any of it
   * @param ofAWalk if there are more, so many are put in order by each walk for those that follow
   * @param ofARange so many of a walk's range it puts in order before it looks for more
   */
  record Limits(int ofALeaf, int ofAGroup, int ofAWalk, int ofARange) {

    static final Limits DEFAULT = new Limits(256, 16_384, 4_096, 1_024);
  }

  /**
   * Of all changes so far.
   *
   * @param lists each in the order of key groups; nobody changes them
   * @param taking is told of memory that is taken, and of what is given back as less than none
   */
  ChangesByKey(List<ChangeList> lists, Limits limits, LongConsumer taking) {
    this.limits = limits;
    this.taking = taking;
    this.ordered = new OrderedEntries(limits.ofALeaf());
    this.lists = lists;
    this.othersBytes = lists.stream().mapToLong(ChangeList::size).sum() * ChangeList.BYTES;
    hold();
  }

  private void hold() {
    long before = heldBytes;
    heldBytes = ordered.heapBytes() + othersBytes;
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
    UnorderedChanges group = others.get(keyGroup);
    if (group == null) {
      group = new UnorderedChanges(lists, keyGroup);
      others.put(keyGroup, group);
      othersBytes += group.heapBytes();
    }
    if (group.left() > 0) {
      long before = group.heapBytes();
      List<HotEntry> taken =
          group.take(group.left() <= limits.ofAGroup() ? group.left() : limits.ofAWalk());
      OrderedEntries.order(taken);
      ordered.putAll(taken);
      othersBytes += group.heapBytes() - before;
    }
    hold();
    return new Walk(range, group);
  }

  /** Puts the first changes of a range in order. Says to where there are no others of it. */
  private byte[] order(Bounds range, UnorderedChanges group) {
    byte[] upper = range.upperExclusive();
    if (group.left() == 0) {
      return upper;
    }
    byte[] end = inOrder.endOf(range.lowerInclusive());
    if (end == null) {
      end = search(range, group);
    }
    return Arrays.compareUnsigned(end, upper) < 0 ? end : upper;
  }

  private byte[] search(Bounds range, UnorderedChanges group) {
    searches++;
    FirstEntries first = new FirstEntries(limits.ofARange());
    long before = group.heapBytes();
    group.offer(range, first);
    ordered.putAll(first.inOrder());
    othersBytes += group.heapBytes() - before;
    hold();
    byte[] last = first.last();
    // The first key behind it.
    byte[] end = last == null ? range.upperExclusive() : Arrays.copyOf(last, last.length + 1);
    // Several walks may go on in turn, each over a range of its own.
    inOrder.add(range.lowerInclusive(), end);
    return end;
  }

  int searches() {
    return searches;
  }

  /** Steps from key to key. */
  private final class Walk implements Iterator<ChangedEntry> {

    private final UnorderedChanges group;
    private final byte[] upperExclusive;

    /** The last key, or where it begins. */
    private byte[] position;

    private boolean isPassed;

    /** To where all is in order. */
    private byte[] orderedTo;

    private @Nullable HotEntry next;

    Walk(Bounds range, UnorderedChanges group) {
      this.group = group;
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
          orderedTo = order(new Bounds(orderedTo, upperExclusive), group);
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
