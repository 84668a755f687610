package io.basalt.benchmarks.eviction;

/**
 * How many entries may be on probation, as in ARC (Megiddo and Modha, 2003): more when keys come
 * again that were evicted from there, fewer when they were evicted from the main part.
 */
final class ProbationTarget {

  private static final double FIRST = 0.3;
  private static final double LEAST = 0.02;
  private static final double MOST = 0.5;

  private final int capacity;
  private double target;

  /** Of a cache of so many entries. */
  ProbationTarget(int capacity) {
    this.capacity = capacity;
    target = within(FIRST * capacity);
  }

  int entries() {
    return (int) target;
  }

  int most() {
    return (int) within(capacity);
  }

  /**
   * A key has come again. By more, the fewer there are of those that would have been kept: they are
   * the denser.
   *
   * @param origin from where it was evicted
   */
  void adapt(int origin, Fingerprints ghosts) {
    double fromProbation = Math.max(1, ghosts.count(Fingerprints.FROM_PROBATION));
    double fromMain = Math.max(1, ghosts.count(Fingerprints.FROM_MAIN));
    target =
        within(
            origin == Fingerprints.FROM_PROBATION
                ? target + Math.max(1, fromMain / fromProbation)
                : target - Math.max(1, fromProbation / fromMain));
  }

  private double within(double wanted) {
    return Math.max(1, Math.max(LEAST * capacity, Math.min(MOST * capacity, wanted)));
  }
}
