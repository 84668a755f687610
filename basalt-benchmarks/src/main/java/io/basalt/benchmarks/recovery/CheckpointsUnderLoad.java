package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Latencies;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.CompletedSnapshot;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.PendingSnapshot;
import io.basalt.benchmarks.subject.SnapshotKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Incremental checkpoints while the task goes on writing to random keys. The next one begins a
 * number of updates after the one before began, not a time: so each writes as much on every
 * backend. If the one before is not written by then, the task goes on until it is.
 */
final class CheckpointsUnderLoad {

  private final Operator<Long> operator;
  private final Content content;
  private final long keys;
  private final SplittableRandom random = new SplittableRandom(17);
  private long updates;

  /**
   * @param keys numbers of keys that there are
   */
  CheckpointsUnderLoad(Operator<Long> operator, Content content, long keys) {
    this.operator = operator;
    this.content = content;
    this.keys = keys;
  }

  /**
   * The medians of so many checkpoints, after one that does not count; what updates cost, and what
   * all checkpoints wrote for each.
   */
  Measurement measure(int checkpoints, long updatesBetween) throws Exception {
    ExecutorService snapshotThread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "snapshot");
              thread.setDaemon(true);
              return thread;
            });
    try {
      // The first after a restore is another matter: see the rows of restores.
      checkpoints(1, updatesBetween, new Latencies(), snapshotThread);
      System.gc();
      Background.awaitRest();
      Writeback.await();
      Latencies latencies = new Latencies();
      Usage before = Usage.now();
      List<CompletedSnapshot> completed =
          checkpoints(checkpoints, updatesBetween, latencies, snapshotThread);
      Usage usage = Usage.now().since(before);
      return new Measurement()
          .with(
              Metric.SYNCHRONOUS,
              median(completed, one -> Restore.millis(one.synchronous().elapsedNanos())))
          .with(
              Metric.ASYNCHRONOUS,
              median(completed, one -> Restore.millis(one.asynchronous().elapsedNanos())))
          // Of all: one in four has what a compaction has written, ten times as much as others.
          .with(
              Metric.UPLOADED,
              completed.stream().mapToLong(CompletedSnapshot::writtenBytes).sum()
                  / (double) latencies.operations())
          .with(Metric.STATE, median(completed, CompletedSnapshot::stateBytes))
          .with(latencies)
          .with(usage, latencies.operations());
    } finally {
      // If it fails, what is under way must not meet a backend that is disposed of.
      snapshotThread.shutdown();
      boolean ended = snapshotThread.awaitTermination(1, TimeUnit.MINUTES);
      assert ended : "A checkpoint hangs";
    }
  }

  private List<CompletedSnapshot> checkpoints(
      int count, long updatesBetween, Latencies latencies, ExecutorService snapshotThread)
      throws Exception {
    List<CompletedSnapshot> completed = new ArrayList<>();
    @Nullable Future<PendingSnapshot.Finished> running = null;
    long due = updates + updatesBetween;
    while (completed.size() < count) {
      latencies.before();
      content.change(Content.key(random.nextLong(keys)), updates++);
      latencies.after();
      if (running != null && running.isDone()) {
        completed.add(operator.complete(running.get()));
        running = null;
      }
      if (running == null && updates >= due && completed.size() < count) {
        PendingSnapshot pending = operator.trigger(SnapshotKind.INCREMENTAL_CHECKPOINT);
        running = snapshotThread.submit(pending::run);
        due = updates + updatesBetween;
      }
    }
    return completed;
  }

  private static double median(
      List<CompletedSnapshot> completed, ToDoubleFunction<CompletedSnapshot> value) {
    double[] sorted = completed.stream().mapToDouble(value).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
