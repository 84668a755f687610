package io.basalt.benchmarks.report;

import io.basalt.benchmarks.run.Results;
import java.math.BigDecimal;
import java.math.MathContext;
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
        Within one run it is less strict: of 100 rows in which two backends are really equal, chance
        alone calls %s slower and as many faster.
        """
        .formatted(agreement(rounds), percent(Chance.calledSlower(rounds)));
  }

  private static String agreement(int rounds) {
    return rounds == 1
        ? "but one round has none,\nand every difference looks like one."
        : "with %d rounds,\ntwo runs of the same code overlap in about %s of 100 rows."
            .formatted(rounds, percent(1 - Chance.disagreeing(rounds)));
  }

  private static String percent(double share) {
    return BigDecimal.valueOf(100 * share)
        .round(new MathContext(share > 0.99 ? 3 : 2))
        .stripTrailingZeros()
        .toPlainString();
  }
}
