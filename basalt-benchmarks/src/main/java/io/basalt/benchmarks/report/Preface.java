package io.basalt.benchmarks.report;

import io.basalt.benchmarks.run.Results;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a reader must know before the figures: where they are from, and how to read them. */
final class Preface {

  private Preface() {}

  static String of(Results results) {
    return """
        # Performance

        Basalt beside Flink's RocksDB backend ("stock") and its heap backend ("heap") on the same
        work in the same run. Written by `./benchmarks`; do not edit.

        %s## How to read the figures

        %s
        """
        .formatted(facts(results).markdown(), reading(results.rounds()));
  }

  private static MarkdownTable facts(Results results) {
    MarkdownTable table = new MarkdownTable(2, List.of("", ""));
    table.add(List.of("command", "`%s`".formatted(results.command())));
    table.add(
        List.of(
            "when", "%s (UTC), for %s".formatted(results.began(), duration(results.seconds()))));
    table.add(
        List.of(
            "scale",
            results.rounds() == 1
                ? "%s, 1 round".formatted(results.scale())
                : "%s, %d rounds".formatted(results.scale(), results.rounds())));
    addAll(table, results.versions());
    addAll(table, results.machine());
    return table;
  }

  private static void addAll(MarkdownTable table, Map<String, String> facts) {
    facts.forEach((name, value) -> table.add(List.of(name, value)));
  }

  private static String duration(long seconds) {
    return seconds < 120
        ? "%d s".formatted(seconds)
        : String.format(Locale.ROOT, "%.0f min", seconds / 60.0);
  }

  private static String reading(int rounds) {
    return """
        A figure is the median of the rounds. In each round every backend does all the work once, in
        processes of its own, one backend after the other. Less is better everywhere.

        `x stock` is stock's figure over Basalt's: 2.00 says that Basalt needs half as much, 0.50 that
        it needs twice as much. `x heap` is the same for the heap. In brackets the spread: the
        smallest and the largest ratio of any round of the other to any round of Basalt. *faster* or
        *slower* stands where all of it is above or below 1; all else is level. "-" is what was not
        measured, or cannot be divided.

        The spread takes any round with any other, and so is wide on purpose: %s
        It is less strict within one run: %s"""
        .formatted(agreement(rounds), chance(rounds));
  }

  /**
   * How often the spreads of two runs overlap if nothing has changed: counted in 100,000 draws of
   * noise that is the same for all rounds and bell-shaped in the logarithm.
   */
  private static String agreement(int rounds) {
    String agreeing =
        switch (rounds) {
          case 1 -> "";
          case 2 -> "83 of 100 rows";
          case 3 -> "98 of 100 rows";
          default -> "more than 99 of 100 rows";
        };
    return agreeing.isEmpty()
        ? "but one round has none, and every difference looks like one."
        : "with %d rounds, two runs of the same code overlap in about %s."
            .formatted(rounds, agreeing);
  }

  /** That all rounds of one are above all rounds of the other, if both are the same. */
  static String chance(int rounds) {
    double orders = 1;
    for (int round = 1; round <= rounds; round++) {
      orders = orders * (rounds + round) / round;
    }
    return String.format(
        Locale.ROOT,
        "of 100 rows in which two backends are really equal, chance alone calls %.3g slower and as"
            + " many faster.",
        100 / orders);
  }
}
