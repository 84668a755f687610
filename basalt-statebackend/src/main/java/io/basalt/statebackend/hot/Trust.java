package io.basalt.statebackend.hot;

/**
 * Whether something done beforehand pays later: done as long as it has paid often enough lately,
 * and else for a short while now and then, to see whether it does by now. Task thread.
 */
public final class Trust {

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
   * @param mostEntries how many there is room for: more are never met again
   * @param most so many have to be of no use before it is lost
   */
  Trust(long mostEntries, int most) {
    this.most = (int) Math.max(LEAST, Math.min(most, mostEntries));
    trust = this.most;
  }

  /** Whether to do it this time. */
  public boolean isThere() {
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
  public void add(int profit) {
    trust = Math.min(most, trust + profit);
  }

  /** It has been done once, or was of no use. */
  public void take(int cost) {
    trust = Math.max(0, trust - cost);
  }
}
