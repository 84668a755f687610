package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Table;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.jspecify.annotations.Nullable;

/**
 * Up to where a table may have entries of each key group. Where keys count up (numbers of orders,
 * of events), every new one is behind that, and is known to be absent: to ask RocksDB for what it
 * does not have takes longer than all else that is done with a new key.
 *
 * <p>Every key that is written is told, before it is. What the table had before that is found out
 * by one look for anything behind a key, in a key group whose keys have been seen to count up: of
 * keys in no order the n-th is the highest so far with a probability of one in n, so for those
 * there is hardly ever a look.
 */
final class HighestKeys {

  /** So many keys have to be the highest so far, one after the other, before there is a look. */
  private static final int RISES_BEFORE_LOOK = 16;

  /** And never more than so many. */
  private static final int MOST_RISES_BEFORE_LOOK = 1 << 29;

  private final Table table;
  private final KeyGroupPrefix prefix;
  private final int firstKeyGroup;

  /** Of each key group the highest that has been written, or looked for; null for none. Short. */
  private final AtomicReferenceArray<byte @Nullable []> highest;

  /** Whether the table has nothing behind that. Task thread, as what follows. */
  private final boolean[] isKnown;

  /** How many keys have been the highest since the last look. */
  private final int[] rises;

  /** How many have to be before the next one: twice as many after each that was in vain. */
  private final int[] risesBeforeLook;

  /** Nothing is known of the table, to which nobody writes without telling. */
  HighestKeys(Table table, KeyGroupPrefix prefix, KeyGroupRange keyGroups) {
    this.table = table;
    this.prefix = prefix;
    this.firstKeyGroup = keyGroups.getStartKeyGroup();
    int count = keyGroups.getNumberOfKeyGroups();
    this.highest = new AtomicReferenceArray<>(count);
    this.isKnown = new boolean[count];
    this.rises = new int[count];
    this.risesBeforeLook = new int[count];
    Arrays.fill(risesBeforeLook, RISES_BEFORE_LOOK);
  }

  /**
   * Whether the table may have the key, which nobody above it knows anything of. Task thread.
   *
   * @param key is kept
   */
  boolean mayHave(byte[] key, int keyGroup) {
    int index = keyGroup - firstKeyGroup;
    byte[] before = highest.getAcquire(index);
    if (before != null && Arrays.compareUnsigned(key, before) <= 0) {
      return true;
    }
    if (!isKnown[index]) {
      // Whether keys count up shows in those that are looked for, before any is written.
      raise(index, key);
      isKnown[index] = isTimeToLook(index) && isNothingFrom(key, keyGroup);
    }
    return !isKnown[index];
  }

  private boolean isTimeToLook(int index) {
    rises[index]++;
    if (rises[index] < risesBeforeLook[index]) {
      return false;
    }
    rises[index] = 0;
    risesBeforeLook[index] = Math.min(MOST_RISES_BEFORE_LOOK, 2 * risesBeforeLook[index]);
    return true;
  }

  /**
   * Nothing is handed over for this look: what the table's buffer has was told to {@link #written},
   * or to the one that the state had before it was registered again. What that one was told is
   * below by now: a look comes after reads of the table, each of which has the buffer handed over.
   */
  private boolean isNothingFrom(byte[] key, int keyGroup) {
    try (Cursor cursor = table.cursor(key, prefix.bounds(keyGroup).upperExclusive(), null)) {
      cursor.seekToFirst();
      return !cursor.isValid();
    }
  }

  /**
   * The key is going to be written. Any thread; the task thread must not ask for the key before it
   * has heard that it is, in a way that orders what both have done.
   *
   * @param key is kept
   */
  void written(byte[] key, int keyGroup) {
    raise(keyGroup - firstKeyGroup, key);
  }

  private void raise(int index, byte[] written) {
    byte[] before = highest.getAcquire(index);
    if (before != null && Arrays.compareUnsigned(written, before) <= 0) {
      return;
    }
    byte[] key = Bounds.notBelow(written);
    while (before == null || Arrays.compareUnsigned(key, before) > 0) {
      byte[] witness = highest.compareAndExchange(index, before, key);
      if (witness == before) {
        return;
      }
      before = witness;
    }
  }
}
