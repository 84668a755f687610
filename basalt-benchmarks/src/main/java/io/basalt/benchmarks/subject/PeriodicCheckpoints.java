package io.basalt.benchmarks.subject;

import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Incremental checkpoints of an operator that goes on working: triggered and completed on the task
 * thread, which has to look after them now and then, and written on a thread of their own.
 */
public final class PeriodicCheckpoints implements AutoCloseable {

  private final Operator<?> operator;
  private final long periodNanos;
  private final ExecutorService snapshotThread =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "snapshot"));
  private final List<CompletedSnapshot> completed = new ArrayList<>();
  private long next;
  private @Nullable Future<PendingSnapshot.Finished> underWay;
  private long operationsAtBarrier;
  private double uploadedByOperation = Double.NaN;

  /**
   * The first one begins after a part of the period, so that most of its work falls into a
   * measurement that is as long as the period.
   */
  public PeriodicCheckpoints(Operator<?> operator, long periodNanos) {
    this.operator = operator;
    this.periodNanos = periodNanos;
    next = periodNanos / 4;
  }

  /**
   * Completes what is written and triggers what is due; like a job that allows one checkpoint at a
   * time, it waits with the next until the last is complete.
   *
   * @param worked how long the operator has worked so far
   * @param operations how many it has done
   */
  public void look(long worked, long operations) throws Exception {
    if (underWay != null) {
      if (underWay.isDone()) {
        complete(underWay);
      }
    } else {
      if (worked >= next) {
        next = worked + periodNanos;
        operationsAtBarrier = operations;
        PendingSnapshot pending = operator.trigger(SnapshotKind.INCREMENTAL_CHECKPOINT);
        underWay = snapshotThread.submit(pending::run);
      }
    }
  }

  /** Waits for the one under way, if there is one. */
  public void await() throws Exception {
    if (underWay != null) {
      complete(underWay);
    }
  }

  /**
   * Takes one more, of which only the bytes count: those since the barrier of the last. Not of the
   * heap backend, which writes everything each time.
   */
  public void last(long operations) throws Exception {
    await();
    if (operator.backend().isOnDisk() && !completed.isEmpty()) {
      long written = operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT).writtenBytes();
      uploadedByOperation = (double) written / Math.max(1, operations - operationsAtBarrier);
    }
  }

  private void complete(Future<PendingSnapshot.Finished> future) throws Exception {
    underWay = null;
    try {
      completed.add(operator.complete(future.get()));
    } catch (ExecutionException e) {
      throw new IllegalStateException("A checkpoint failed", e.getCause());
    }
  }

  /** Sets what the checkpoints cost: the medians of those that are complete. */
  public void report(Measurement measurement) {
    if (!completed.isEmpty()) {
      measurement
          .with(Metric.SYNCHRONOUS, median(one -> one.synchronous().elapsedNanos() / 1e6))
          .with(Metric.ASYNCHRONOUS, median(one -> one.asynchronous().elapsedNanos() / 1e6))
          .with(Metric.WRITTEN, median(CompletedSnapshot::writtenBytes))
          .with(Metric.STATE, median(CompletedSnapshot::stateBytes));
    }
    if (!Double.isNaN(uploadedByOperation)) {
      measurement.with(Metric.UPLOADED, uploadedByOperation);
    }
  }

  private double median(ToDoubleFunction<CompletedSnapshot> value) {
    double[] sorted = completed.stream().mapToDouble(value).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** Waits for the one under way and lets its thread go. */
  @Override
  public void close() throws Exception {
    try {
      await();
    } finally {
      snapshotThread.shutdown();
    }
  }
}
