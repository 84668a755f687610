package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of one group: which there are follows from what its rows hold. */
final class GroupTables {

  /**
   * Metrics that stand side by side.
   *
   * @param folded whether the table is opened by a click only
   */
  private record Family(String heading, boolean folded, List<Metric> metrics) {}

  private static final List<Family> FAMILIES =
      List.of(
          new Family(
              "Latency",
              false,
              List.of(Metric.LATENCY_99, Metric.LATENCY_99_9, Metric.LONGEST_STALL)),
          new Family(
              "Resources",
              true,
              List.of(Metric.PROCESS_CPU, Metric.ELAPSED, Metric.ALLOCATED, Metric.COLLECTION)),
          new Family(
              "Time of a snapshot",
              false,
              List.of(Metric.SYNCHRONOUS, Metric.ASYNCHRONOUS, Metric.SNAPSHOT_CPU)),
          new Family(
              "Bytes of a snapshot", false, List.of(Metric.WRITTEN, Metric.UPLOADED, Metric.STATE)),
          new Family("Local files", false, List.of(Metric.LOCAL_WRITTEN, Metric.LOCAL_SPACE)),
          new Family(
              "Restore",
              false,
              List.of(
                  Metric.READY, Metric.READS, Metric.READY_AND_READS, Metric.READY_AND_READS_CPU)),
          new Family(
              "After the restore",
              false,
              List.of(Metric.FIRST_CHECKPOINT, Metric.FIRST_CHECKPOINT_WRITTEN, Metric.PEAK_DISK)));

  private GroupTables() {}

  static String markdown(List<Row> rows) {
    StringBuilder text = new StringBuilder();
    for (Metric deciding : Judging.DECIDING) {
      List<Row> decided =
          rows.stream().filter(row -> row.deciding().equals(Optional.of(deciding))).toList();
      if (!decided.isEmpty()) {
        text.append("**%s**\n\n".formatted(Words.capitalized(heading(deciding))));
        text.append(cost(deciding, decided).markdown());
      }
    }
    for (Family family : FAMILIES) {
      text.append(besides(family, rows));
    }
    return text.toString();
  }

  private static String heading(Metric metric) {
    return Judging.title(metric)
        + switch (metric) {
          case TASK_CPU, PROCESS_CPU, ELAPSED -> " by operation";
          default -> "";
        };
  }

  private static MarkdownTable cost(Metric metric, List<Row> rows) {
    boolean withProcess =
        metric == Metric.TASK_CPU
            && rows.stream().anyMatch(row -> row.metrics().contains(Metric.PROCESS_CPU));
    List<String> headings =
        new ArrayList<>(
            List.of("row", "stock", "Basalt", "heap", "x stock (spread)", "x heap (spread)"));
    if (withProcess) {
      headings.add("process CPU x stock (spread)");
    }
    MarkdownTable table = new MarkdownTable(1, headings);
    for (Row row : rows) {
      List<String> cells = new ArrayList<>();
      cells.add(row.name());
      for (Backend backend : Backend.values()) {
        cells.add(Quantity.ofMedian(metric, row.rounds(metric, backend)));
      }
      cells.add(spread(row.ratio(metric, Backend.STOCK)));
      cells.add(spread(row.ratio(metric, Backend.HEAP)));
      if (withProcess) {
        cells.add(spread(row.ratio(Metric.PROCESS_CPU, Backend.STOCK)));
      }
      table.add(cells);
    }
    return table;
  }

  private static String spread(Optional<Ratio> ratio) {
    return ratio.map(Quantity::ratioWithSpread).orElse(Quantity.NONE);
  }

  /** Three figures in a cell, and how many times Basalt's stock's is. */
  private static String besides(Family family, List<Row> rows) {
    List<Row> meant =
        rows.stream()
            .filter(row -> family.metrics().stream().anyMatch(row.metrics()::contains))
            .toList();
    List<Metric> metrics =
        family.metrics().stream()
            .filter(metric -> meant.stream().anyMatch(row -> row.metrics().contains(metric)))
            .toList();
    // One that has been shown already with its spread is no reason for a second table.
    boolean isNew =
        metrics.stream()
            .anyMatch(
                metric ->
                    meant.stream()
                        .anyMatch(
                            row ->
                                row.metrics().contains(metric)
                                    && !row.deciding().equals(Optional.of(metric))));
    if (!isNew) {
      return "";
    }
    MarkdownTable table =
        new MarkdownTable(
            1, Stream.concat(Stream.of("row"), metrics.stream().map(Judging::title)).toList());
    for (Row row : meant) {
      table.add(
          Stream.concat(
                  Stream.of(row.name()), metrics.stream().map(metric -> threeFigures(row, metric)))
              .toList());
    }
    String form =
        family.folded()
            ? "<details><summary>%s: stock / Basalt / heap (x stock)</summary>\n\n%s</details>\n\n"
            : "**%s**: stock / Basalt / heap (x stock)\n\n%s";
    return form.formatted(family.heading(), table.markdown());
  }

  private static String threeFigures(Row row, Metric metric) {
    if (!row.metrics().contains(metric)) {
      return Quantity.NONE;
    }
    String figures =
        Stream.of(Backend.values())
            .map(backend -> Quantity.ofMedian(metric, row.rounds(metric, backend)))
            .collect(Collectors.joining(" / "));
    String ratio =
        row.ratio(metric, Backend.STOCK)
            .map(
                stock ->
                    " (%s%s)"
                        .formatted(
                            Quantity.ratio(stock.middle()),
                            stock.verdict() == Verdict.LEVEL ? "" : " " + stock.verdict()))
            .orElse("");
    return figures + ratio;
  }
}
