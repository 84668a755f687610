package io.basalt.statebackend.state;

/**
 * Whether something done beforehand pays later: done as long as it has paid often enough lately,
 * and else now and then, to see whether it does by now.
 */
final class Trust {

  private static final int MOST = 256;

  /** If it does not pay, one time in so many. */
  private static final int TRIAL = 64;

  private int trust = MOST;
  private int untilTrial = TRIAL;

  /** Whether to do it this time. */
  boolean isThere() {
    if (trust > 0) {
      return true;
    }
    untilTrial--;
    if (untilTrial > 0) {
      return false;
    }
    untilTrial = TRIAL;
    return true;
  }

  /** It has paid once. */
  void add(int profit) {
    trust = Math.min(MOST, trust + profit);
  }

  /** It has been done once, or was of no use. */
  void take(int cost) {
    trust = Math.max(0, trust - cost);
  }
}
