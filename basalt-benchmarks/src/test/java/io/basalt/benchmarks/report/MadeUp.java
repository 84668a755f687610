package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.run.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Runs that nobody has measured. */
public final class MadeUp {

  private final List<Sample> samples = new ArrayList<>();
  private Scale scale = Scale.FULL;

  /** One value for each round. */
  public MadeUp row(String group, String row, Metric metric, Backend backend, double... rounds) {
    for (int round = 1; round <= rounds.length; round++) {
      samples.add(new Sample(group, row, backend, round, Map.of(metric, rounds[round - 1])));
    }
    return this;
  }

  public MadeUp of(Scale another) {
    scale = another;
    return this;
  }

  public Results results() {
    return new Results(
        "./benchmarks --" + scale,
        "2026-01-02 03:04",
        4321,
        scale,
        3,
        Map.of("processor", "Abacus | 2", "cores", "2"),
        Map.of("flink", "2.3.0", "basalt", "0.1.0"),
        Map.of("operations/value", "One million keys."),
        samples);
  }

  /** All kinds of rows, with figures as they might be. */
  public static Results everything() {
    MadeUp run = new MadeUp();
    Random random = new Random(7);
    for (String group : List.of("value", "map")) {
      for (String row : List.of("get", "update", "iterate | a <long> & wide one", "clear")) {
        run.operation("operations/" + group, row, 2000 + random.nextInt(3000), random);
      }
    }
    for (String group : List.of("long", "map-entry")) {
      for (String row :
          List.of("uniform over 1 M keys", "Zipf 0.99 over 10 M keys", "drifting recent keys")) {
        run.operation("working-sets/" + group, row, 3000 + random.nextInt(9000), random);
      }
    }
    for (String row : List.of("native restore", "canonical restore")) {
      for (int megabytes : List.of(250, 500, 1000)) {
        double cost = megabytes * (row.startsWith("native") ? 0.8 : 9);
        run.three(
            "recovery/sizes", row + ", %d MB".formatted(megabytes), Metric.READY, cost, random);
        run.three(
            "recovery/sizes",
            row + ", %d MB".formatted(megabytes),
            Metric.READY_AND_READS,
            cost + 120,
            random);
        run.three(
            "recovery/sizes",
            row + ", %d MB".formatted(megabytes),
            Metric.PEAK_DISK,
            megabytes * 1e6,
            random);
      }
    }
    run.three("recovery/snapshots", "checkpoint", Metric.SYNCHRONOUS, 30, random)
        .three("recovery/snapshots", "checkpoint", Metric.ASYNCHRONOUS, 900, random)
        .row("recovery/snapshots", "checkpoint", Metric.WRITTEN, Backend.STOCK, 5e6, 5e6, 5e6)
        .row("recovery/snapshots", "checkpoint", Metric.WRITTEN, Backend.BASALT, 0, 0, 0)
        .row("unheard", "of", Metric.LONGEST_STALL, Backend.BASALT, 3, 4, 5)
        .row("un/decided", "by anything", Metric.STATE, Backend.BASALT, 3e6, 4e6, 5e6);
    return run.results();
  }

  private void operation(String group, String row, double nanos, Random random) {
    three(group, row, Metric.TASK_CPU, nanos, random);
    three(group, row, Metric.PROCESS_CPU, nanos * 1.4, random);
    three(group, row, Metric.ELAPSED, nanos * 1.1, random);
    three(group, row, Metric.ALLOCATED, nanos / 20, random);
    three(group, row, Metric.LATENCY_99, nanos / 200, random);
    three(group, row, Metric.LONGEST_STALL, nanos / 50, random);
    three(group, row, Metric.OPERATIONS, 1e9 / nanos, random);
  }

  private MadeUp three(String group, String row, Metric metric, double figure, Random random) {
    double[] basalt = around(figure * (0.6 + random.nextDouble()), random);
    return row(group, row, metric, Backend.STOCK, around(figure, random))
        .row(group, row, metric, Backend.BASALT, basalt)
        .row(group, row, metric, Backend.HEAP, around(figure / 20, random));
  }

  private static double[] around(double figure, Random random) {
    return random.doubles(3, figure * 0.93, figure * 1.07).toArray();
  }
}
