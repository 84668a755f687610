package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.PendingSnapshot;
import io.basalt.benchmarks.subject.SnapshotKind;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A task to which updates come every millisecond, whether it has done those before or not: what
 * they wait for it counts (an open loop). Its checkpoints begin at fixed times as well, but one
 * only when that before is complete. Each method is called on a thread that plays the task, one at
 * a time.
 */
final class ArrivingUpdates {

  private static final long HIGHEST = TimeUnit.MINUTES.toNanos(10);

  private final SubjectSettings settings;
  private final Path directory;
  private final Schedule schedule;
  private final SplittableRandom random;
  private final ExecutorService snapshotThread =
      Executors.newSingleThreadExecutor(work -> new Thread(work, "snapshot"));
  private final Histogram around = newHistogram();
  private final Histogram always = newHistogram();
  private @Nullable Operator<Long> operator;
  private @Nullable Content content;
  private @Nullable Future<PendingSnapshot.Finished> underWay;

  /**
   * What comes when.
   *
   * @param keys of each task
   * @param updates every millisecond
   * @param period of checkpoints, in ms
   * @param around so many ms after a barrier belong to it
   * @param checkpoints that count, after one that does not
   */
  record Schedule(int keys, int updates, int period, int around, int checkpoints) {}

  ArrivingUpdates(SubjectSettings settings, Path directory, Schedule schedule, int task) {
    this.settings = settings;
    this.directory = directory;
    this.schedule = schedule;
    this.random = new SplittableRandom(task);
  }

  static Histogram newHistogram() {
    return new Histogram(HIGHEST, 3);
  }

  /** Opens the backend and makes its keys. */
  void open() throws Exception {
    Operator<Long> opened =
        Operator.start(settings, directory, LongSerializer.INSTANCE, 1, Sizing.MAX_PARALLELISM);
    operator = opened;
    content = new Content(opened.openOnly());
    for (long n = 0; n < schedule.keys(); n++) {
      content.insert(Content.key(n));
    }
    opened.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
  }

  /** Updates and checkpoints from the moment on, of {@link System#nanoTime}. */
  void run(long start) throws Exception {
    long updates = 0;
    int millis = (schedule.checkpoints() + 1) * schedule.period();
    for (int milli = 0; milli < millis; milli++) {
      long came = start + TimeUnit.MILLISECONDS.toNanos(milli);
      for (long early = came - System.nanoTime(); early > 0; early = came - System.nanoTime()) {
        LockSupport.parkNanos(early);
      }
      int sinceBarrier = milli % schedule.period();
      if (sinceBarrier == 0) {
        checkpoint();
      }
      boolean counts = milli >= schedule.period();
      for (int i = 0; i < schedule.updates(); i++) {
        content().change(Content.key(random.nextLong(schedule.keys())), updates++);
        if (counts) {
          long latency = Math.min(HIGHEST, System.nanoTime() - came);
          always.recordValue(latency);
          if (sinceBarrier < schedule.around()) {
            around.recordValue(latency);
          }
        }
      }
      if (underWay != null && underWay.isDone()) {
        complete();
      }
    }
    complete();
  }

  private void checkpoint() throws Exception {
    complete();
    PendingSnapshot pending = operator().trigger(SnapshotKind.INCREMENTAL_CHECKPOINT);
    underWay = snapshotThread.submit(pending::run);
  }

  private void complete() throws Exception {
    if (underWay != null) {
      operator().complete(underWay.get());
      underWay = null;
    }
  }

  /** Closes the backend. */
  void close() throws Exception {
    snapshotThread.shutdown();
    operator().close();
  }

  /** What came around checkpoints. */
  Histogram aroundCheckpoints() {
    return around;
  }

  /** All that came. */
  Histogram always() {
    return always;
  }

  private Operator<Long> operator() {
    return opened(operator);
  }

  private Content content() {
    return opened(content);
  }

  private static <T> T opened(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("The task has not been opened.");
    }
    return part;
  }
}
