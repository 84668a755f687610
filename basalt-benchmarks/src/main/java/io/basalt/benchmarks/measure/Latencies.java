package io.basalt.benchmarks.measure;

import org.HdrHistogram.Histogram;

/**
 * How long single operations take, and how long the task stood still.
 *
 * <p>A look at the clock costs a quarter of a hit in a hash map. So one operation in {@value
 * #EVERY} is timed by itself; what lies between two of them is looked at as a whole, so that no
 * stall can hide. Not thread-safe: the task's.
 */
public final class Latencies {

  /** One operation in so many is timed. A power of two. */
  public static final int EVERY = 16;

  private static final long HIGHEST = 3_600_000_000_000L;

  private final Histogram histogram = new Histogram(HIGHEST, 3);
  private long operations;
  private long began;
  private long lastLook;
  private long longestStall;

  /** Call before each operation. */
  public void before() {
    if ((operations & (EVERY - 1)) == 0) {
      began = System.nanoTime();
      if (operations > 0) {
        longestStall = Math.max(longestStall, began - lastLook);
      }
      lastLook = began;
    }
  }

  /** Call after each operation. */
  public void after() {
    if ((operations++ & (EVERY - 1)) == 0) {
      long now = System.nanoTime();
      histogram.recordValue(Math.min(HIGHEST, now - began));
      longestStall = Math.max(longestStall, now - began);
      lastLook = now;
    }
  }

  /** Call when the task goes on after a time that is not its own. */
  public void goOn() {
    lastLook = System.nanoTime();
  }

  /** Operations so far. */
  public long operations() {
    return operations;
  }

  public double percentileNanos(double percentile) {
    return histogram.getValueAtPercentile(percentile);
  }

  /**
   * The longest time between two looks at the clock, which are at most {@value #EVERY} operations
   * apart.
   */
  public long longestStallNanos() {
    return longestStall;
  }
}
