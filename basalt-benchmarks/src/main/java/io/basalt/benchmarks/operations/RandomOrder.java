package io.basalt.benchmarks.operations;

import java.util.Random;

/**
 * Draws from the given objects without an end. All is drawn beforehand, the same in every run, so
 * that a draw costs no more than a look into an array.
 */
final class RandomOrder {

  private static final int DRAWS = 1 << 18;

  private final Long[] drawn = new Long[DRAWS];
  private int next;

  RandomOrder(Long[] from, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < DRAWS; i++) {
      drawn[i] = from[random.nextInt(from.length)];
    }
  }

  Long next() {
    return drawn[next++ & (DRAWS - 1)];
  }
}
