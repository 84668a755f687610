package io.basalt.statebackend.hot;

import io.basalt.statebackend.hot.Ghosts.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Which entry goes next when there is no room: S3-FIFO (Yang et al., SOSP 2023) with a part for new
 * entries that adapts as in ARC (Megiddo and Modha, FAST 2003).
 *
 * <p>New entries come into a small queue, from which those go that nobody has asked for again: a
 * scan passes through it and leaves the rest alone. Those that were asked for move to the main
 * queue, as do those that come back soon after they went; there an entry goes round once for every
 * time that it was asked for. A hit changes one byte of the entry, and no queue. Measured beside
 * other policies in docs/eviction.md.
 *
 * <p>Cleared entries go before all others, the first first; who has been cleared since a barrier
 * that waits is behind all who can go.
 */
final class EvictionOrder {

  /** Entries looked at for one that goes: more would be a stall. */
  private static final int MOST_STEPS = 256;

  /**
   * An entry that can go has gone when it has been looked at so often: visits, to be proven, and
   * once if it was cleared.
   */
  private static final int MOST_LOOKS = 6;

  private final EntryQueue small = new EntryQueue();
  private final EntryQueue main = new EntryQueue();
  private final EntryQueue cleared = new EntryQueue();
  private final Ghosts ghosts = new Ghosts();
  private final SmallPart smallPart = new SmallPart();

  void add(HotEntry entry) {
    // That there is nothing has never been remembered: it may be a removal, which is no use.
    Origin origin = entry.isAbsent() ? Origin.UNKNOWN : ghosts.take(entry.hash);
    entry.proven = origin != Origin.UNKNOWN;
    queue(entry).addNewest(entry);
    smallPart.adapt(origin, ghosts, (double) entry.bytes / (small.bytes() + main.bytes()));
  }

  /** It has been cleared, and is not expected to be asked for again. */
  void expectNoMore(HotEntry entry) {
    queue(entry).remove(entry);
    entry.proven |= entry.visits() > 0;
    entry.setVisits(0);
    entry.cleared = true;
    if (entry.epoch == 0) {
      // It came and went: not behind one that has to be written first.
      cleared.addOldest(entry);
    } else {
      cleared.addNewest(entry);
    }
  }

  void replace(HotEntry replaced, HotEntry by) {
    by.proven = replaced.proven;
    by.cleared = replaced.cleared;
    by.setVisits(replaced.visits());
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
    long steps = Math.min(MOST_STEPS, (long) MOST_LOOKS * size());
    EntryQueue passedOver = null;
    for (long step = 0; step < steps; step++) {
      EntryQueue queue = next(lastToGo, passedOver);
      HotEntry entry = queue.oldest();
      if (entry == null) {
        return null;
      }
      queue.remove(entry);
      if (entry.epoch > lastToGo) {
        // If it was cleared it has come back.
        entry.cleared = false;
        queue(entry).addNewest(entry);
        // There may be thousands of its kind, and those in the other queue could go.
        passedOver = queue;
      } else if (step < MOST_STEPS - 1 && hasBeenUsed(entry)) {
        queue(entry).addNewest(entry);
      } else {
        remember(entry);
        return entry;
      }
    }
    return null;
  }

  /**
   * From where one is to go.
   *
   * @param passedOver where the last one that was looked at had to stay; null if it did not
   */
  private EntryQueue next(long lastToGo, @Nullable EntryQueue passedOver) {
    HotEntry left = cleared.oldest();
    if (left != null && (left.epoch <= lastToGo || !left.isAbsent())) {
      return cleared;
    }
    boolean isSmall = passedOver == main;
    if (passedOver != small && passedOver != main) {
      isSmall = smallPart.isExceeded(small.bytes(), main.bytes());
    }
    EntryQueue chosen = isSmall ? small : main;
    EntryQueue other = isSmall ? main : small;
    return chosen.oldest() == null ? other : chosen;
  }

  private int size() {
    return small.size() + main.size() + cleared.size();
  }

  /** Whether it stays because it has been used since it was last looked at; that counts no more. */
  private static boolean hasBeenUsed(HotEntry entry) {
    boolean isUsed = entry.visits() > 0;
    if (entry.cleared) {
      entry.proven |= isUsed;
      // Who clears and writes has only written.
      isUsed |= !entry.isAbsent();
      entry.cleared = !isUsed;
      entry.setVisits(0);
    } else if (isUsed) {
      entry.setVisits(entry.proven ? entry.visits() - 1 : 0);
      entry.proven = true;
    }
    return isUsed;
  }

  /** That there was nothing is worth less: only for that it need not be looked up. */
  private void remember(HotEntry entry) {
    if (!entry.isAbsent()) {
      ghosts.add(entry.hash, entry.proven ? Origin.MAIN : Origin.SMALL, size());
    }
  }

  /** It is there no more. */
  void remove(HotEntry entry) {
    queue(entry).remove(entry);
  }

  /** Undoes {@link #take}. */
  void putBack(HotEntry entry) {
    ghosts.take(entry.hash);
    queue(entry).addOldest(entry);
  }

  private EntryQueue queue(HotEntry entry) {
    if (entry.cleared) {
      return cleared;
    }
    return entry.proven ? main : small;
  }
}
