package io.basalt.benchmarks.eviction;

import java.util.Arrays;

/**
 * From keys to slots: a hash table of two arrays in one, with linear probing, at most half full.
 */
final class KeyIndex {

  static final int NONE = -1;

  private static final long EMPTY = -1L;

  /** The key in the upper half, the slot in the lower. */
  private final long[] table;

  private final int mask;
  private final int shift;

  /**
   * @param capacity the most keys that are there at once
   */
  KeyIndex(int capacity) {
    int bits = 33 - Integer.numberOfLeadingZeros(Math.max(1, capacity));
    table = new long[1 << bits];
    Arrays.fill(table, EMPTY);
    mask = table.length - 1;
    shift = Integer.SIZE - bits;
  }

  /** The slot of a key, or {@link #NONE}. */
  int slotOf(int key) {
    int at = home(key);
    while (table[at] != EMPTY) {
      if ((int) (table[at] >>> Integer.SIZE) == key) {
        return (int) table[at];
      }
      at = (at + 1) & mask;
    }
    return NONE;
  }

  /** Adds a key that is not there. */
  void add(int key, int slot) {
    int at = home(key);
    while (table[at] != EMPTY) {
      at = (at + 1) & mask;
    }
    table[at] = ((long) key << Integer.SIZE) | slot;
  }

  /** Takes out a key that is there. */
  void remove(int key) {
    int hole = home(key);
    while ((int) (table[hole] >>> Integer.SIZE) != key) {
      hole = (hole + 1) & mask;
    }
    // What follows moves up, unless it would come to lie before its home.
    int at = (hole + 1) & mask;
    while (table[at] != EMPTY) {
      int home = home((int) (table[at] >>> Integer.SIZE));
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        table[hole] = table[at];
        hole = at;
      }
      at = (at + 1) & mask;
    }
    table[hole] = EMPTY;
  }

  private int home(int key) {
    return (key * 0x9E37_79B9) >>> shift;
  }
}
