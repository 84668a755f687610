package io.basalt.benchmarks.eviction;

/**
 * How often keys were used lately, more or less: a count-min sketch of four rows of counters of
 * four bits, all of which are halved after a sample of ten uses for each entry of the cache.
 */
final class FrequencySketch {

  private static final int ROWS = 4;
  private static final int COUNTERS_IN_WORD = 16;
  private static final long LOWER_HALVES = 0x7777_7777_7777_7777L;
  private static final long[] SEEDS = {
    0x9E37_79B9_7F4A_7C15L, 0xC2B2_AE3D_27D4_EB4FL, 0xD6E8_FEB8_6659_FD93L, 0xA076_1D64_78BD_642FL
  };

  /** Sixteen counters a word: a word for each entry of the cache, four counters in each row. */
  private final long[] words;

  private final int shift;
  private final int sample;
  private int additions;

  FrequencySketch(int capacity) {
    int bits = Math.max(4, Integer.SIZE - Integer.numberOfLeadingZeros(capacity - 1));
    words = new long[1 << bits];
    shift = Long.SIZE - bits;
    sample = 10 * capacity;
  }

  void add(int key) {
    boolean isCounted = false;
    for (int row = 0; row < ROWS; row++) {
      long hash = (key + 1L) * SEEDS[row];
      int word = (int) (hash >>> shift);
      int at = place(row, hash);
      if (((words[word] >>> at) & 15) < 15) {
        words[word] += 1L << at;
        isCounted = true;
      }
    }
    if (isCounted && ++additions >= sample) {
      for (int word = 0; word < words.length; word++) {
        words[word] = (words[word] >>> 1) & LOWER_HALVES;
      }
      additions /= 2;
    }
  }

  int frequency(int key) {
    int least = 15;
    for (int row = 0; row < ROWS; row++) {
      long hash = (key + 1L) * SEEDS[row];
      least = Math.min(least, (int) ((words[(int) (hash >>> shift)] >>> place(row, hash)) & 15));
    }
    return least;
  }

  /** The row's four counters in a word are its own; lower bits of the hash choose among them. */
  private static int place(int row, long hash) {
    int counter = row * (COUNTERS_IN_WORD / ROWS) + (int) ((hash >>> 16) & 3);
    return counter * 4;
  }
}
