package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.run.Results;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two runs, the one before a change and the one after it, by the deciding metric of each row.
 *
 * <p>What is compared is {@code x stock}: whatever else has changed between the two runs, the
 * machine too, has changed for stock as well. Without stock it is Basalt's figure itself.
 */
public final class Comparison {

  private final MarkdownTable table =
      new MarkdownTable(
          3,
          List.of(
              "group",
              "row",
              "metric",
              "Basalt before",
              "after",
              "x stock before",
              "x stock after",
              "spreads"));

  private int compared;
  private int agreeing;
  private int slower;
  private int onlyInOne;

  private final Scale scale;

  private Comparison(Scale scale) {
    this.scale = scale;
  }

  /**
   * Compares them.
   *
   * @throws IllegalArgumentException if there is nothing that both have measured in the same way
   */
  public static Comparison of(Results before, Results after) {
    if (before.scale() != after.scale()) {
      throw new IllegalArgumentException(
          "The scales differ: %s and %s.".formatted(before.scale(), after.scale()));
    }
    Comparison comparison = new Comparison(before.scale());
    Map<List<String>, Row> later = byName(after);
    Map<List<String>, Row> earlier = byName(before);
    earlier.forEach(
        (name, row) -> {
          Row other = later.get(name);
          if (other == null || !comparison.add(row, other)) {
            comparison.onlyInOne++;
          }
        });
    comparison.onlyInOne +=
        (int) later.keySet().stream().filter(name -> !earlier.containsKey(name)).count();
    if (comparison.compared == 0) {
      throw new IllegalArgumentException("The two runs have no row of Basalt in common.");
    }
    return comparison;
  }

  /** Of Basalt; what the floor of a table costs is nobody's merit. */
  private static Map<List<String>, Row> byName(Results results) {
    Map<List<String>, Row> rows = new LinkedHashMap<>();
    for (Row row : Figures.of(results).rows()) {
      if (row.deciding().flatMap(metric -> row.rounds(metric, Backend.BASALT)).isPresent()) {
        rows.put(List.of(row.group(), row.name()), row);
      }
    }
    return rows;
  }

  private boolean add(Row before, Row after) {
    Metric metric = before.deciding().orElseThrow();
    Optional<Rounds> basaltBefore = before.rounds(metric, Backend.BASALT);
    Optional<Rounds> basaltAfter = after.rounds(metric, Backend.BASALT);
    if (basaltBefore.isEmpty() || basaltAfter.isEmpty()) {
      return false;
    }
    Optional<Ratio> ratioBefore = before.ratio(metric, Backend.STOCK);
    Optional<Ratio> ratioAfter = after.ratio(metric, Backend.STOCK);
    Verdict verdict =
        ratioBefore.isPresent() && ratioAfter.isPresent()
            ? ratioAfter.get().against(ratioBefore.get())
            : Ratio.of(
                    basaltBefore.get(), basaltAfter.get(), Judging.betweenProcesses(scale, metric))
                .verdict();
    compared++;
    agreeing += verdict == Verdict.LEVEL ? 1 : 0;
    slower += verdict == Verdict.SLOWER ? 1 : 0;
    table.add(
        List.of(
            before.group(),
            before.name(),
            Judging.title(metric),
            Quantity.ofMedian(metric, basaltBefore),
            Quantity.ofMedian(metric, basaltAfter),
            ratioBefore.map(Comparison::spread).orElse(Quantity.NONE),
            ratioAfter.map(Comparison::spread).orElse(Quantity.NONE),
            verdict == Verdict.LEVEL ? "overlap" : verdict.toString()));
    return true;
  }

  private static String spread(Ratio ratio) {
    return "%s (%s to %s)"
        .formatted(
            Quantity.ratio(ratio.middle()),
            Quantity.ratio(ratio.lowest()),
            Quantity.ratio(ratio.highest()));
  }

  /** Whether Basalt has become slower beyond the spread in some row. */
  public boolean isSlower() {
    return slower > 0;
  }

  /** For a terminal. */
  public String plain() {
    String others =
        onlyInOne == 0 ? "" : " %d rows are in one of the runs only.".formatted(onlyInOne);
    return """
        %s
        %d of %d rows agree within their stated spread; %d slower, %d faster.%s
        """
        .formatted(table.plain(), agreeing, compared, slower, compared - agreeing - slower, others);
  }
}
