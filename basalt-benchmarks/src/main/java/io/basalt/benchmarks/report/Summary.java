package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.run.Results;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How Basalt stands, part by part: rows counted, ratios averaged. */
public final class Summary {

  private Summary() {}

  /** For a terminal. */
  public static String plain(Results results) {
    return table(Figures.of(results)).plain();
  }

  static MarkdownTable table(Figures figures) {
    MarkdownTable table =
        new MarkdownTable(
            2, List.of("part", "metric", "faster", "level", "slower", "x stock", "x heap"));
    for (String part : figures.parts()) {
      List<Row> rows = figures.rows().stream().filter(row -> row.part().equals(part)).toList();
      for (Metric metric : Judging.HEADLINES) {
        List<Ratio> stock = ratios(rows, metric, Backend.STOCK);
        List<Ratio> heap = ratios(rows, metric, Backend.HEAP);
        if (!stock.isEmpty() || !heap.isEmpty()) {
          Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
          stock.forEach(ratio -> counts.merge(ratio.verdict(), 1, Integer::sum));
          table.add(
              List.of(
                  part,
                  Judging.title(metric),
                  Integer.toString(counts.getOrDefault(Verdict.FASTER, 0)),
                  Integer.toString(counts.getOrDefault(Verdict.LEVEL, 0)),
                  Integer.toString(counts.getOrDefault(Verdict.SLOWER, 0)),
                  Quantity.ratio(geometricMean(stock)),
                  Quantity.ratio(geometricMean(heap))));
        }
      }
    }
    return table;
  }

  private static List<Ratio> ratios(List<Row> rows, Metric metric, Backend other) {
    return rows.stream().map(row -> row.ratio(metric, other)).flatMap(Optional::stream).toList();
  }

  /** Of those that have a logarithm; not a number if none has. */
  static double geometricMean(List<Ratio> ratios) {
    return Math.exp(
        ratios.stream()
            .mapToDouble(Ratio::middle)
            .filter(middle -> middle > 0 && Double.isFinite(middle))
            .map(Math::log)
            .average()
            .orElse(Double.NaN));
  }
}
