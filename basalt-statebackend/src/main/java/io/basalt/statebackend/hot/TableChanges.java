package io.basalt.statebackend.hot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has been changed of one table and may not be below: since the last barrier, and in the
 * epochs before it that are not settled. Task thread.
 */
public final class TableChanges {

  private final HotCounters counters;

  /** Since the last barrier. */
  private ChangeList open = new ChangeList();

  /** Of epochs that are not settled, the newest first; nobody changes these lists. */
  private final Deque<Closed> closed = new ArrayDeque<>();

  private static final class Closed {
    final int epoch;
    final ChangeList changes;
    private @Nullable ChangeList ordered;

    Closed(int epoch, ChangeList changes) {
      this.epoch = epoch;
      this.changes = changes;
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

  TableChanges(HotCounters counters) {
    this.counters = counters;
  }

  /** Takes entries as they are. */
  @FunctionalInterface
  public interface Visitor {

    /**
     * An entry.
     *
     * @param value in the stored form, or {@link HotTable#ABSENT}; may be changed in place later
     */
    void visit(Object key, Object value);
  }

  /**
   * Visits the entries of one key group. A key may come more than once: the last time it comes as
   * it is now.
   */
  public void visit(int keyGroup, Visitor visitor) {
    closed
        .descendingIterator()
        .forEachRemaining(epoch -> epoch.inOrder().visitOrdered(keyGroup, visitor));
    open.visit(keyGroup, visitor);
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
    counters.changed = open.size();
  }

  /** A changed entry is what is below. */
  void remove(HotEntry entry) {
    open.remove(entry);
    counters.changed = open.size();
  }

  /** The open epoch is closed: its changes, which are to be written but not to be removed here. */
  ChangeList close(int epoch) {
    ChangeList changes = open;
    open = new ChangeList();
    counters.changed = 0;
    closed.addFirst(new Closed(epoch, changes));
    return changes;
  }

  /** All changes up to the end of that epoch are below. */
  void settled(int epoch) {
    while (!closed.isEmpty() && closed.getLast().epoch <= epoch) {
      closed.removeLast();
    }
  }

  /**
   * Their keys as of now, for whoever looks at all keys: what he finds below holds for all others,
   * if nothing is written in between.
   */
  public ChangedKeys keys() {
    List<ChangeList> lists = new ArrayList<>();
    lists.add(open.inOrder());
    closed.forEach(epoch -> lists.add(epoch.inOrder()));
    return new ChangedKeys(lists);
  }
}
