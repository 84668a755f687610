package io.basalt.benchmarks.report;

/**
 * How many times Basalt's figure another backend's is. Above 1 Basalt is better, as less is better
 * in all that is compared.
 *
 * @param lowest of any round of the other over any round of Basalt
 * @param middle the other's median over Basalt's
 * @param highest of any round of the other over any round of Basalt
 */
record Ratio(double lowest, double middle, double highest) {

  static Ratio of(Rounds other, Rounds basalt) {
    return new Ratio(
        quotient(other.lowest(), basalt.highest()),
        quotient(other.median(), basalt.median()),
        quotient(other.highest(), basalt.lowest()));
  }

  /** Two that do nothing are equal; nothing is infinitely better than something. */
  private static double quotient(double other, double basalt) {
    return other == 0 && basalt == 0 ? 1 : other / basalt;
  }

  Verdict verdict() {
    if (lowest > 1) {
      return Verdict.FASTER;
    }
    return highest < 1 ? Verdict.SLOWER : Verdict.LEVEL;
  }

  /** How this stands against an earlier one of the same row. */
  Verdict against(Ratio earlier) {
    if (lowest > earlier.highest) {
      return Verdict.FASTER;
    }
    return highest < earlier.lowest ? Verdict.SLOWER : Verdict.LEVEL;
  }
}
