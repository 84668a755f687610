package io.basalt.statebackend.store;

/**
 * Watches how many of a table's reads find nothing, and says when a memtable filter pays.
 *
 * <p>A filter takes most of the cost of looking for a key in a memtable that does not have it (an
 * absent key is found absent in 0.9 instead of 2.6 microseconds) and adds some percent to each
 * write. So it is turned on where reads miss often, and off again only where they hardly do: a
 * change takes effect with the next memtable and writes an options file. Task thread only.
 */
final class MissedReads {

  /** Reads between two looks. */
  static final int WINDOW = 1 << 14;

  private static final int MANY = WINDOW / 5;
  private static final int FEW = WINDOW / 20;

  private int reads;
  private int misses;
  private boolean frequent;

  /**
   * Counts a read.
   *
   * @return whether {@link #areFrequent} has changed
   */
  boolean count(boolean missed) {
    if (missed) {
      misses++;
    }
    if (++reads < WINDOW) {
      return false;
    }
    boolean before = frequent;
    frequent = misses >= (before ? FEW : MANY);
    reads = 0;
    misses = 0;
    return frequent != before;
  }

  /** Whether filters pay. */
  boolean areFrequent() {
    return frequent;
  }
}
