package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.Keyed;
import org.apache.flink.runtime.state.heap.HeapPriorityQueue;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;

/**
 * A queue of timers kept in a table: the key groups' queues with a heap of their heads above them.
 *
 * <p>Heads are compared by their bytes, so that an element is made from them only when it is shown.
 * Flink's {@code KeyGroupPartitionedPriorityQueue} compares elements with {@code equals} to tell
 * whether the head has changed; with a key whose class lacks it, a new earliest processing-time
 * timer would then not be scheduled.
 *
 * <p>{@link #iterator()}, {@link #size()} and {@link #getSubsetForKeyGroup} show every element,
 * from the table; size counts, so it costs a walk. Task thread only.
 *
 * @param <T> the type of the elements
 */
final class TableTimerQueue<T extends Keyed<?>> implements KeyGroupedInternalPriorityQueue<T> {

  private final Database database;
  private final Table table;
  private final KeyGroupRange keyGroupRange;
  private final int numberOfKeyGroups;
  private final int cacheSize;
  private final KeyGroupPrefix prefix;
  private final KeyGroupTimers[] keyGroups;
  private final HeapPriorityQueue<KeyGroupTimers> byHead;
  private TimerCodec<T> codec;
  private byte @Nullable [] headKey;
  private @Nullable T head;

  TableTimerQueue(
      Database database,
      Table table,
      boolean isEmpty,
      TimerCodec<T> codec,
      KeyGroupRange keyGroupRange,
      int numberOfKeyGroups,
      int cacheSize) {
    this.database = database;
    this.table = table;
    this.codec = codec;
    this.keyGroupRange = keyGroupRange;
    this.numberOfKeyGroups = numberOfKeyGroups;
    this.cacheSize = cacheSize;
    this.prefix = KeyGroupPrefix.forKeyGroups(numberOfKeyGroups);
    this.keyGroups = new KeyGroupTimers[keyGroupRange.getNumberOfKeyGroups()];
    this.byHead = new HeapPriorityQueue<>(this::compareHeads, keyGroups.length);
    fill(isEmpty);
  }

  /** Goes on with another serializer after the table may have been rewritten for it. */
  void reopen(TimerCodec<T> newCodec) {
    codec = newCodec;
    fill(false);
  }

  @Override
  public @Nullable T peek() {
    KeyGroupTimers first = byHead.peek();
    byte[] firstKey = first == null ? null : first.head();
    if (firstKey == null) {
      return null;
    }
    T shown = head;
    if (shown == null || headKey != firstKey) {
      shown = codec.read(firstKey, prefix.width());
      head = shown;
      headKey = firstKey;
    }
    return shown;
  }

  @Override
  public @Nullable T poll() {
    T polled = peek();
    KeyGroupTimers first = byHead.peek();
    byte[] key = headKey;
    if (polled == null || first == null || key == null) {
      return null;
    }
    first.remove(key);
    byHead.adjustModifiedElement(first);
    forgetHead();
    return polled;
  }

  @Override
  public boolean add(T element) {
    KeyGroupTimers keyGroup = keyGroupOf(element);
    if (!keyGroup.add(codec.write(keyGroup.prefix(), element))) {
      return false;
    }
    byHead.adjustModifiedElement(keyGroup);
    return byHead.peek() == keyGroup;
  }

  @Override
  public boolean remove(T element) {
    KeyGroupTimers keyGroup = keyGroupOf(element);
    boolean isFirst = byHead.peek() == keyGroup;
    if (!keyGroup.remove(codec.write(keyGroup.prefix(), element))) {
      return false;
    }
    byHead.adjustModifiedElement(keyGroup);
    if (isFirst) {
      forgetHead();
    }
    return isFirst;
  }

  @Override
  public void addAll(@Nullable Collection<? extends T> elements) {
    if (elements != null) {
      elements.forEach(this::add);
    }
  }

  @Override
  public boolean isEmpty() {
    KeyGroupTimers first = byHead.peek();
    return first == null || first.head() == null;
  }

  @Override
  public int size() {
    long size = 0;
    for (KeyGroupTimers keyGroup : keyGroups) {
      size += keyGroup.count();
    }
    return (int) Math.min(size, Integer.MAX_VALUE);
  }

  @Override
  public CloseableIterator<T> iterator() {
    return iterator(Arrays.asList(keyGroups));
  }

  @Override
  public Set<T> getSubsetForKeyGroup(int keyGroup) {
    Set<T> subset = new HashSet<>();
    try (TimerIterator<T> timers = iterator(List.of(keyGroup(keyGroup)))) {
      timers.forEachRemaining(subset::add);
    }
    return subset;
  }

  private TimerIterator<T> iterator(List<KeyGroupTimers> shown) {
    List<Bounds> ranges = new ArrayList<>(shown.size());
    for (KeyGroupTimers keyGroup : shown) {
      Bounds occupied = keyGroup.occupied();
      if (occupied != null) {
        ranges.add(occupied);
      }
    }
    return new TimerIterator<>(table, codec, prefix.width(), ranges, database.view());
  }

  private void fill(boolean isEmpty) {
    forgetHead();
    byHead.clear();
    for (int i = 0; i < keyGroups.length; i++) {
      Bounds bounds = prefix.bounds(keyGroupRange.getStartKeyGroup() + i);
      keyGroups[i] =
          isEmpty
              ? KeyGroupTimers.empty(table, bounds, cacheSize)
              : KeyGroupTimers.read(table, bounds, cacheSize);
      byHead.add(keyGroups[i]);
    }
  }

  private void forgetHead() {
    headKey = null;
    head = null;
  }

  private KeyGroupTimers keyGroupOf(T element) {
    return keyGroup(KeyGroupRangeAssignment.assignToKeyGroup(element.getKey(), numberOfKeyGroups));
  }

  private KeyGroupTimers keyGroup(int keyGroup) {
    if (!keyGroupRange.contains(keyGroup)) {
      throw new IllegalArgumentException(
          "Key group "
              + keyGroup
              + " is not one of this subtask's ("
              + keyGroupRange
              + "): timers '"
              + table.name()
              + "' cannot hold it. Is the hash code of the key stable?");
    }
    return keyGroups[keyGroup - keyGroupRange.getStartKeyGroup()];
  }

  private int compareHeads(KeyGroupTimers one, KeyGroupTimers other) {
    byte[] left = one.head();
    byte[] right = other.head();
    if (left == null || right == null) {
      return Boolean.compare(left == null, right == null);
    }
    int width = prefix.width();
    return Arrays.compareUnsigned(left, width, left.length, right, width, right.length);
  }
}
