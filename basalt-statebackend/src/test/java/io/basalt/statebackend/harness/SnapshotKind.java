package io.basalt.statebackend.harness;

import java.util.Locale;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;

/** The kinds of snapshot a running job is asked for. */
// Flink's types of snapshots are immutable, but do not say so in the way the check wants it.
@SuppressWarnings("ImmutableEnumChecker")
public enum SnapshotKind {
  /** Incremental or not, as the backend is configured. */
  CHECKPOINT,
  /** The first checkpoint after a restore in no-claim mode: it may reference nothing older. */
  FULL_CHECKPOINT,
  NATIVE_SAVEPOINT,
  CANONICAL_SAVEPOINT;

  public SnapshotType type() {
    return switch (this) {
      case CHECKPOINT -> CheckpointType.CHECKPOINT;
      case FULL_CHECKPOINT -> CheckpointType.FULL_CHECKPOINT;
      case NATIVE_SAVEPOINT -> SavepointType.savepoint(SavepointFormatType.NATIVE);
      case CANONICAL_SAVEPOINT -> SavepointType.savepoint(SavepointFormatType.CANONICAL);
    };
  }

  public boolean isSavepoint() {
    return type().isSavepoint();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
