package io.basalt.statebackend;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.View;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** Keeps the gauges that a backend registers. */
final class RegisteredGauges extends UnregisteredMetricsGroup {

  private final Map<String, Gauge<?>> registered = new ConcurrentHashMap<>();

  @Override
  public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
    registered.put(name, gauge);
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

  Map<String, Object> read() {
    Map<String, Object> values = new HashMap<>();
    registered.forEach(
        (name, gauge) -> {
          if (gauge instanceof View view) {
            view.update();
          }
          values.put(name, gauge.getValue());
        });
    return values;
  }
}
