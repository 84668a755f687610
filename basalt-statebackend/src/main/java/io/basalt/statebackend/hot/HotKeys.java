package io.basalt.statebackend.hot;

import org.jspecify.annotations.Nullable;

/**
 * The entries of one table that are nothing but their keys, in the tier. Task thread.
 *
 * <p>A change that throws has not been made, for room is made before it: what takes part in the
 * order of other keys, as {@code timer} keeps it beside, cannot be half there.
 */
public final class HotKeys {

  private static final Object PRESENT =
      new Object() {
        @Override
        public String toString() {
          return "present";
        }
      };

  /** So many come without use before they are not kept any more. */
  private static final int MOST = 1 << 17;

  /** What it saves to know that a key is there, with what it costs to keep one as unit. */
  private static final int PROFIT = 2;

  /**
   * Of so many changes at most it pays that one which comes and goes is not written: a place among
   * more of them costs more than a buffered write, in misses of the processor's caches and in
   * garbage collections.
   */
  private static final int FEW_CHANGES = 1 << 14;

  /** While they are not kept, this part of them is, to see whether it pays again. */
  private static final int SAMPLED_OF = 64;

  /** So clear that has to be: to change one's mind has a price. */
  private static final int CLEAR = 1 << 10;

  private final HotTier tier;
  private final HotTable table;
  private final UnwrittenKeys unwritten;

  private final LeavingEntries leaving;
  private final int most;

  /** How well it pays to keep keys; nothing is known of that at first. */
  private int balance;

  /** Whether all keys are kept. If not, those are of the sample, or have yet to leave. */
  private boolean keepsAll;

  /** Keys of the table, which has no others. */
  public HotKeys(HotTier tier, HotTable table) {
    this.tier = tier;
    this.table = table;
    this.unwritten = table.unwrittenKeys();
    this.leaving = new LeavingEntries(tier, table, entry -> isSampled((StoredBytes) entry.key));
    this.most = (int) Math.max(1, Math.min(MOST, tier.mostEntries()));
  }

  /**
   * Whether the key is one for the tier. If not the caller changes it below, without a look: the
   * tier does not have it, not even in an epoch that is being written.
   *
   * @throws RuntimeException if keys cannot be written that are not to be kept any more
   */
  public boolean takes(StoredBytes key) {
    if (keepsAll && balance == 0) {
      keepsAll = false;
      leaving.begin();
    }
    if (leaving.areThere()) {
      leaving.goOn();
      return isSampled(key) || table.entries.look(key, null) != null;
    }
    return keepsAll || isSampled(key);
  }

  private static boolean isSampled(StoredBytes key) {
    return key.hashCode() % SAMPLED_OF == 0;
  }

  private void hasPaid(int profit) {
    balance = Math.min(most, balance + profit);
    if (!keepsAll && balance >= Math.min(CLEAR, most)) {
      keepsAll = true;
      leaving.stop();
      balance = most;
    }
  }

  private void hasCost() {
    balance = Math.max(0, balance - 1);
  }

  /** Whether the key is known to be there, so that it need not be added. */
  public boolean contain(StoredBytes key) {
    HotEntry entry = table.find(key, null);
    if (entry == null || entry.isAbsent()) {
      // No miss: nobody looks below for that.
      return false;
    }
    if (keepsAll || isSampled(key)) {
      hasPaid(PROFIT);
    }
    table.counters().hits++;
    return true;
  }

  /** The same, for whoever walks over keys: that does not count as having asked for it. */
  public boolean contain(byte[] key) {
    HotEntry entry = look(key);
    return entry != null && !entry.isAbsent();
  }

  /** Whether it is known that there is no such key. */
  public boolean lack(byte[] key) {
    StoredBytes stored = new StoredBytes(key);
    return (keepsAll || leaving.areThere() || isSampled(stored)) && isAbsent(stored);
  }

  private boolean isAbsent(StoredBytes key) {
    HotEntry entry = table.entries.look(key, null);
    return entry != null && entry.isAbsent();
  }

  /** Whether the key is there and may not be below yet. */
  public boolean isWaiting(byte[] key) {
    HotEntry entry = look(key);
    return entry != null && !entry.isAbsent() && !tier.isSettled(entry);
  }

  private @Nullable HotEntry look(byte[] key) {
    return table.entries.look(new StoredBytes(key), null);
  }

  /** A key that the tier does not take has been changed below. */
  public void passedBy() {
    table.counters().passedBy++;
  }

  /**
   * There is the key from now on.
   *
   * @param bytes what it takes, as an object and otherwise
   * @param maybeBelow whether it may be below if the tier knows nothing of it: if not, nobody below
   *     is told of it should it go again before the next barrier
   */
  public void add(StoredBytes key, int keyGroup, int bytes, boolean maybeBelow) {
    tier.room.make();
    HotEntry entry = table.find(key, null);
    if (entry == null) {
      hasCost();
      entry = table.insert(key, null, keyGroup, bytes, PRESENT, 0);
      entry.maybeBelow = maybeBelow;
      table.changed(entry);
    } else {
      table.change(entry, PRESENT, HotEntry.bytes(bytes, 0));
    }
  }

  /** There is no such key from now on; see {@link #add}. */
  public void remove(StoredBytes key, int keyGroup, int bytes) {
    tier.room.make();
    HotEntry entry = table.find(key, null);
    if (entry != null && unwritten.leave(entry)) {
      if (keepsAll && table.counters().changed() < FEW_CHANGES) {
        hasPaid(1);
      }
      return;
    }
    if (entry == null) {
      hasCost();
    }
    table.unset(key, null, keyGroup, bytes);
  }

  /** Another number each time that anything may have been written which had not been before. */
  public long written() {
    return tier.version() + tier.openEpoch();
  }

  /** For what is known of these keys and can be noted with entries of values, see there. */
  public @Nullable EntryNotes notes() {
    return tier.newNotes();
  }

  /** The epoch of changes that are made now. */
  public int openEpoch() {
    return tier.openEpoch();
  }

  /** Whether all changes of an epoch, and of those before it, are below. */
  public boolean areBelow(int epoch) {
    tier.settle();
    return epoch <= tier.settledEpoch;
  }
}
