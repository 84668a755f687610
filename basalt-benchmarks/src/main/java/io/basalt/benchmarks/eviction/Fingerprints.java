package io.basalt.benchmarks.eviction;

/**
 * The keys that were evicted last and from where: fingerprints of fifteen bits and one more, in
 * buckets of four, each a small queue. Of keys that are not there it takes about one in 8,000 for
 * one that is.
 */
final class Fingerprints {

  static final int ABSENT = -1;
  static final int FROM_PROBATION = 0;
  static final int FROM_MAIN = 1;

  private static final int WAYS = 4;
  private static final int EMPTY = 0;
  private static final int ORIGIN = 1;

  private final short[] places;
  private final int buckets;
  private final int[] counts = new int[2];

  Fingerprints(int capacity) {
    buckets = Math.max(1, capacity / WAYS);
    places = new short[buckets * WAYS];
  }

  /** How many there are of those that were evicted from there. */
  int count(int origin) {
    return counts[origin];
  }

  /** Adds a key; the oldest of its bucket goes for it. */
  void add(int key, int origin) {
    long hash = hash(key);
    int first = bucket(hash);
    short oldest = places[first + WAYS - 1];
    if (oldest != EMPTY) {
      counts[oldest & ORIGIN]--;
    }
    System.arraycopy(places, first, places, first + 1, WAYS - 1);
    places[first] = (short) (fingerprint(hash) | origin);
    counts[origin]++;
  }

  /** From where a key was evicted, or {@link #ABSENT}; it is absent afterwards. */
  int take(int key) {
    long hash = hash(key);
    int wanted = fingerprint(hash);
    int first = bucket(hash);
    for (int way = 0; way < WAYS; way++) {
      short found = places[first + way];
      if ((found & ~ORIGIN) == wanted) {
        System.arraycopy(places, first + way + 1, places, first + way, WAYS - 1 - way);
        places[first + WAYS - 1] = EMPTY;
        counts[found & ORIGIN]--;
        return found & ORIGIN;
      }
    }
    return ABSENT;
  }

  private static long hash(int key) {
    long hash = (key + 1L) * 0x9E37_79B9_7F4A_7C15L;
    return (hash ^ (hash >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
  }

  private int bucket(long hash) {
    return (int) (((hash >>> Integer.SIZE) * buckets) >>> Integer.SIZE) * WAYS;
  }

  /** Not empty, and without the bit that says from where. */
  private static int fingerprint(long hash) {
    int bits = (short) hash & ~ORIGIN;
    return bits == EMPTY ? 2 : bits;
  }
}
