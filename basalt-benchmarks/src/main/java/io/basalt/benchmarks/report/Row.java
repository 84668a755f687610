package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Scale;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What all rounds and backends measured of one piece of work. */
final class Row {

  private final String group;
  private final String name;
  private final Map<Metric, Map<Backend, Rounds>> figures;
  private final Scale scale;

  Row(String group, String name, Map<Metric, Map<Backend, Rounds>> figures, Scale scale) {
    this.group = group;
    this.name = name;
    this.scale = scale;
    this.figures = new EnumMap<>(Metric.class);
    this.figures.putAll(figures);
  }

  String group() {
    return group;
  }

  String name() {
    return name;
  }

  /** The first half of the group's name. */
  String part() {
    return partOf(group);
  }

  static String partOf(String group) {
    int slash = group.indexOf('/');
    return slash < 0 ? group : group.substring(0, slash);
  }

  Set<Metric> metrics() {
    return Collections.unmodifiableSet(figures.keySet());
  }

  /** The metric by which the row is judged. */
  Optional<Metric> deciding() {
    return Judging.DECIDING.stream().filter(figures::containsKey).findFirst();
  }

  Optional<Rounds> rounds(Metric metric, Backend backend) {
    return Optional.ofNullable(figures.getOrDefault(metric, Map.of()).get(backend));
  }

  /** How many times Basalt's figure the other backend's is, if both were measured. */
  Optional<Ratio> ratio(Metric metric, Backend other) {
    return rounds(metric, other)
        .flatMap(
            others ->
                rounds(metric, Backend.BASALT)
                    .map(
                        basalt ->
                            Ratio.of(others, basalt, Judging.betweenProcesses(scale, metric))));
  }

  /** Whether Basalt is worse than stock beyond the spread. */
  boolean isSlower(Metric metric) {
    return ratio(metric, Backend.STOCK)
        .filter(ratio -> ratio.verdict() == Verdict.SLOWER)
        .isPresent();
  }
}
