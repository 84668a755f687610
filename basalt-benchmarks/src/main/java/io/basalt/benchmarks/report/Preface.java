package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Scale;
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
        .formatted(facts(results).markdown(), reading(results.scale()));
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

  private static String reading(Scale scale) {
    return """
        A figure is the median of the rounds. In each round every backend does all the work once, in
        processes of its own. Stock and Basalt take turns of a second or less in it: what the machine
        gives to a process changes within minutes, so only what is measured in the same seconds is
        compared. Between two rows a process is stopped until its turn comes, so that compactions
        which one row has left do not take the other's processors. The heap is measured by itself,
        and in two rounds at most. Less is better everywhere.

        `x stock` is stock's figure over Basalt's of the same round, the median of the rounds: 2.00
        says that Basalt needs half as much, 0.50 that it needs twice as much. `x heap` is the same
        for the heap. In brackets the spread: the smallest and the largest ratio of a round, and at either
        end %.0f %% (CPU and bytes) or %.0f %% (what depends on the disk and on moments), by which two
        processes of the same code differ. *faster* or *slower* stands
        where all of it is above or below 1; all else is level. "-" is what was not measured, or
        cannot be divided.
        """
        .formatted(
            100 * Judging.betweenProcesses(scale, Metric.TASK_CPU),
            100 * Judging.betweenProcesses(scale, Metric.READY));
  }
}
