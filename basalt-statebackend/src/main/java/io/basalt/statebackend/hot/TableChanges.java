package io.basalt.statebackend.hot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What has been changed of one table and may not be below: since the last barrier, and in the
 * epochs before it that are not settled. Task thread.
 */
final class TableChanges {

  private final HotCounters counters;

  /** Since the last barrier. */
  private ChangeList open = new ChangeList();

  /** Of epochs that are not settled, the newest first; nobody changes these lists. */
  private final Deque<Closed> closed = new ArrayDeque<>();

  private record Closed(int epoch, ChangeList changes) {}

  TableChanges(HotCounters counters) {
    this.counters = counters;
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
    while (!closed.isEmpty() && closed.getLast().epoch() <= epoch) {
      closed.removeLast();
    }
  }

  ChangedKeys keys() {
    List<ChangeList> lists = new ArrayList<>();
    lists.add(open);
    closed.forEach(epoch -> lists.add(epoch.changes()));
    return new ChangedKeys(lists);
  }
}
