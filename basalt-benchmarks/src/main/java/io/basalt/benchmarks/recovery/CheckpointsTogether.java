package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.recovery.ArrivingUpdates.Schedule;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.apache.flink.util.FileUtils;

/**
 * The latency of updates that arrive at a constant rate at four tasks of one process, whose
 * checkpoints begin at the same moments: so flushes and compactions of all tasks fall together.
 */
final class CheckpointsTogether extends RecoveryGroup {

  private static final int TASKS = 4;
  private static final String TIER = "state.backend.basalt.hot-tier.size";

  CheckpointsTogether() {
    super("checkpoints-together");
  }

  @Override
  String what(Sizing sizing) {
    Schedule schedule = schedule(sizing);
    return ("%d tasks of one process, each with a keyed backend, a thread and %,d keys of its own:"
            + " every millisecond %d updates of random keys come to each. An incremental"
            + " checkpoint of all of them begins every %d ms, %d of which count. Latencies are from"
            + " when an update came to when it was done; around checkpoints: of what came within"
            + " %d ms of the barrier.")
        .formatted(
            TASKS,
            schedule.keys(),
            schedule.updates(),
            schedule.period(),
            schedule.checkpoints(),
            schedule.around());
  }

  private static Schedule schedule(Sizing sizing) {
    var scale = sizing.scale();
    return new Schedule(
        scale.choose(500, 20_000, 300_000),
        scale.choose(2, 15, 15),
        scale.choose(50, 1_000, 4_000),
        scale.choose(25, 500, 2_000),
        scale.choose(2, 4, 12));
  }

  @Override
  public Set<Backend> backends() {
    return EnumSet.of(Backend.STOCK, Backend.BASALT);
  }

  @Override
  void measure(Work work, Report report) throws Exception {
    tasks(work, work.settings(), "four tasks", report);
    tasks(work, work.settings().with(TIER, "0 b"), "four tasks without a tier", report);
  }

  private static void tasks(Work work, SubjectSettings settings, String row, Report report)
      throws Exception {
    Path directory = work.directory().resolve("together");
    ExecutorService threads = Executors.newFixedThreadPool(TASKS);
    try {
      Schedule schedule = schedule(work.sizing());
      List<ArrivingUpdates> tasks = new ArrayList<>();
      for (int task = 0; task < TASKS; task++) {
        tasks.add(new ArrivingUpdates(settings, directory.resolve("task-" + task), schedule, task));
      }
      all(threads, tasks, ArrivingUpdates::open);
      System.gc();
      Usage before = Usage.now();
      long start = System.nanoTime();
      all(threads, tasks, task -> task.run(start));
      Usage used = Usage.now().since(before);
      all(threads, tasks, ArrivingUpdates::close);
      Histogram around = ArrivingUpdates.newHistogram();
      Histogram always = ArrivingUpdates.newHistogram();
      for (ArrivingUpdates task : tasks) {
        around.add(task.aroundCheckpoints());
        always.add(task.always());
      }
      report.row(row + ", around checkpoints", latencies(around));
      report.row(
          row + ", all the time",
          latencies(always)
              .with(Metric.PROCESS_CPU, used.processCpuNanos() / (double) always.getTotalCount()));
    } finally {
      threads.shutdownNow();
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static Measurement latencies(Histogram histogram) {
    return new Measurement()
        .with(Metric.LATENCY_99, histogram.getValueAtPercentile(99) / 1e3)
        .with(Metric.LATENCY_99_9, histogram.getValueAtPercentile(99.9) / 1e3)
        .with(Metric.LONGEST_STALL, histogram.getMaxValue() / 1e6);
  }

  /** Each on a thread of its own, at once. */
  private static void all(ExecutorService threads, List<ArrivingUpdates> tasks, Part part)
      throws Exception {
    List<Future<?>> running = new ArrayList<>();
    for (ArrivingUpdates task : tasks) {
      running.add(
          threads.submit(
              () -> {
                part.of(task);
                return null;
              }));
    }
    for (Future<?> one : running) {
      one.get();
    }
  }

  @FunctionalInterface
  private interface Part {
    void of(ArrivingUpdates task) throws Exception;
  }
}
