package io.basalt.statebackend.hot;

import io.basalt.statebackend.layout.Bounds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What has been changed of one table and may not be below: since the last barrier, and in the
 * epochs before it that are not settled. Task thread.
 */
public final class TableChanges {

  private final HotCounters counters;
  private final ChangesByKey.Limits limits;
  private final LongConsumer taking;

  /** Since the last barrier. */
  private ChangeList open = new ChangeList();

  /** Of epochs that are not settled, the newest first; nobody changes these lists. */
  private final Deque<Closed> closed = new ArrayDeque<>();

  /** How many changes since the last barrier are of entries without a namespace. */
  private int withoutNamespace;

  /** Of entries without a namespace, once somebody has walked over some. */
  private @Nullable ChangesByKey byKey;

  private static final class Closed {
    final int epoch;
    final ChangeList changes;

    /** Whether each has a namespace. */
    final boolean areOfMaps;

    private @Nullable ChangeList ordered;

    Closed(int epoch, ChangeList changes, boolean areOfMaps) {
      this.epoch = epoch;
      this.changes = changes;
      this.areOfMaps = areOfMaps;
    }

    /** In the order of key groups, made once: many may look while the epoch is written. */
    ChangeList inOrder() {
      ChangeList list = ordered;
      if (list == null) {
        list = changes.inOrder();
        ordered = list;
      }
      return list;
    }
  }

  /**
   * None.
   *
   * @param taking is told of memory that is taken for an order of them, and given back
   */
  TableChanges(HotCounters counters, ChangesByKey.Limits limits, LongConsumer taking) {
    this.counters = counters;
    this.limits = limits;
    this.taking = taking;
  }

  /** Says of maps, of which each is one entry here, whether they have any entries. */
  @FunctionalInterface
  public interface Maps {

    /**
     * What is known of a map that has no entries as far as that goes.
     *
     * @return null if it has one; nobody changes what is returned
     */
    @Nullable Object emptied(Object map);
  }

  /** Takes entries as they are. */
  @FunctionalInterface
  interface Visitor {
    void visit(HotEntry entry);
  }

  /**
   * The changes of keys of a range, in their order, for a table of {@link StoredBytes}; each as it
   * is when the iterator gets there. Those of maps are not among them. Only while an epoch waits,
   * see {@link HotTable#waitsForEpoch}, and until something of the table is changed or written.
   *
   * @param keyGroup of all of them
   */
  public Iterator<ChangedEntry> inOrder(Bounds range, int keyGroup) {
    ChangesByKey ordered = byKey;
    if (ordered == null) {
      ordered = new ChangesByKey(newestFirst(), limits, taking);
      byKey = ordered;
    }
    return ordered.of(range, keyGroup);
  }

  /** Whether no entry is changed but maps, which have a namespace, if any is at all. */
  public boolean areOfMaps() {
    return withoutNamespace == 0 && closed.stream().allMatch(epoch -> epoch.areOfMaps);
  }

  /** Since the last barrier. */
  ChangeList open() {
    return open;
  }

  boolean areNone() {
    return open.isEmpty() && closed.isEmpty();
  }

  void add(HotEntry entry) {
    open.add(entry);
    withoutNamespace += entry.namespace == null ? 1 : 0;
    if (byKey != null) {
      byKey.add(entry);
    }
    counters.changed = open.size();
  }

  /** A changed entry is what is below. */
  void remove(HotEntry entry) {
    open.remove(entry);
    hasLeft(entry);
  }

  private void hasLeft(HotEntry entry) {
    withoutNamespace -= entry.namespace == null ? 1 : 0;
    counters.changed = open.size();
  }

  /** All of one key group for which that is so, which are changes no more. */
  List<HotEntry> removeIf(int keyGroup, Predicate<HotEntry> condition) {
    List<HotEntry> removed = open.removeIf(keyGroup, condition);
    removed.forEach(this::hasLeft);
    return removed;
  }

  /** The open epoch is closed: its changes, which are to be written but not to be removed here. */
  ChangeList close(int epoch) {
    ChangeList changes = open;
    open = new ChangeList();
    counters.changed = 0;
    closed.addFirst(new Closed(epoch, changes, withoutNamespace == 0));
    withoutNamespace = 0;
    return changes;
  }

  /** All changes up to the end of that epoch are below. */
  void settled(int epoch) {
    while (!closed.isEmpty() && closed.getLast().epoch <= epoch) {
      closed.removeLast();
    }
    // It may have entries that are below now, and evicted or changed there next.
    if (byKey != null) {
      byKey.end();
      byKey = null;
    }
  }

  /**
   * Their keys as of now, for whoever looks at all keys: what he finds below holds for all others,
   * if nothing is written in between.
   */
  public ChangedKeys keys() {
    return new ChangedKeys(newestFirst(), Map.of());
  }

  /** The same of a table whose entries with a namespace are maps. */
  public ChangedKeys keys(Maps maps) {
    List<ChangeList> lists = newestFirst();
    Map<HotEntry, Object> emptied = new HashMap<>();
    for (ChangeList list : lists) {
      for (int place = 0; place < list.size(); place++) {
        HotEntry entry = list.get(place);
        Object removed = entry.namespace == null ? null : maps.emptied(entry.value);
        if (removed != null) {
          emptied.put(entry, removed);
        }
      }
    }
    return new ChangedKeys(lists, emptied);
  }

  /** Copies, each in the order of key groups. */
  private List<ChangeList> newestFirst() {
    List<ChangeList> lists = new ArrayList<>();
    lists.add(open.inOrder());
    closed.forEach(epoch -> lists.add(epoch.inOrder()));
    return lists;
  }
}
