package io.basalt.statebackend.evolution;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import java.util.ArrayList;
import java.util.List;

/** Every kind of snapshot, of Basalt's and of stock's. */
record SnapshotWay(Participant writer, SnapshotKind kind) {

  static List<SnapshotWay> all() {
    List<SnapshotWay> all = new ArrayList<>();
    for (Participant writer : List.of(Participant.BASALT, Participant.STOCK)) {
      for (SnapshotKind kind : SnapshotKind.values()) {
        all.add(new SnapshotWay(writer, kind));
      }
    }
    // The same files as a full checkpoint's, by another way.
    all.add(new SnapshotWay(Participant.BASALT.withoutIncremental(), SnapshotKind.CHECKPOINT));
    return all;
  }

  /** Basalt, configured as the writer is. */
  Participant basalt() {
    Participant basalt = Participant.BASALT.withTimers(writer.timers());
    return writer.incremental() ? basalt : basalt.withoutIncremental();
  }

  /** Merged where they are not split, but for the backend that is asked for neither. */
  int parallelismBefore() {
    return kind == SnapshotKind.FULL_CHECKPOINT || kind == SnapshotKind.NATIVE_SAVEPOINT ? 2 : 1;
  }

  /** Split where entries are copied one by one or clipped; files are opened as they are else. */
  int parallelismAfter() {
    return kind == SnapshotKind.CHECKPOINT || kind == SnapshotKind.CANONICAL_SAVEPOINT ? 2 : 1;
  }

  /** What it must hold knows whoever takes it. */
  Snapshot<?> take(JobVersion job) throws Exception {
    return job.operator().complete(job.operator().trigger(kind, kind));
  }

  @Override
  public String toString() {
    return kind + " of " + writer;
  }
}
