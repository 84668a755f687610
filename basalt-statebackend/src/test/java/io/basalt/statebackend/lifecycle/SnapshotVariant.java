package io.basalt.statebackend.lifecycle;

import static io.basalt.statebackend.harness.Participant.BASALT;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/**
 * A kind of snapshot of a backend in some configuration.
 *
 * @param afterAnother whether a checkpoint has been completed before, that it may refer to
 */
record SnapshotVariant(Participant participant, SnapshotKind kind, boolean afterAnother) {

  /** One file after the other: steps come in the same order each time. */
  static final Participant STEPPED =
      BASALT.withSettings(Map.of(RocksDBOptions.CHECKPOINT_TRANSFER_THREAD_NUM.key(), "1"));

  static List<SnapshotVariant> all() {
    Participant local = STEPPED.with(StateRecoveryOptions.LOCAL_RECOVERY);
    return List.of(
        of(STEPPED, SnapshotKind.CHECKPOINT),
        new SnapshotVariant(STEPPED, SnapshotKind.CHECKPOINT, true),
        of(STEPPED.withoutIncremental(), SnapshotKind.CHECKPOINT),
        of(STEPPED.withHeapTimers(), SnapshotKind.CHECKPOINT),
        of(STEPPED, SnapshotKind.FULL_CHECKPOINT),
        of(STEPPED, SnapshotKind.NATIVE_SAVEPOINT),
        of(STEPPED, SnapshotKind.CANONICAL_SAVEPOINT),
        of(STEPPED.withCompression(), SnapshotKind.CANONICAL_SAVEPOINT),
        of(STEPPED.withHeapTimers(), SnapshotKind.CANONICAL_SAVEPOINT),
        of(local, SnapshotKind.CHECKPOINT),
        new SnapshotVariant(local, SnapshotKind.CHECKPOINT, true),
        of(local.withoutIncremental(), SnapshotKind.CHECKPOINT),
        of(local, SnapshotKind.FULL_CHECKPOINT),
        of(local, SnapshotKind.NATIVE_SAVEPOINT),
        of(local, SnapshotKind.CANONICAL_SAVEPOINT));
  }

  private static SnapshotVariant of(Participant participant, SnapshotKind kind) {
    return new SnapshotVariant(participant, kind, false);
  }

  /** Flink writes canonical savepoints itself, and ends those with the task's registry. */
  boolean isWrittenByFlink() {
    return kind == SnapshotKind.CANONICAL_SAVEPOINT;
  }

  /** With an interrupt or without. Flink's future lets go of nothing without, nor is ever asked. */
  List<Boolean> waysToCancel() {
    return isWrittenByFlink() ? List.of(true) : List.of(true, false);
  }

  @Override
  public String toString() {
    return kind + (afterAnother ? " after another" : "") + ", " + participant;
  }
}
