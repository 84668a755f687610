package io.basalt.statebackend.timer;

import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.hot.HotTier;
import io.basalt.statebackend.hot.StoredBytes;
import org.jspecify.annotations.Nullable;

/**
 * Timers that a queue's table is known to have, as far as the tier has room for them: a window
 * registers its timer again with every record, and to write it again each time is most of what the
 * timers of such a job cost. Always of one timer in sixteen, and of all while that pays.
 *
 * <p>What is known is forgotten before a timer is taken out of the table. Task thread.
 */
final class KnownTimers {

  private static final int SAMPLED_OF = 16;

  /** How much it pays not to write a timer, with a note of one that never comes again as unit. */
  private static final int PROFIT = 3;

  /** So clear it has to be, either way, that a short phase of a job does not change it. */
  private static final int CLEAR = 4_096;

  private static final Object WRITTEN = new Object();

  private final @Nullable HotTable notes;

  private int balance;
  private boolean notesAll;
  private @Nullable StoredBytes last;

  private KnownTimers(@Nullable HotTable notes) {
    this.notes = notes;
  }

  /**
   * Of a queue of which nothing is known.
   *
   * @param tier if null nothing ever is
   */
  static KnownTimers of(String queue, @Nullable HotTier tier) {
    return new KnownTimers(tier == null ? null : tier.tableOfNotes(queue));
  }

  /** Whether the table is known to have the timer. */
  boolean contain(byte[] key) {
    StoredBytes timer = notable(key);
    if (notes == null || timer == null) {
      return false;
    }
    boolean isKnown = notes.get(timer, null) != null;
    if (isSampled(timer)) {
      weigh(isKnown ? PROFIT : -1);
    }
    return isKnown;
  }

  /** The table has the timer. */
  void note(byte[] key) {
    StoredBytes timer = notable(key);
    if (notes != null && timer != null) {
      notes.offer(timer, null, 0, timer.heapBytes(), WRITTEN, 0, notes.version());
    }
  }

  /** The table is not going to have the timer any more. */
  void forget(byte[] key) {
    StoredBytes timer = notable(key);
    if (notes != null && timer != null) {
      notes.forget(timer, null);
    }
  }

  /** The table has been rewritten. */
  void forgetAll() {
    if (notes != null) {
      notes.forgetNotes();
    }
  }

  private void weigh(int profit) {
    balance = Math.max(-CLEAR, Math.min(CLEAR, balance + profit));
    if (!notesAll && balance > 0) {
      notesAll = true;
    } else if (notesAll && balance == -CLEAR) {
      // Those of which there is none from now on would not be forgotten either.
      forgetAll();
      notesAll = false;
    }
  }

  /** Null if there is no note of the timer, whatever happens. */
  private @Nullable StoredBytes notable(byte[] key) {
    if (notes == null) {
      return null;
    }
    StoredBytes timer = last;
    if (timer == null || timer.bytes() != key) {
      timer = new StoredBytes(key);
      last = timer;
    }
    return notesAll || isSampled(timer) ? timer : null;
  }

  private static boolean isSampled(StoredBytes timer) {
    return timer.hashCode() % SAMPLED_OF == 0;
  }
}
