package io.basalt.benchmarks.eviction;

import java.util.Arrays;

/**
 * What no policy can beat (Belady, 1966): it knows the future and keeps the keys that come again
 * soonest. It may also leave out the key that has just come.
 */
final class Optimum {

  private static final int NEVER = Integer.MAX_VALUE;

  private final Trace trace;

  /** For each access when its key comes again, unless it is cleared before. */
  private final int[] next;

  Optimum(Trace trace) {
    this.trace = trace;
    next = new int[trace.length()];
    int[] after = new int[trace.keys()];
    Arrays.fill(after, NEVER);
    for (int step = trace.length() - 1; step >= 0; step--) {
      int key = trace.key(step);
      next[step] = after[key];
      after[key] = trace.kind(step) == Trace.CLEAR ? NEVER : step;
    }
  }

  /**
   * How many accesses find their key.
   *
   * @param from accesses before are not counted
   */
  long hits(int capacity, int from) {
    // A key that is there is known by the step at which it comes again.
    StepSet comeAgain = new StepSet(trace.length());
    int size = 0;
    long hits = 0;
    for (int step = 0; step < trace.length(); step++) {
      if (trace.kind(step) == Trace.CLEAR) {
        continue;
      }
      if (comeAgain.contains(step)) {
        comeAgain.remove(step);
        size--;
        hits += step >= from ? 1 : 0;
      }
      if (next[step] != NEVER) {
        comeAgain.add(next[step]);
        if (++size > capacity) {
          comeAgain.remove(comeAgain.last());
          size--;
        }
      }
    }
    return hits;
  }

  /** Numbers below a bound: a bit each, and in every level above a bit for each word below. */
  private static final class StepSet {

    private final long[][] levels;

    StepSet(int bound) {
      int depth = 1;
      for (long covered = Long.SIZE; covered < bound; covered *= Long.SIZE) {
        depth++;
      }
      levels = new long[depth][];
      int words = bound;
      for (int level = 0; level < depth; level++) {
        words = words / Long.SIZE + 1;
        levels[level] = new long[words];
      }
    }

    boolean contains(int number) {
      return (levels[0][number / Long.SIZE] & 1L << number) != 0;
    }

    void add(int number) {
      int at = number;
      for (long[] level : levels) {
        level[at / Long.SIZE] |= 1L << at;
        at /= Long.SIZE;
      }
    }

    void remove(int number) {
      int at = number;
      for (long[] level : levels) {
        level[at / Long.SIZE] &= ~(1L << at);
        if (level[at / Long.SIZE] != 0) {
          return;
        }
        at /= Long.SIZE;
      }
    }

    /** The largest, of a set that is not empty. */
    int last() {
      int at = 0;
      for (int level = levels.length - 1; level >= 0; level--) {
        int inWord = Long.SIZE - 1 - Long.numberOfLeadingZeros(levels[level][at]);
        at = at * Long.SIZE + inWord;
      }
      return at;
    }
  }
}
