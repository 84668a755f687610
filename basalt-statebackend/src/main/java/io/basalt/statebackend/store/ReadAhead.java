package io.basalt.statebackend.store;

/**
 * How far cursors read ahead that walk over whole tables.
 *
 * <p>Without it RocksDB reads block by block where the system has read ahead already: a call for
 * each four kilobytes, a tenth of the CPU time of a walk over two gigabytes (measured; two
 * megabytes, which no longer fit a core's cache, gain nothing). A cursor has such a buffer for each
 * level and each file of level 0, which nobody counts: so those that are open at a time, one for
 * each state and reader, share a budget, and many have none.
 */
final class ReadAhead {

  static final long BUDGET = 32 << 20;

  static final long MOST = 256 << 10;

  /** Less saves too few calls. */
  static final long LEAST = 64 << 10;

  private ReadAhead() {}

  /** For each of so many cursors; 0 if that is left to RocksDB. */
  static long bytes(int cursors) {
    long share = Math.min(MOST, BUDGET / Math.max(1, cursors));
    return share < LEAST ? 0 : share;
  }
}
