package io.basalt.statebackend.hot;

import org.jspecify.annotations.Nullable;

/**
 * Entries of one table whose values are small maps: each holds many entries of the table below, and
 * is changed in part. They have a namespace; entries of the table that stand for themselves have
 * none. Task thread.
 *
 * <p>What a call says or does is about the map that was {@linkplain #find found} last.
 */
public final class HotMaps {

  /** What may be done with a map. */
  public enum Phase {
    /** It has been changed since the last barrier, and is changed further as it is. */
    OPEN,
    /** All of it is below, and nobody else looks at it. */
    SETTLED,
    /** It is of an epoch that may be being written: who changes it makes a copy. */
    CLOSED
  }

  private final HotTier tier;
  private final HotTable table;
  private @Nullable HotEntry found;

  /** Maps of the table. */
  HotMaps(HotTier tier, HotTable table) {
    this.tier = tier;
    this.table = table;
  }

  /**
   * A map is going to be changed, or a new one added; before it is found, for it may have gone.
   *
   * @throws RuntimeException if there is no room; nothing must be changed then
   */
  public void beforeChange() {
    tier.room.beforeChange();
  }

  /** The map of a key and namespace, or null if nothing is known of it. */
  public @Nullable Object find(Object key, Object namespace) {
    HotEntry entry = table.find(key, namespace);
    found = entry;
    return entry == null ? null : entry.value;
  }

  private HotEntry found() {
    HotEntry entry = found;
    if (entry == null) {
      throw new IllegalStateException("No map of state '" + table.name() + "' has been found.");
    }
    return entry;
  }

  /** What may be done with it. */
  public Phase phase() {
    HotEntry entry = found();
    if (tier.isOpen(entry)) {
      return Phase.OPEN;
    }
    tier.settle();
    return tier.isSettled(entry) ? Phase.SETTLED : Phase.CLOSED;
  }

  /** Whether all changes of before the last barrier are below. */
  public boolean areEarlierChangesBelow() {
    return tier.isOpenAlone();
  }

  /** Whether a part of its changes may be below already, for to write them has failed. */
  public boolean mayBeHalfWritten() {
    return found().maybeBelow;
  }

  /** Has the changes of a map written from now on, which nothing is known of so far. */
  public void add(
      Object key, Object namespace, int keyGroup, int keyBytes, Object map, int mapBytes) {
    HotEntry entry = table.insert(key, namespace, keyGroup, keyBytes, map, mapBytes);
    table.changed(entry);
    found = null;
    tier.room.afterChange();
  }

  /** It is this one now, with changes. */
  public void change(int keyBytes, Object map, int mapBytes) {
    HotEntry entry = found();
    int bytes = HotEntry.bytes(keyBytes, mapBytes);
    if (!tier.isOpen(entry)) {
      HotEntry changed = table.change(entry, map, bytes);
      // The map knows that of each of its entries.
      changed.maybeBelow = false;
    } else if (entry.bytes != bytes) {
      table.resize(entry, bytes);
    } else {
      return;
    }
    found = null;
    tier.room.afterChange();
  }

  /** It takes another size, and has no more changes than before. */
  public void grown(int keyBytes, int mapBytes) {
    table.resize(found(), HotEntry.bytes(keyBytes, mapBytes));
    found = null;
    tier.room.afterChange();
  }

  /**
   * It is this one now, with nothing more to be written. No room is made: for whoever goes on to
   * change entries that stand for themselves.
   */
  public void note(int keyBytes, Object map, int mapBytes) {
    HotEntry entry = found();
    int bytes = HotEntry.bytes(keyBytes, mapBytes);
    if (entry.value == map) {
      table.resize(entry, bytes);
    } else {
      // Somebody may be writing it as it was.
      table.change(entry, map, bytes).maybeBelow = false;
    }
    found = null;
  }

  /**
   * There is no such entry any more that stands for itself. No room is made: for whoever goes on to
   * change the map.
   */
  public void removeOther(StoredBytes key, int keyGroup) {
    table.unset(key, null, keyGroup, key.heapBytes());
  }

  /** Nothing of it differs from what is below any more. */
  public void hasNoChanges() {
    HotEntry entry = found();
    // Else an earlier epoch may still have to write it, and until then it has to stay.
    if (tier.isOpen(entry) && tier.isOpenAlone()) {
      table.unchanged(entry);
    }
  }

  /** Whether any entries of the table stand for themselves. */
  public boolean hasOthers() {
    return table.withoutNamespace() > 0;
  }

  /** Whether anything is known of an entry that stands for itself. */
  public boolean hasOther(StoredBytes key) {
    return hasOthers() && table.find(key, null) != null;
  }

  /**
   * Forgets what is known of an entry that stands for itself, if that is below.
   *
   * @return whether nothing is known of it now
   */
  public boolean forgetOther(StoredBytes key) {
    HotEntry entry = table.find(key, null);
    if (entry == null) {
      return true;
    }
    tier.settle();
    if (!tier.isSettled(entry)) {
      return false;
    }
    table.forget(key, null);
    return true;
  }

  /** A lookup has found a value in it, or that there is none. */
  public void hasAnswered(boolean isAbsent) {
    if (isAbsent) {
      table.counters().absentHits++;
    } else {
      table.counters().hits++;
    }
  }

  /** A lookup has found nothing known. */
  public void missed() {
    table.counters().misses++;
  }
}
