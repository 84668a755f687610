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
            + " rocksdb; only the heap restores a checkpoint of its own, a full one.")
        .formatted(sizing.reads());
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return backend == Backend.HEAP
        ? scale.choose(512, 1536, 10240)
        : super.heapMegabytes(backend, scale);
  }

  @Override
  void measure(Work work, Report report) throws Exception {
    boolean onDisk = work.backend().isOnDisk();
    restore(
        work,
        "canonical savepoint",
        Sizing.CANONICAL,
        StoredSnapshots.pointer(
            work.stored().ofOne(Sizing.CANONICAL), SnapshotKind.CANONICAL_SAVEPOINT),
        report);
    if (onDisk) {
      restore(
          work,
          "native savepoint",
          Sizing.WHOLE,
          StoredSnapshots.pointer(work.stored().ofOne(Sizing.WHOLE), SnapshotKind.NATIVE_SAVEPOINT),
          report);
    }
    String checkpoint =
        onDisk
            ? StoredSnapshots.pointer(
                work.stored().ofOne(Sizing.WHOLE), SnapshotKind.INCREMENTAL_CHECKPOINT)
            : work.stored().ofHeap();
    restore(work, "checkpoint", Sizing.WHOLE, checkpoint, report);
    if (onDisk) {
      local(work, checkpoint, report);
    }
  }

  private static void restore(Work work, String what, int part, String pointer, Report report)
      throws Exception {
    Sizing sizing = work.sizing();
    Restore.From from = new Restore.From(pointer, 1, sizing.keys(part), sizing.reads());
    String row = what + ", " + sizing.label(part);
    report.row(
        "floor: copying the files of the " + row,
        Floor.ofRestore(work.settings(), work.directory(), from, 0));
    report.row(row, Restore.mean(List.of(work.restore(from))));
  }

  /** A checkpoint with a copy on the local disk, and a restore from the copy. */
  private static void local(Work work, String pointer, Report report) throws Exception {
    Sizing sizing = work.sizing();
    SubjectSettings settings = work.settings().withLocalRecovery();
    Path directory = work.directory().resolve("with-local-copy");
    Restore.From from = new Restore.From(pointer, 1, sizing.keys(Sizing.WHOLE), sizing.reads());
    try {
      CompletedSnapshot snapshot;
      try (Operator<Long> operator = from.operator(settings, directory)) {
        // With its states registered, or it could not take a checkpoint of them.
        new Content(operator.openOnly());
        snapshot = operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
      }
      List<KeyedStateHandle> copies = snapshot.localHandles().toList();
      String row = "local recovery, " + sizing.label(Sizing.WHOLE);
      SnapshotFiles files = SnapshotFiles.of(copies);
      files.read();
      report.row(
          "floor: linking the files of the " + row,
          Floor.ofRestore(files.link(work.directory().resolve("floor")), files));
      Restore restore =
          Restore.of(
              settings,
              directory.resolve("restored"),
              new Restore.From(snapshot.pointer(), 1, from.keys(), from.reads(), copies),
              0);
      report.row(row, Restore.mean(List.of(restore)));
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }
}
