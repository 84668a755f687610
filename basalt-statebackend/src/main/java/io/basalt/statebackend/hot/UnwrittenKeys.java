package io.basalt.statebackend.hot;

import org.jspecify.annotations.Nullable;

/**
 * Changes of keys of a table that nobody below has, and that are not asked for again once they have
 * gone, as those of windows and timers: one that comes and goes before the next barrier leaves no
 * entry behind to say that there is nothing. Many of those would have the others lie further apart,
 * and each look-up miss the processor's caches. Task thread.
 */
public final class UnwrittenKeys {

  private final HotTier tier;
  private final HotTable table;

  UnwrittenKeys(HotTier tier, HotTable table) {
    this.tier = tier;
    this.table = table;
  }

  /**
   * There is this value from now on, see {@link HotTable#put}, where the caller knows that there is
   * nothing below if there is no entry.
   */
  public void put(
      Object key,
      @Nullable Object namespace,
      int keyGroup,
      int keyBytes,
      Object value,
      int valueBytes) {
    tier.room.beforeChange();
    HotEntry entry = table.find(key, namespace);
    if (entry == null) {
      table.changed(table.insert(key, namespace, keyGroup, keyBytes, value, valueBytes));
    } else {
      table.change(entry, value, HotEntry.bytes(keyBytes, valueBytes));
    }
    tier.room.afterChange();
  }

  /**
   * There is nothing from now on, if nobody below ever has to hear of that; else the caller sees to
   * it.
   *
   * @param maybeBelow whether there may be anything below if there is no entry
   * @return whether it is done
   */
  public boolean leave(Object key, @Nullable Object namespace, boolean maybeBelow) {
    HotEntry entry = table.find(key, namespace);
    return entry == null ? !maybeBelow : leave(entry);
  }

  /** The same of what an entry is for, which goes then. */
  boolean leave(HotEntry entry) {
    if (!tier.isOpen(entry) || entry.isAbsent() || entry.maybeBelow) {
      return false;
    }
    table.unchanged(entry);
    table.drop(entry);
    // It went by itself.
    table.counters().evictions--;
    return true;
  }
}
