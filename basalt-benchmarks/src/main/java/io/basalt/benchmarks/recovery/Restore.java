package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.CompletedSnapshot;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SnapshotKind;
import io.basalt.benchmarks.subject.SubjectSettings;
import io.basalt.benchmarks.subject.Subtask;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.util.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * The restore of one subtask: open it, read random keys, take its first checkpoint.
 *
 * @param ready what it took to open the subtask and its states
 * @param readyAndReads the same with the reads
 * @param first the first checkpoint
 * @param checkpoint what the first checkpoint took
 * @param peakBytes of the local directory
 */
record Restore(
    Usage ready, Usage readyAndReads, CompletedSnapshot first, Usage checkpoint, long peakBytes) {

  /**
   * What is restored.
   *
   * @param pointer to the snapshot
   * @param mode how; the snapshot outlives all of them
   * @param parallelism of the restored operator
   * @param keys numbers of keys that the snapshot holds
   * @param reads how many keys to read
   * @param local the copy on the local disk, if there is one
   */
  record From(
      String pointer,
      RecoveryClaimMode mode,
      int parallelism,
      long keys,
      int reads,
      @Nullable Collection<KeyedStateHandle> local) {

    /** As a job starts from a savepoint by default: its first checkpoint is a full one. */
    static From savepoint(String pointer, long keys, int reads) {
      return new From(pointer, RecoveryClaimMode.NO_CLAIM, 1, keys, reads, null);
    }

    /**
     * As a job fails over: its first checkpoint refers to files of the last one. With a claim it
     * would delete some, and others start from them too; hence the mode that Flink advises against.
     */
    // No other mode does both.
    @SuppressWarnings("deprecation")
    static From checkpoint(String pointer, int parallelism, long keys, int reads) {
      return new From(pointer, RecoveryClaimMode.LEGACY, parallelism, keys, reads, null);
    }

    /** With the copies instead of the files of the checkpoint. */
    From with(Collection<KeyedStateHandle> copies) {
      return new From(pointer, mode, parallelism, keys, reads, copies);
    }

    Operator<Long> operator(SubjectSettings settings, Path directory) throws Exception {
      return Operator.restore(
          settings, directory, LongSerializer.INSTANCE, pointer, parallelism, mode);
    }
  }

  /**
   * Restores the subtask and closes it.
   *
   * @param directory where the first checkpoint stays; the local files are deleted
   */
  static Restore of(SubjectSettings settings, Path directory, From from, int index)
      throws Exception {
    Path localDirectory = directory.resolve("subtask-" + index);
    if (!settings.backend().isOnDisk()) {
      // The state of the one before is not this one's to collect.
      System.gc();
    }
    try (Operator<Long> operator = from.operator(settings, directory);
        DiskPeak peak = new DiskPeak(localDirectory)) {
      Collection<KeyedStateHandle> local = from.local();
      Writeback.await();
      // Of the restored files, and of those of the first checkpoint.
      FreeMemory.touch(3 * from.keys() * Content.BYTES_OF_KEY);
      Usage began = Usage.now();
      Subtask<Long> subtask =
          local == null ? operator.open(index) : operator.open(index, List.copyOf(local));
      Content content = new Content(subtask);
      Usage ready = Usage.now().since(began);
      read(subtask, content, from);
      Usage readyAndReads = Usage.now().since(began);
      Usage triggered = Usage.now();
      CompletedSnapshot first = operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
      Usage checkpoint = Usage.now().since(triggered);
      return new Restore(ready, readyAndReads, first, checkpoint, peak.end());
    } finally {
      FileUtils.deleteDirectory(localDirectory.toFile());
    }
  }

  private static void read(Subtask<Long> subtask, Content content, From from) throws Exception {
    SplittableRandom random = new SplittableRandom(from.keys());
    int read = 0;
    while (read < from.reads()) {
      long key = Content.key(random.nextLong(from.keys()));
      if (subtask.owns(key)) {
        content.check(key, (read++ & 1) == 1);
      }
    }
  }

  /** The mean of the restores, which are those of single subtasks. */
  static Measurement mean(List<Restore> restores) {
    return new Measurement()
        .with(Metric.READY, mean(restores, restore -> millis(restore.ready.elapsedNanos())))
        .with(
            Metric.READS,
            mean(
                restores,
                restore ->
                    millis(restore.readyAndReads.elapsedNanos() - restore.ready.elapsedNanos())))
        .with(
            Metric.READY_AND_READS,
            mean(restores, restore -> millis(restore.readyAndReads.elapsedNanos())))
        .with(
            Metric.READY_AND_READS_CPU,
            mean(restores, restore -> millis(restore.readyAndReads.processCpuNanos())))
        .with(
            Metric.FIRST_CHECKPOINT,
            mean(restores, restore -> millis(restore.checkpoint.elapsedNanos())))
        .with(
            Metric.FIRST_CHECKPOINT_WRITTEN,
            mean(restores, restore -> restore.first.writtenBytes()))
        .with(Metric.PEAK_DISK, mean(restores, Restore::peakBytes));
  }

  /** The one that took the longest, reads included. */
  static Restore slowest(List<Restore> restores) {
    return Collections.max(
        restores, Comparator.comparingLong(restore -> restore.readyAndReads.elapsedNanos()));
  }

  private static double mean(List<Restore> restores, ToDoubleFunction<Restore> value) {
    return restores.stream().mapToDouble(value).average().orElseThrow();
  }

  static double millis(long nanos) {
    return nanos / 1e6;
  }
}
