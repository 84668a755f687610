package io.basalt.statebackend.state;

/**
 * Whether something done beforehand pays later: done as long as it has paid often enough lately,
 * and else for a short while now and then, to see whether it does by now.
 */
final class Trust {

  /** So much that ten thousand keys can each be met twice before it is lost. */
  private static final int MOST = 1 << 14;

  private static final int LEAST = 16;

  /** The part that is given to try again, and for how many times all of it there is none before. */
  private static final int PART_OF_A_TRIAL = 16;

  private static final int BETWEEN_TRIALS = 4;

  private final int most;
  private int trust;
  private int without;

  /**
   * As much as there may be.
   *
   * @param entries how many there is room for: more are never met again
   */
  Trust(long entries) {
    most = (int) Math.max(LEAST, Math.min(MOST, entries));
    trust = most;
  }

  /** Whether to do it this time. */
  boolean isThere() {
    if (trust == 0) {
      without++;
      if (without == BETWEEN_TRIALS * most) {
        without = 0;
        trust = most / PART_OF_A_TRIAL;
      }
    }
    return trust > 0;
  }

  /** It has paid once. */
  void add(int profit) {
    trust = Math.min(most, trust + profit);
  }

  /** It has been done once, or was of no use. */
  void take(int cost) {
    trust = Math.max(0, trust - cost);
  }
}
