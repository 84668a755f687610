package io.basalt.statebackend.exchange;

import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;

/** The kinds of snapshot a running job is asked for. */
// Flink's types of snapshots are immutable, but do not say so in the way the check wants it.
@SuppressWarnings("ImmutableEnumChecker")
enum SnapshotKind {
  /** Incremental or not, as the backend is configured. */
  CHECKPOINT("checkpoint", CheckpointType.CHECKPOINT),
  /** The first checkpoint after a restore in no-claim mode: it may reference nothing older. */
  FULL_CHECKPOINT("full checkpoint", CheckpointType.FULL_CHECKPOINT),
  NATIVE_SAVEPOINT("native savepoint", SavepointType.savepoint(SavepointFormatType.NATIVE)),
  CANONICAL_SAVEPOINT(
      "canonical savepoint", SavepointType.savepoint(SavepointFormatType.CANONICAL));

  private final String text;
  private final SnapshotType type;

  SnapshotKind(String text, SnapshotType type) {
    this.text = text;
    this.type = type;
  }

  SnapshotType type() {
    return type;
  }

  boolean isSavepoint() {
    return type.isSavepoint();
  }

  @Override
  public String toString() {
    return text;
  }
}
