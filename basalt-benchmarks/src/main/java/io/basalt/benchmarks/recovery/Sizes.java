package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.subject.CompletedSnapshot;
import io.basalt.benchmarks.subject.SnapshotKind;
import java.util.List;

/** Restores and checkpoints of smaller states, for plots by size. */
final class Sizes extends RecoveryGroup {

  private static final List<Integer> CANONICAL =
      List.of(4 * Sizing.CANONICAL, 2 * Sizing.CANONICAL);
  private static final List<Integer> NATIVE = List.of(Sizing.NATIVE, 4, 2);

  Sizes() {
    super("sizes");
  }

  @Override
  String what(Sizing sizing) {
    return ("Restores of one subtask from unclaimed savepoints by the size of the state, and the"
            + " first checkpoint, which writes all of it;"
            + " %,d reads of random keys.")
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
    for (int part : CANONICAL) {
      row(work, "canonical restore", SnapshotKind.CANONICAL_SAVEPOINT, part, report);
    }
    if (work.backend().isOnDisk()) {
      for (int part : NATIVE) {
        Restore restore = row(work, "native restore", SnapshotKind.NATIVE_SAVEPOINT, part, report);
        CompletedSnapshot first = restore.first();
        report.row(
            "first incremental checkpoint, " + work.sizing().label(part),
            new Measurement()
                .with(Metric.SYNCHRONOUS, Restore.millis(first.synchronous().elapsedNanos()))
                .with(Metric.ASYNCHRONOUS, Restore.millis(first.asynchronous().elapsedNanos()))
                .with(Metric.WRITTEN, (double) first.writtenBytes())
                .with(Metric.STATE, (double) first.stateBytes()));
      }
    }
  }

  private static Restore row(Work work, String what, SnapshotKind kind, int part, Report report)
      throws Exception {
    Sizing sizing = work.sizing();
    Restore.From from =
        Restore.From.savepoint(
            StoredSnapshots.pointer(work.stored().ofOne(part), kind),
            sizing.keys(part),
            sizing.reads());
    Floor.files(work.settings(), work.directory(), from, 0);
    Restore restore = work.restore(from);
    report.row(what + ", " + sizing.label(part), Restore.mean(List.of(restore)));
    return restore;
  }
}
