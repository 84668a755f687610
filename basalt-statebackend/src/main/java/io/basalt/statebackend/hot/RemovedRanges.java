package io.basalt.statebackend.hot;

import io.basalt.statebackend.layout.Bounds;
import java.util.ArrayList;
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
   * The keys of a range are about to be removed below: if there are many changes, those beside the
   * range are written. What is changed of the range itself stays as it is, for the removal may
   * fail; once that has been made it need never be written.
   *
   * @param keyGroup of all keys of the range
   * @param many how many are many
   * @return whether there were many: then no epoch waits, and nothing but the range is changed
   */
  public boolean writeOthers(Bounds range, int keyGroup, int many) {
    if (changes.open().size() < many) {
      return false;
    }
    tier.finishOrFail();
    List<HotEntry> aside = changes.removeIf(keyGroup, entry -> Clearings.isOf(range, entry));
    try {
      table.writeOpen();
    } finally {
      aside.forEach(changes::add);
    }
    return true;
  }

  /** The keys of a range that are changed since the last barrier. */
  public List<StoredBytes> changed(Bounds range, int keyGroup) {
    List<StoredBytes> changed = new ArrayList<>();
    changes
        .open()
        .visit(
            keyGroup,
            entry -> {
              if (Clearings.isOf(range, entry)) {
                changed.add((StoredBytes) entry.key);
              }
            });
    return changed;
  }

  /**
   * Forgets what is known of a range of keys which have been removed below, changes that have not
   * been written included. Others there must not be, see {@link HotTable#writeDown}.
   *
   * @param keyGroup of all of them
   */
  public void forget(Bounds removed, int keyGroup) {
    List<HotEntry> dropped = changes.removeIf(keyGroup, entry -> Clearings.isOf(removed, entry));
    if (table.hasChanges()) {
      dropped.forEach(changes::add);
      throw new IllegalStateException("A change of state '" + table.name() + "' might be lost.");
    }
    dropped.forEach(entry -> entry.epoch = 0);
    table.entries.clear(removed);
  }
}
