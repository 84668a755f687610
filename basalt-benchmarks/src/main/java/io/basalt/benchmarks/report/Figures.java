package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.run.Results;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The samples of a run, by row; rows and groups in the order in which they were first measured. */
final class Figures {

  private final List<Row> rows;

  private Figures(List<Row> rows) {
    this.rows = List.copyOf(rows);
  }

  static Figures of(Results results) {
    Map<String, Map<String, List<Sample>>> byRow = new LinkedHashMap<>();
    for (Sample sample : results.samples()) {
      byRow
          .computeIfAbsent(sample.group(), group -> new LinkedHashMap<>())
          .computeIfAbsent(sample.row(), row -> new ArrayList<>())
          .add(sample);
    }
    List<Row> rows = new ArrayList<>();
    byRow.forEach(
        (group, ofGroup) ->
            ofGroup.forEach(
                (row, ofRow) -> rows.add(new Row(group, row, figures(ofRow), results.scale()))));
    return new Figures(rows);
  }

  private static Map<Metric, Map<Backend, Rounds>> figures(List<Sample> samples) {
    Map<Metric, Map<Backend, List<Double>>> values = new EnumMap<>(Metric.class);
    for (Sample sample : samples) {
      sample
          .values()
          .forEach(
              (metric, value) ->
                  values
                      .computeIfAbsent(metric, any -> new EnumMap<>(Backend.class))
                      .computeIfAbsent(sample.backend(), any -> new ArrayList<>())
                      .add(value));
    }
    Map<Metric, Map<Backend, Rounds>> figures = new EnumMap<>(Metric.class);
    values.forEach(
        (metric, byBackend) -> {
          Map<Backend, Rounds> rounds = new EnumMap<>(Backend.class);
          byBackend.forEach((backend, list) -> rounds.put(backend, new Rounds(list)));
          figures.put(metric, rounds);
        });
    return figures;
  }

  List<Row> rows() {
    return rows;
  }

  List<String> parts() {
    return rows.stream().map(Row::part).distinct().toList();
  }

  List<String> groupsOf(String part) {
    return rows.stream().filter(row -> row.part().equals(part)).map(Row::group).distinct().toList();
  }

  List<Row> rowsOf(String group) {
    return rows.stream().filter(row -> row.group().equals(group)).toList();
  }
}
