package io.basalt.statebackend.hot;

import io.basalt.statebackend.layout.Bounds;
import java.util.List;

/**
 * What a table, of {@link StoredBytes}, knows no more when ranges of its keys are removed below.
 * Task thread.
 */
public final class RemovedRanges {

  private final HotTier tier;
  private final HotTable table;
  private final TableChanges changes;

  RemovedRanges(HotTier tier, HotTable table, TableChanges changes) {
    this.tier = tier;
    this.table = table;
    this.changes = changes;
  }

  /**
   * Forgets what is known of a range of keys which have been removed below. There must be no
   * changes, see {@link HotTable#writeDown}.
   */
  public void forgetAll(Bounds removed) {
    if (table.hasChanges()) {
      throw new IllegalStateException("A change of state '" + table.name() + "' might be lost.");
    }
    table.entries.clear(removed);
  }

  /**
   * The keys of a range are about to be removed below: if there are many changes, which would have
   * to be written down for that, those of the range are forgotten.
   *
   * @param keyGroup of all of them
   * @param many how many are many
   */
  public void forgetChanges(Bounds removed, int keyGroup, int many) {
    ChangeList open = changes.open();
    if (open.size() < many) {
      return;
    }
    tier.finishOrFail();
    List<HotEntry> dropped = open.removeIf(keyGroup, entry -> Clearings.isOf(removed, entry));
    try {
      table.writeOpen();
    } catch (RuntimeException | Error e) {
      dropped.forEach(changes::add);
      throw e;
    }
    if (!dropped.isEmpty()) {
      dropped.forEach(entry -> entry.epoch = 0);
      table.entries.clear(removed);
    }
  }
}
