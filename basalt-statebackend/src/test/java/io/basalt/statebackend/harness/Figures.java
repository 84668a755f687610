package io.basalt.statebackend.harness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** Keeps the gauges of a backend, for tests to read. What belongs to a state is added up. */
public final class Figures extends UnregisteredMetricsGroup {

  private final Map<String, List<Gauge<?>>> gauges = new HashMap<>();

  /** What all gauges of the name say together, or 0 if there is none. */
  public long sum(String name) {
    return gauges.getOrDefault(name, List.of()).stream()
        .mapToLong(gauge -> ((Number) gauge.getValue()).longValue())
        .sum();
  }

  @Override
  public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
    gauges.computeIfAbsent(name, unused -> new ArrayList<>()).add(gauge);
    return gauge;
  }

  @Override
  public MetricGroup addGroup(String name) {
    return this;
  }

  @Override
  public MetricGroup addGroup(String key, String value) {
    return this;
  }
}
