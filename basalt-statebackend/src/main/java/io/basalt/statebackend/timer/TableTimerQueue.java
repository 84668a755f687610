package io.basalt.statebackend.timer;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.Keyed;
import org.apache.flink.runtime.state.PriorityComparable;
import org.apache.flink.runtime.state.PriorityComparator;
import org.apache.flink.runtime.state.heap.HeapPriorityQueue;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;

/**
 * A queue of timers kept in a table: the key groups' queues with a heap of their heads above them.
 *
 * <p>Whether the head has changed is told by the key group it is in and by its bytes. Flink's
 * {@code KeyGroupPartitionedPriorityQueue} compares elements with {@code equals} for that; with a
 * key whose class lacks it, a new earliest processing-time timer would then not be scheduled.
 *
 * <p>{@link #iterator()}, {@link #size()} and {@link #getSubsetForKeyGroup} show every element,
 * from the table; size counts, so it costs a walk. Task thread only.
 *
 * @param <T> the type of the elements
 */
final class TableTimerQueue<T extends Keyed<?> & PriorityComparable<? super T>>
    implements KeyGroupedInternalPriorityQueue<T> {

  /** It grows with those that have timers. */
  private static final int FEW_KEY_GROUPS = 64;

  private final Database database;
  private final Table table;
  private final KeyGroupRange keyGroupRange;
  private final int numberOfKeyGroups;
  private final int cacheSize;
  private final KeyGroupPrefix prefix;

  /** Those that have had timers since they were read; null for others, of which most may be. */
  private final List<@Nullable KeyGroupHead<T>> keyGroups;

  private final HeapPriorityQueue<KeyGroupHead<T>> byHead;
  private TimerStore.Opening stores;
  private TimerCodec<T> codec;
  private WindowTimers windows;

  TableTimerQueue(
      Database database,
      Table table,
      TimerStore.Opening stores,
      WindowTimers windows,
      boolean isEmpty,
      TimerCodec<T> codec,
      KeyGroupRange keyGroupRange,
      int numberOfKeyGroups,
      int cacheSize) {
    this.database = database;
    this.table = table;
    this.stores = stores;
    this.windows = windows;
    this.codec = codec;
    this.keyGroupRange = keyGroupRange;
    this.numberOfKeyGroups = numberOfKeyGroups;
    this.cacheSize = cacheSize;
    this.prefix = KeyGroupPrefix.forKeyGroups(numberOfKeyGroups);
    this.keyGroups = new ArrayList<>(keyGroupRange.getNumberOfKeyGroups());
    PriorityComparator<T> priorities = PriorityComparator.forPriorityComparableObjects();
    this.byHead =
        new HeapPriorityQueue<>(
            (one, other) -> KeyGroupHead.compare(one, other, priorities), FEW_KEY_GROUPS);
    fill(isEmpty);
  }

  /** Goes on with another serializer after the table may have been rewritten for it. */
  void reopen(TimerStore.Opening newStores, WindowTimers newWindows, TimerCodec<T> newCodec) {
    stores = newStores;
    windows = newWindows;
    codec = newCodec;
    fill(false);
  }

  @Override
  public @Nullable T peek() {
    KeyGroupHead<T> first = byHead.peek();
    return first == null ? null : first.element();
  }

  @Override
  public @Nullable T poll() {
    KeyGroupHead<T> first = byHead.peek();
    T polled = first == null ? null : first.element();
    if (first == null || polled == null) {
      return null;
    }
    windows.goes(polled);
    first.timers().removeHead();
    byHead.adjustModifiedElement(first);
    return polled;
  }

  @Override
  public boolean add(T element) {
    if (windows.has(element)) {
      return false;
    }
    KeyGroupHead<T> keyGroup = keyGroupOf(element);
    KeyGroupTimers timers = keyGroup.timers();
    boolean isHead = timers.add(codec.write(timers.prefix(), element));
    windows.added(element);
    if (!isHead) {
      return false;
    }
    byHead.adjustModifiedElement(keyGroup);
    return byHead.peek() == keyGroup;
  }

  @Override
  public boolean remove(T element) {
    windows.goes(element);
    KeyGroupHead<T> keyGroup = keyGroupOf(element);
    KeyGroupTimers timers = keyGroup.timers();
    boolean isFirst = byHead.peek() == keyGroup;
    if (!timers.remove(codec.write(timers.prefix(), element))) {
      return false;
    }
    byHead.adjustModifiedElement(keyGroup);
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
    KeyGroupHead<T> first = byHead.peek();
    return first == null || first.timers().head() == null;
  }

  @Override
  public int size() {
    long size = 0;
    for (KeyGroupHead<T> keyGroup : known()) {
      size += keyGroup.timers().count();
    }
    return (int) Math.min(size, Integer.MAX_VALUE);
  }

  @Override
  public CloseableIterator<T> iterator() {
    return iterator(known());
  }

  @Override
  public Set<T> getSubsetForKeyGroup(int keyGroup) {
    Set<T> subset = new HashSet<>();
    KeyGroupHead<T> head = keyGroups.get(index(keyGroup));
    try (TimerIterator<T> timers = iterator(head == null ? List.of() : List.of(head))) {
      timers.forEachRemaining(subset::add);
    }
    return subset;
  }

  private TimerIterator<T> iterator(List<KeyGroupHead<T>> shown) {
    List<Bounds> ranges = new ArrayList<>(shown.size());
    for (KeyGroupHead<T> keyGroup : shown) {
      Bounds occupied = keyGroup.timers().occupied();
      if (occupied != null) {
        ranges.add(occupied);
      }
    }
    // Views show what is in the table, and not what waits above it.
    table.handOver();
    return new TimerIterator<>(table, codec, prefix.width(), ranges, database.view());
  }

  private void fill(boolean isEmpty) {
    byHead.clear();
    keyGroups.clear();
    for (int keyGroup : keyGroupRange) {
      KeyGroupHead<T> head = isEmpty ? null : open(keyGroup, false);
      // One that has been read and has none is as good as new: what is known of it is that.
      keyGroups.add(head == null || head.timers().head() == null ? null : head);
    }
    byHead.addAll(known());
  }

  private KeyGroupHead<T> open(int keyGroup, boolean isEmpty) {
    Bounds bounds = prefix.bounds(keyGroup);
    TimerStore store = stores.open(keyGroup, bounds, isEmpty);
    KeyGroupTimers timers =
        isEmpty
            ? KeyGroupTimers.empty(store, bounds, cacheSize)
            : KeyGroupTimers.read(store, bounds, cacheSize);
    return new KeyGroupHead<>(timers, codec, prefix.width());
  }

  private List<KeyGroupHead<T>> known() {
    List<KeyGroupHead<T>> known = new ArrayList<>();
    for (KeyGroupHead<T> head : keyGroups) {
      if (head != null) {
        known.add(head);
      }
    }
    return known;
  }

  private KeyGroupHead<T> keyGroupOf(T element) {
    return keyGroup(KeyGroupRangeAssignment.assignToKeyGroup(element.getKey(), numberOfKeyGroups));
  }

  private KeyGroupHead<T> keyGroup(int keyGroup) {
    int index = index(keyGroup);
    KeyGroupHead<T> head = keyGroups.get(index);
    if (head == null) {
      head = open(keyGroup, true);
      keyGroups.set(index, head);
      byHead.add(head);
    }
    return head;
  }

  private int index(int keyGroup) {
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
    return keyGroup - keyGroupRange.getStartKeyGroup();
  }
}
