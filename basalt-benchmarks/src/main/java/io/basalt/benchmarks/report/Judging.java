package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Scale;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Which metrics count. */
final class Judging {

  /**
   * The first of these that a row has decides. CPU before time, as the machine's other work does
   * not change it much; readable state before an open backend, as work that is only put off is not
   * saved.
   */
  static final List<Metric> DECIDING =
      List.of(
          Metric.TASK_CPU,
          Metric.READY_AND_READS,
          Metric.READY,
          Metric.ASYNCHRONOUS,
          Metric.FIRST_CHECKPOINT,
          Metric.SYNCHRONOUS,
          Metric.PROCESS_CPU,
          Metric.ELAPSED,
          Metric.LONGEST_STALL,
          Metric.WRITTEN,
          Metric.PEAK_DISK);

  /** What the summary counts. */
  static final List<Metric> HEADLINES =
      List.of(
          Metric.TASK_CPU,
          Metric.PROCESS_CPU,
          Metric.SYNCHRONOUS,
          Metric.ASYNCHRONOUS,
          Metric.SNAPSHOT_CPU,
          Metric.WRITTEN,
          Metric.READY,
          Metric.READS,
          Metric.READY_AND_READS,
          Metric.READY_AND_READS_CPU,
          Metric.FIRST_CHECKPOINT,
          Metric.FIRST_CHECKPOINT_WRITTEN,
          Metric.PEAK_DISK,
          Metric.LOCAL_WRITTEN,
          Metric.LOCAL_SPACE);

  /** All but how much work was done: less is better in each. */
  static final List<Metric> COMPARED =
      Arrays.stream(Metric.values()).filter(metric -> metric != Metric.OPERATIONS).toList();

  private Judging() {}

  /** What does not depend on the disk, nor on when something happens. */
  private static final Set<Metric> STEADY =
      EnumSet.of(
          Metric.TASK_CPU,
          Metric.PROCESS_CPU,
          Metric.ALLOCATED,
          Metric.WRITTEN,
          Metric.UPLOADED,
          Metric.STATE,
          Metric.FIRST_CHECKPOINT_WRITTEN,
          Metric.PEAK_DISK,
          Metric.LOCAL_WRITTEN,
          Metric.LOCAL_SPACE);

  /**
   * By how much two processes of the same code may differ, whatever the rounds say: they lie in
   * memory in another way, are compiled in another order, and meet the disk at another moment; and
   * a quick run has hardly been compiled when it is over. As the rounds of the runs differed: taken
   * as two runs, those of the first full one agreed in 118 of 134 rows.
   */
  static double betweenProcesses(Scale scale, Metric metric) {
    return switch (scale) {
      case MOMENT, QUICK -> 0.3;
      case FULL -> STEADY.contains(metric) ? 0.1 : 0.25;
    };
  }

  /** What the metric is called in a heading. */
  static String title(Metric metric) {
    return switch (metric) {
      case TASK_CPU -> "task CPU";
      case PROCESS_CPU -> "process CPU";
      case ELAPSED -> "elapsed";
      case ALLOCATED -> "allocated";
      case COLLECTION -> "collector";
      case LATENCY_99 -> "99th percentile";
      case LATENCY_99_9 -> "99.9th percentile";
      case LONGEST_STALL -> "longest stall";
      case OPERATIONS -> "operations";
      case SYNCHRONOUS -> "synchronous part";
      case ASYNCHRONOUS -> "asynchronous part";
      case WRITTEN -> "bytes written";
      case UPLOADED -> "bytes written by operation";
      case SNAPSHOT_CPU -> "CPU of both parts";
      case STATE -> "bytes referred to";
      case READY -> "ready";
      case READS -> "20,000 reads";
      case READY_AND_READS -> "ready + 20,000 reads";
      case READY_AND_READS_CPU -> "CPU of both";
      case FIRST_CHECKPOINT -> "first checkpoint";
      case FIRST_CHECKPOINT_WRITTEN -> "its bytes";
      case PEAK_DISK -> "peak disk";
      case LOCAL_WRITTEN -> "written to local files";
      case LOCAL_SPACE -> "local files";
    };
  }
}
