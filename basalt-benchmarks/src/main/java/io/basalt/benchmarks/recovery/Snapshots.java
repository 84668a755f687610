package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.CompletedSnapshot;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SnapshotKind;
import java.nio.file.Path;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.util.FileUtils;

/** Snapshots of a job in full swing. */
final class Snapshots extends RecoveryGroup {

  Snapshots() {
    super("snapshots");
  }

  @Override
  String what(Sizing sizing) {
    return ("Snapshots of %s (of the heap: %s): incremental checkpoints (full ones of the heap) while the task updates"
            + " random keys, one every %,d updates, medians of %d (of the heap: %d), and bytes of all of them by"
            + " update; then savepoints with nothing beside them.")
        .formatted(
            sizing.label(Sizing.WHOLE),
            sizing.label(Sizing.HEAP),
            updatesBetween(sizing),
            checkpoints(sizing, true),
            checkpoints(sizing, false));
  }

  private static int checkpoints(Sizing sizing, boolean onDisk) {
    // RocksDB merges the files of every fourth; the heap writes all of its state each time.
    return onDisk ? sizing.scale().choose(2, 4, 8) : sizing.scale().choose(2, 3, 1);
  }

  private static long updatesBetween(Sizing sizing) {
    return sizing.keys(Sizing.WHOLE) / 50;
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return backend == Backend.HEAP
        ? scale.choose(512, 1024, 4096)
        : super.heapMegabytes(backend, scale);
  }

  @Override
  void measure(Work work, Report report) throws Exception {
    boolean onDisk = work.backend().isOnDisk();
    Sizing sizing = work.sizing();
    int part = onDisk ? Sizing.WHOLE : Sizing.HEAP;
    // Of the files, and of what compactions write meanwhile.
    long bytes = 3 * sizing.bytes(part) / 2;
    Path directory = work.directory().resolve("job");
    try (Operator<Long> operator = onDisk ? restored(work, directory) : started(work, directory)) {
      Content content = new Content(operator.openOnly());
      if (!onDisk) {
        // Restoring it from a checkpoint would take minutes.
        for (long n = 0; n < sizing.keys(part); n++) {
          content.insert(Content.key(n));
        }
      }
      report.row(
          "checkpoint under load, " + sizing.label(part),
          new CheckpointsUnderLoad(operator, content, sizing.keys(part))
              .measure(checkpoints(sizing, onDisk), updatesBetween(sizing)));
      if (onDisk) {
        savepoint(
            operator,
            SnapshotKind.NATIVE_SAVEPOINT,
            "native savepoint, " + sizing.label(part),
            bytes,
            directory,
            report);
      }
      savepoint(
          operator,
          SnapshotKind.CANONICAL_SAVEPOINT,
          "canonical savepoint, " + sizing.label(part),
          bytes,
          directory,
          report);
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }

  private static Operator<Long> restored(Work work, Path directory) throws Exception {
    return Restore.From.checkpoint(
            StoredSnapshots.pointer(
                work.stored().ofOne(Sizing.WHOLE), SnapshotKind.INCREMENTAL_CHECKPOINT),
            1,
            work.sizing().keys(Sizing.WHOLE),
            work.sizing().reads())
        .operator(work.settings(), directory);
  }

  private static Operator<Long> started(Work work, Path directory) throws Exception {
    return Operator.start(
        work.settings(), directory, LongSerializer.INSTANCE, 1, Sizing.MAX_PARALLELISM);
  }

  private static void savepoint(
      Operator<Long> operator,
      SnapshotKind kind,
      String row,
      long bytes,
      Path directory,
      Report report)
      throws Exception {
    System.gc();
    Background.awaitRest();
    Writeback.await();
    FreeMemory.touch(bytes);
    Usage before = Usage.now();
    CompletedSnapshot savepoint = operator.snapshot(kind);
    Usage usage = Usage.now().since(before);
    report.row(
        row,
        new Measurement()
            .with(Metric.SYNCHRONOUS, Restore.millis(savepoint.synchronous().elapsedNanos()))
            .with(Metric.ASYNCHRONOUS, Restore.millis(savepoint.asynchronous().elapsedNanos()))
            .with(Metric.WRITTEN, (double) savepoint.writtenBytes())
            .with(Metric.STATE, (double) savepoint.stateBytes())
            .with(Metric.SNAPSHOT_CPU, Restore.millis(usage.processCpuNanos())));
    report.row(
        "floor: copying the files of the " + row,
        Floor.ofSnapshot(directory, SnapshotFiles.of(savepoint.handles().toList())));
    // Two gigabytes that nobody restores from.
    FileUtils.deleteDirectory(
        Path.of(new org.apache.flink.core.fs.Path(savepoint.pointer()).getPath()).toFile());
  }
}
