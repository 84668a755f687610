package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.subject.CompletedSnapshot;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SnapshotKind;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.util.FileUtils;

/** Restores at the same parallelism, one. */
final class Restores extends RecoveryGroup {

  Restores() {
    super("restores");
  }

  @Override
  String what(Sizing sizing) {
    return ("Restores of one subtask, then %,d reads of random keys, each compared with what was"
            + " written, then the first checkpoint. The same files for all backends, written by"
            + " stock but where it says the heap; only the heap restores a checkpoint of its own, a full one. Savepoints are"
            + " not claimed, so the first checkpoint writes all; after a checkpoint it refers to"
            + " the files of that. Peak disk: the sizes of the files in the local directory, each"
            + " file once, looked at every 10 ms; of a local recovery, the linked copy too.")
        .formatted(sizing.reads());
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return backend == Backend.HEAP
        ? scale.choose(512, 1024, 2048)
        : super.heapMegabytes(backend, scale);
  }

  @Override
  void measure(Work work, Report report) throws Exception {
    Sizing sizing = work.sizing();
    boolean onDisk = work.backend().isOnDisk();
    restore(
        work,
        "canonical savepoint, " + sizing.label(Sizing.CANONICAL),
        Restore.From.savepoint(
            StoredSnapshots.pointer(
                work.stored().ofOne(Sizing.CANONICAL), SnapshotKind.CANONICAL_SAVEPOINT),
            sizing.keys(Sizing.CANONICAL),
            sizing.reads()),
        report);
    if (onDisk) {
      restore(
          work,
          "canonical savepoint of the heap, " + sizing.label(Sizing.WRITTEN_BY_HEAP),
          Restore.From.savepoint(
              work.stored().savepointOfHeap(), sizing.keys(Sizing.WRITTEN_BY_HEAP), sizing.reads()),
          report);
      restore(
          work,
          "native savepoint, " + sizing.label(Sizing.WHOLE),
          Restore.From.savepoint(
              StoredSnapshots.pointer(
                  work.stored().ofOne(Sizing.WHOLE), SnapshotKind.NATIVE_SAVEPOINT),
              sizing.keys(Sizing.WHOLE),
              sizing.reads()),
          report);
    }
    if (onDisk) {
      Restore.From checkpoint =
          fromCheckpoint(
              work,
              StoredSnapshots.pointer(
                  work.stored().ofOne(Sizing.WHOLE), SnapshotKind.INCREMENTAL_CHECKPOINT),
              Sizing.WHOLE);
      restore(work, "checkpoint, " + sizing.label(Sizing.WHOLE), checkpoint, report);
      local(work, checkpoint, report);
    } else {
      restore(
          work,
          "checkpoint, " + sizing.label(Sizing.CANONICAL),
          fromCheckpoint(work, work.stored().ofHeap(), Sizing.CANONICAL),
          report);
    }
  }

  private static Restore.From fromCheckpoint(Work work, String pointer, int part) {
    Sizing sizing = work.sizing();
    return Restore.From.checkpoint(pointer, 1, sizing.keys(part), sizing.reads());
  }

  private static void restore(Work work, String row, Restore.From from, Report report)
      throws Exception {
    report.row(
        "floor: copying the files of the " + row,
        Floor.ofRestore(work.settings(), work.directory(), from, 0));
    report.row(row, Restore.mean(List.of(work.restore(from))));
  }

  /** A checkpoint with a copy on the local disk, and a restore from the copy. */
  private static void local(Work work, Restore.From from, Report report) throws Exception {
    SubjectSettings settings = work.settings().withLocalRecovery();
    Path directory = work.directory().resolve("with-local-copy");
    try {
      CompletedSnapshot snapshot;
      try (Operator<Long> operator = from.operator(settings, directory)) {
        operator.openOnly();
        snapshot = operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
      }
      List<KeyedStateHandle> copies = snapshot.localHandles().toList();
      String row = "local recovery, " + work.sizing().label(Sizing.WHOLE);
      SnapshotFiles files = SnapshotFiles.of(copies);
      files.read();
      report.row(
          "floor: linking the files of the " + row,
          Floor.ofRestore(files.link(work.directory().resolve("floor")), files));
      Restore restore =
          Restore.of(
              settings,
              directory.resolve("restored"),
              fromCheckpoint(work, snapshot.pointer(), Sizing.WHOLE).with(copies),
              0);
      report.row(row, Restore.mean(List.of(restore)));
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }
}
