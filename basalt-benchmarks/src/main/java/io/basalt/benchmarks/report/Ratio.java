package io.basalt.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/**
 * How many times Basalt's figure another backend's is. Above 1 Basalt is better, as less is better
 * in all that is compared.
 *
 * <p>Figures of one round are compared with each other only: they were taken in turns, and what the
 * machine gives changes between the rounds by more than what is to be seen.
 *
 * @param lowest of the rounds, less what two processes may differ by
 * @param middle the median of the rounds
 * @param highest of the rounds, and as much more
 */
record Ratio(double lowest, double middle, double highest) {

  /**
   * Of two backends.
   *
   * @param betweenProcesses by how much two processes of the same code may differ in all rounds
   */
  static Ratio of(Rounds other, Rounds basalt, double betweenProcesses) {
    int rounds = Math.min(other.values().size(), basalt.values().size());
    List<Double> quotients = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      quotients.add(quotient(other.values().get(round), basalt.values().get(round)));
    }
    Rounds ratios = new Rounds(quotients);
    return new Ratio(
        ratios.lowest() / (1 + betweenProcesses),
        ratios.median(),
        ratios.highest() * (1 + betweenProcesses));
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
