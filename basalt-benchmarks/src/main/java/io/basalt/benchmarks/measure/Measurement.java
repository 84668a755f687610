package io.basalt.benchmarks.measure;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** The values of one row, filled bit by bit. */
public final class Measurement {

  private final Map<Metric, Double> values = new EnumMap<>(Metric.class);

  /** Sets a value that is not there yet. */
  public Measurement with(Metric metric, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(metric + " is " + value);
    }
    if (values.putIfAbsent(metric, value) != null) {
      throw new IllegalArgumentException(metric + " is measured twice");
    }
    return this;
  }

  /** Sets what the operations cost. */
  public Measurement with(Usage usage, long operations) {
    double count = operations;
    return with(Metric.OPERATIONS, count)
        .with(Metric.TASK_CPU, usage.taskCpuNanos() / count)
        .with(Metric.PROCESS_CPU, usage.processCpuNanos() / count)
        .with(Metric.ELAPSED, usage.elapsedNanos() / count)
        .with(Metric.ALLOCATED, usage.allocatedBytes() / count)
        .with(Metric.COLLECTION, usage.collectionMillis() * 1e9 / usage.elapsedNanos());
  }

  /** Sets the percentiles. */
  public Measurement with(Latencies latencies) {
    return with(Metric.LATENCY_99, latencies.percentileNanos(99) / 1e3)
        .with(Metric.LATENCY_99_9, latencies.percentileNanos(99.9) / 1e3)
        .with(Metric.LONGEST_STALL, latencies.longestStallNanos() / 1e6);
  }

  public Map<Metric, Double> values() {
    return Collections.unmodifiableMap(values);
  }
}
