package io.basalt.statebackend.hot;

/**
 * Notes that somebody keeps with entries of the tier's {@linkplain HotTier#keepNotes notable}
 * table, of what he knows of the same keys and namespaces: who comes there has just had the entry
 * before him, so that to ask costs next to nothing, where a look into a set of his own would miss
 * the processor's caches. An entry has one note, that of the last who made one.
 *
 * <p>A note goes with its entry, at any time: that there is none says nothing. Task thread.
 */
public final class EntryNotes {

  /** What an entry has room for; 0 is for no note. */
  static final int MOST_NUMBERS = (1 << 6) - 1;

  private final HotTier tier;
  private final int number;

  /**
   * Without any note.
   *
   * @param number of no others
   */
  EntryNotes(HotTier tier, int number) {
    this.tier = tier;
    this.number = number;
  }

  /** Whether there is a note. */
  public boolean isThere(Object key, Object namespace) {
    HotTable table = tier.notable();
    if (table == null || tier.isClosed()) {
      return false;
    }
    HotEntry entry = table.entries.glance(key, namespace);
    return entry != null && entry.note() == number;
  }

  /** Makes a note if there is an entry to keep it with. */
  public void add(Object key, Object namespace) {
    HotTable table = tier.notable();
    HotEntry entry = table == null ? null : table.entries.glance(key, namespace);
    if (entry != null) {
      entry.setNote(number);
    }
  }

  /** There is no such note from now on. */
  public void remove(Object key, Object namespace) {
    HotTable table = tier.notable();
    HotEntry entry = table == null ? null : table.entries.glance(key, namespace);
    if (entry != null && entry.note() == number) {
      entry.setNote(0);
    }
  }
}
