package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The pictures of a run. What they need of its groups and rows is said here and nowhere else. */
final class Plots {

  /** A picture and the name of its file. */
  record Plot(String file, String title, String svg) {}

  private static final String WORKING_SETS = "working-sets";
  private static final String OPERATIONS = "operations";
  private static final String SIZES = "recovery/sizes";

  /** As in {@code native restore, 250 MB}. */
  private static final Pattern SIZED_ROW =
      Pattern.compile("(?<series>.+), (?<size>[0-9.]+) (?<unit>MB|GB)");

  private Plots() {}

  /** At the head of a part. */
  static List<Plot> ofPart(Figures figures, String part) {
    if (!part.equals(OPERATIONS)) {
      return List.of();
    }
    List<Row> rows = figures.rows().stream().filter(row -> row.part().equals(part)).toList();
    return ratios(part, "Operations: CPU time of the task thread, x stock", rows).stream().toList();
  }

  /** At the head of a group. */
  static List<Plot> ofGroup(Figures figures, String group) {
    List<Row> rows = figures.rowsOf(group);
    if (Row.partOf(group).equals(WORKING_SETS)) {
      return costs(group, rows).stream().toList();
    }
    return group.equals(SIZES) ? bySize(group, rows) : List.of();
  }

  private static Optional<Plot> costs(String group, List<Row> all) {
    List<Row> rows = all.stream().filter(row -> row.metrics().contains(Metric.TASK_CPU)).toList();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    String title = "CPU time of the task thread by operation: " + group;
    LaneChart chart =
        new LaneChart(
            title,
            "median and range of the rounds (logarithmic)",
            nanos -> Quantity.tick(Quantity.time(nanos)),
            rows.stream().map(Row::name).toList(),
            48,
            rows.stream()
                .flatMap(Plots::taskCpu)
                .flatMapToDouble(rounds -> rounds.values().stream().mapToDouble(value -> value)));
    List<Backend> backends =
        Arrays.stream(Backend.values())
            .filter(
                backend ->
                    rows.stream().anyMatch(row -> row.rounds(Metric.TASK_CPU, backend).isPresent()))
            .toList();
    chart.legend(
        backends.stream().map(Mark::nameOf).toList(), backends.stream().map(Mark::of).toList());
    for (int lane = 0; lane < rows.size(); lane++) {
      for (int place = 0; place < backends.size(); place++) {
        Backend backend = backends.get(place);
        Optional<Rounds> rounds = rows.get(lane).rounds(Metric.TASK_CPU, backend);
        if (rounds.isPresent()) {
          chart.mark(
              lane,
              13 * (place - (backends.size() - 1) / 2.0),
              Mark.of(backend),
              rounds.get().lowest(),
              rounds.get().median(),
              rounds.get().highest());
        }
      }
    }
    return Optional.of(new Plot(fileName(group), title, chart.document()));
  }

  private static Stream<Rounds> taskCpu(Row row) {
    return Arrays.stream(Backend.values())
        .map(backend -> row.rounds(Metric.TASK_CPU, backend))
        .flatMap(Optional::stream);
  }

  private static Optional<Plot> ratios(String part, String title, List<Row> all) {
    List<Row> rows =
        all.stream().filter(row -> row.ratio(Metric.TASK_CPU, Backend.STOCK).isPresent()).toList();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    List<Ratio> ratios =
        rows.stream().map(row -> row.ratio(Metric.TASK_CPU, Backend.STOCK).orElseThrow()).toList();
    LaneChart chart =
        new LaneChart(
            title,
            "x stock (logarithmic): to the right of 1 Basalt needs less; the thin line is the spread",
            Quantity::plainRatio,
            rows.stream().map(row -> shortName(row.group()) + ": " + row.name()).toList(),
            18,
            Stream.concat(Stream.of(new Ratio(0.8, 1, 1.25)), ratios.stream())
                .flatMapToDouble(
                    ratio -> DoubleStream.of(ratio.lowest(), ratio.middle(), ratio.highest())));
    for (int lane = 0; lane < rows.size(); lane++) {
      Ratio ratio = ratios.get(lane);
      chart.bar(lane, colour(ratio.verdict()), ratio.lowest(), ratio.middle(), ratio.highest());
    }
    chart.lineAtOne();
    double fromLeft = 0;
    for (Verdict verdict : Verdict.values()) {
      chart.words(fromLeft, colour(verdict), verdict.toString());
      fromLeft += 90;
    }
    return Optional.of(new Plot(fileName(part), title, chart.document()));
  }

  private static String colour(Verdict verdict) {
    return switch (verdict) {
      case FASTER -> "#0072B2";
      case LEVEL -> "#999999";
      case SLOWER -> "#D55E00";
    };
  }

  private static List<Plot> bySize(String group, List<Row> rows) {
    Map<String, Map<Double, Row>> series = new LinkedHashMap<>();
    for (Row row : rows) {
      Matcher matcher = SIZED_ROW.matcher(row.name());
      if (matcher.matches() && row.deciding().isPresent()) {
        double unit = matcher.group("unit").equals("GB") ? 1e9 : 1e6;
        series
            .computeIfAbsent(matcher.group("series"), name -> new TreeMap<>())
            .put(Double.parseDouble(matcher.group("size")) * unit, row);
      }
    }
    List<Plot> plots = new ArrayList<>();
    series.forEach((name, bySize) -> plots.add(bySize(group, name, bySize)));
    return plots;
  }

  private static Plot bySize(String group, String name, Map<Double, Row> bySize) {
    Metric metric =
        bySize.values().stream().flatMap(row -> row.deciding().stream()).findFirst().orElseThrow();
    List<LineChart.Line> lines = new ArrayList<>();
    for (Backend backend : Backend.values()) {
      List<LineChart.Point> points = new ArrayList<>();
      bySize.forEach(
          (size, row) ->
              row.rounds(metric, backend)
                  .ifPresent(
                      rounds ->
                          points.add(
                              new LineChart.Point(
                                  size, rounds.lowest(), rounds.median(), rounds.highest()))));
      if (!points.isEmpty()) {
        lines.add(new LineChart.Line(Mark.nameOf(backend), Mark.of(backend), points));
      }
    }
    String title = Words.capitalized(name);
    String svg =
        LineChart.draw(
            title,
            "size of the state",
            bytes -> Quantity.tick(Quantity.bytes(bytes)),
            Judging.title(metric),
            value -> Quantity.tick(Quantity.of(metric, value)),
            lines);
    return new Plot(fileName(group + " " + name), title + " by size of the state", svg);
  }

  private static String shortName(String group) {
    return group.substring(group.indexOf('/') + 1);
  }

  private static String fileName(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
  }
}
