package io.basalt.benchmarks.report;

/** What the noise of the rounds does to verdicts about things that are really equal. */
final class Chance {

  private Chance() {}

  /**
   * Of how many rows the spreads of two runs of the same code do not overlap: counted in 100,000
   * draws of noise that is the same for all rounds and bell-shaped in the logarithm. Half of them
   * look slower. One round has no spread.
   */
  static double disagreeing(int rounds) {
    return switch (rounds) {
      case 1 -> 1;
      case 2 -> 0.17;
      case 3 -> 0.02;
      case 4 -> 0.002;
      default -> 0.0003;
    };
  }

  /**
   * Of how many rows all rounds of one backend are above all rounds of the other, in one run: one
   * of all the orders in which the rounds may come.
   */
  static double calledSlower(int rounds) {
    double orders = 1;
    for (int round = 1; round <= rounds; round++) {
      orders = orders * (rounds + round) / round;
    }
    return 1 / orders;
  }
}
