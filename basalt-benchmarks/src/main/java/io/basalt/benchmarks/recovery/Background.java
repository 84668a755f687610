package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Usage;

/**
 * What a process does by itself, such as the compactions that a measurement has left to RocksDB's
 * threads: they would be part of the next one.
 */
final class Background {

  /** Linux counts the time of a process in steps of 10 ms. */
  private static final long LOOK_MILLIS = 250;

  private static final double AT_REST = 0.08;
  private static final int LOOKS_AT_REST = 2;
  private static final int MOST_LOOKS = 240;

  private Background() {}

  /** Waits until the process is at rest, for a minute at most. */
  static void awaitRest() throws InterruptedException {
    int atRest = 0;
    for (int look = 0; atRest < LOOKS_AT_REST && look < MOST_LOOKS; look++) {
      Usage before = Usage.now();
      Thread.sleep(LOOK_MILLIS);
      Usage used = Usage.now().since(before);
      atRest = used.processCpuNanos() < AT_REST * used.elapsedNanos() ? atRest + 1 : 0;
    }
  }
}
