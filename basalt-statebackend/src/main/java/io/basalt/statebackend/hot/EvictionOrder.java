package io.basalt.statebackend.hot;

import org.jspecify.annotations.Nullable;

/**
 * Which entry goes next when there is no room: S3-FIFO (Yang et al., SOSP 2023).
 *
 * <p>New entries come into a small queue, from which those go that nobody has asked for again: a
 * scan passes through it and leaves the rest alone. Those that were asked for move to the main
 * queue, as do those that come back soon after they went; there an entry goes round once for every
 * time that it was asked for. A hit changes one byte of the entry, and no queue. Measured beside
 * other policies in docs/eviction.md.
 */
final class EvictionOrder {

  /** The part of all bytes that new entries may take before they are looked at. */
  private static final int SMALL_PART = 10;

  /** Entries looked at for one that goes: more would be a stall. */
  private static final int MOST_STEPS = 256;

  /**
   * An entry that can go has gone when it has been looked at so often: visits, and to be proven.
   */
  private static final int MOST_LOOKS = 5;

  private final EntryQueue small = new EntryQueue();
  private final EntryQueue main = new EntryQueue();
  private final Ghosts ghosts = new Ghosts();

  void add(HotEntry entry) {
    if (ghosts.remove(entry.hash)) {
      entry.proven = true;
      main.addNewest(entry);
    } else {
      small.addNewest(entry);
    }
  }

  /** It is not expected to be asked for again. */
  void expectNoMore(HotEntry entry) {
    queue(entry).remove(entry);
    entry.proven = false;
    entry.visits = 0;
    small.addOldest(entry);
  }

  void replace(HotEntry replaced, HotEntry by) {
    by.proven = replaced.proven;
    by.visits = replaced.visits;
    queue(replaced).replace(replaced, by);
  }

  /** It takes so many bytes now. */
  void resize(HotEntry entry, int bytes) {
    queue(entry).grow(bytes - entry.bytes);
    entry.bytes = bytes;
  }

  /**
   * Takes out the entry that is to go next.
   *
   * @param lastToGo entries of later epochs stay
   * @return null if none can go, or none has been found soon enough
   */
  @Nullable HotEntry take(long lastToGo) {
    int steps = Math.min(MOST_STEPS, MOST_LOOKS * (small.size() + main.size()));
    for (int step = 0; step < steps; step++) {
      boolean fromSmall =
          main.oldest() == null || small.bytes() * SMALL_PART > small.bytes() + main.bytes();
      EntryQueue queue = fromSmall ? small : main;
      HotEntry entry = queue.oldest();
      if (entry == null) {
        return null;
      }
      queue.remove(entry);
      if (entry.epoch > lastToGo) {
        queue.addNewest(entry);
      } else if (step == MOST_STEPS - 1) {
        return entry;
      } else if (fromSmall && entry.visits > 0) {
        entry.proven = true;
        entry.visits = 0;
        main.addNewest(entry);
      } else if (!fromSmall && entry.visits > 0) {
        entry.visits--;
        main.addNewest(entry);
      } else {
        if (fromSmall && !entry.isAbsent()) {
          ghosts.add(entry.hash, small.size() + main.size());
        }
        return entry;
      }
    }
    return null;
  }

  /** It is there no more. */
  void remove(HotEntry entry) {
    queue(entry).remove(entry);
  }

  /** Undoes {@link #take}. */
  void putBack(HotEntry entry) {
    queue(entry).addOldest(entry);
  }

  private EntryQueue queue(HotEntry entry) {
    return entry.proven ? main : small;
  }
}
