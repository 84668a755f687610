package io.basalt.statebackend.hot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Has the entries of a table leave the tier bit by bit, those that have been changed written down
 * first: to have millions of them go at once would be a stall of seconds. One that is still there
 * is as good as any other, and its changes are as those of any other; so at each step there is one
 * truth. Nothing leaves while an epoch waits to be written. Task thread.
 */
final class LeavingEntries {

  /** Of the index, at once; in each there is about one entry. */
  private static final int BUCKETS = 64;

  /** For two entries an operation, each of which may cost what it takes to write one. */
  private static final int OPERATIONS = 32;

  private final HotTier tier;
  private final HotTable table;
  private final Predicate<HotEntry> stays;
  private boolean begun;
  private int operations;

  /** The last bucket of those that are still to be seen in this round is before it. */
  private int end;

  /** How many there were at the last step. */
  private int buckets;

  /** Whether another round has to follow, for some may have come to buckets that were seen. */
  private boolean again;

  /**
   * Nothing leaves yet.
   *
   * @param stays which entries never do
   */
  LeavingEntries(HotTier tier, HotTable table, Predicate<HotEntry> stays) {
    this.tier = tier;
    this.table = table;
    this.stays = stays;
  }

  void begin() {
    begun = true;
    beginRound();
  }

  private void beginRound() {
    buckets = table.entries.buckets();
    end = buckets;
    again = false;
  }

  /** Those that are left stay. */
  void stop() {
    begun = false;
  }

  /** Whether there may be some that have yet to leave. */
  boolean areThere() {
    return begun;
  }

  /**
   * To be called with each operation while some are there.
   *
   * @throws RuntimeException if changes cannot be written; their entries are still there
   */
  void goOn() {
    operations++;
    if (operations < OPERATIONS || !tier.isOpenAlone()) {
      return;
    }
    operations = 0;
    // From the last bucket on: as the index shrinks its last one is merged into an earlier one.
    again |= table.entries.buckets() > buckets;
    buckets = table.entries.buckets();
    end = Math.min(end, buckets);
    int from = Math.max(0, end - BUCKETS);
    List<HotEntry> leaving = new ArrayList<>();
    for (int bucket = from; bucket < end; bucket++) {
      table.entries.addTo(leaving, bucket);
    }
    leaving.removeIf(stays);
    List<HotEntry> changed = new ArrayList<>(leaving);
    changed.removeIf(tier::isSettled);
    if (!changed.isEmpty()) {
      tier.writeNow(changed);
    }
    leaving.forEach(table::drop);
    again |= !leaving.isEmpty();
    end = from;
    if (from == 0) {
      begun = again;
      beginRound();
    }
  }
}
