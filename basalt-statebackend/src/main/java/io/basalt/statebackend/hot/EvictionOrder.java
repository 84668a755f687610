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
 * <p>Cleared entries wait where the small queue ends, and go before all others.
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
    entry.proven |= entry.visits > 0;
    entry.visits = 0;
    entry.cleared = true;
    small.addOldest(entry);
  }

  void replace(HotEntry replaced, HotEntry by) {
    by.proven = replaced.proven;
    by.cleared = replaced.cleared;
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
    long entries = (long) small.size() + main.size();
    long steps = Math.min(MOST_STEPS, MOST_LOOKS * entries);
    EntryQueue passedOver = null;
    for (long step = 0; step < steps; step++) {
      EntryQueue queue = passedOver == null ? next() : other(passedOver);
      HotEntry entry = queue.oldest();
      if (entry == null) {
        queue = other(queue);
        entry = queue.oldest();
      }
      if (entry == null) {
        return null;
      }
      queue.remove(entry);
      passedOver = null;
      if (entry.epoch > lastToGo) {
        queue.addNewest(entry);
        // There may be thousands that were cleared since, and all others could go.
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

  /** From where one is to go. */
  private EntryQueue next() {
    HotEntry newcomer = small.oldest();
    return newcomer != null
            && (newcomer.cleared
                || main.oldest() == null
                || smallPart.isExceeded(small.bytes(), main.bytes()))
        ? small
        : main;
  }

  private EntryQueue other(EntryQueue queue) {
    return queue == small ? main : small;
  }

  /** Whether it stays because it has been used since it was last looked at; that counts no more. */
  private static boolean hasBeenUsed(HotEntry entry) {
    boolean isUsed = entry.visits > 0;
    if (entry.cleared) {
      entry.proven |= isUsed;
      // Who clears and writes has only written.
      isUsed |= !entry.isAbsent();
      entry.cleared = !isUsed;
      entry.visits = 0;
    } else if (isUsed) {
      entry.visits = entry.proven ? (byte) (entry.visits - 1) : 0;
      entry.proven = true;
    }
    return isUsed;
  }

  /** That there was nothing is worth less: only for that it need not be looked up. */
  private void remember(HotEntry entry) {
    if (!entry.isAbsent()) {
      ghosts.add(entry.hash, entry.proven ? Origin.MAIN : Origin.SMALL, small.size() + main.size());
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
    return entry.proven && !entry.cleared ? main : small;
  }
}
