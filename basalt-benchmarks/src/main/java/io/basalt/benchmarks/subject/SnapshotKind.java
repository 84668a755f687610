package io.basalt.benchmarks.subject;

import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;

/** The kinds of snapshot a running job is asked for. */
public enum SnapshotKind {
  INCREMENTAL_CHECKPOINT,
  NATIVE_SAVEPOINT,
  CANONICAL_SAVEPOINT;

  SnapshotType type() {
    return switch (this) {
      case INCREMENTAL_CHECKPOINT -> CheckpointType.CHECKPOINT;
      case NATIVE_SAVEPOINT -> SavepointType.savepoint(SavepointFormatType.NATIVE);
      case CANONICAL_SAVEPOINT -> SavepointType.savepoint(SavepointFormatType.CANONICAL);
    };
  }

  boolean isSavepoint() {
    return this != INCREMENTAL_CHECKPOINT;
  }
}
