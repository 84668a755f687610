package io.basalt.benchmarks.subject;

import java.io.DataInputStream;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.CheckpointRetentionPolicy;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.CheckpointsCleaner;
import org.apache.flink.runtime.checkpoint.CompletedCheckpoint;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.checkpoint.StandaloneCompletedCheckpointStore;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CheckpointMetadataOutputStream;
import org.apache.flink.runtime.state.CheckpointStorageAccess;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.KeyedStateHandle;

/**
 * What the JobManager does with reported snapshots: it registers shared files, writes the metadata
 * and deletes the checkpoint before the last one.
 */
final class CheckpointLedger {

  private static final OperatorID OPERATOR = new OperatorID(1, 2);

  private static final CheckpointProperties CHECKPOINT =
      CheckpointProperties.forCheckpoint(CheckpointRetentionPolicy.NEVER_RETAIN_AFTER_TERMINATION);

  private final JobID job;
  private final StandaloneCompletedCheckpointStore store =
      new StandaloneCompletedCheckpointStore(1);
  private final CheckpointsCleaner cleaner = new CheckpointsCleaner();
  private long lastId;
  private boolean nextIsFull;

  CheckpointLedger(JobID job) {
    this.job = job;
  }

  JobID job() {
    return job;
  }

  static OperatorState state(int parallelism, int maxParallelism) {
    return new OperatorState(null, null, OPERATOR, parallelism, maxParallelism);
  }

  long nextId() {
    return ++lastId;
  }

  OperatorState restore(CheckpointStorageAccess storage, String pointer, RecoveryClaimMode mode)
      throws Exception {
    CompletedCheckpointStorageLocation location = storage.resolveCheckpoint(pointer);
    CheckpointMetadata metadata;
    try (var input = new DataInputStream(location.getMetadataHandle().openInputStream())) {
      metadata =
          Checkpoints.loadCheckpointMetadata(
              input, CheckpointLedger.class.getClassLoader(), location.getExternalPointer());
    }
    OperatorState state = metadata.getOperatorStates().iterator().next();
    CompletedCheckpoint checkpoint =
        completed(metadata.getCheckpointId(), state, properties(mode), location);
    checkpoint.registerSharedStatesAfterRestored(store.getSharedStateRegistry(), mode);
    nextIsFull = mode == RecoveryClaimMode.NO_CLAIM;
    store.addCheckpointAndSubsumeOldestOne(checkpoint, cleaner, () -> {});
    lastId = metadata.getCheckpointId();
    return state;
  }

  /** As Flink's coordinator has it: with those of an unclaimed snapshot no file is registered. */
  private static CheckpointProperties properties(RecoveryClaimMode mode) {
    return switch (mode) {
      case NO_CLAIM -> CheckpointProperties.forUnclaimedSnapshot();
      case CLAIM -> CHECKPOINT;
      default -> CheckpointProperties.forSavepoint(false, SavepointFormatType.NATIVE);
    };
  }

  /** What the subtasks are asked for. */
  SnapshotType type(SnapshotKind kind) {
    return nextIsFull && !kind.isSavepoint() ? CheckpointType.FULL_CHECKPOINT : kind.type();
  }

  /** Returns the pointer to restore from. */
  String complete(PendingSnapshot.Finished finished, int maxParallelism) throws Exception {
    PendingSnapshot pending = finished.pending();
    boolean savepoint = pending.kind().isSavepoint();
    OperatorState state = state(finished.results().size(), maxParallelism);
    for (int index = 0; index < finished.results().size(); index++) {
      OperatorSubtaskState.Builder report = OperatorSubtaskState.builder();
      KeyedStateHandle handle = finished.results().get(index).getJobManagerOwnedSnapshot();
      if (handle != null) {
        report.setManagedKeyedState(handle);
      }
      state.putState(index, report.build());
    }
    if (!savepoint) {
      state.registerSharedStates(store.getSharedStateRegistry(), pending.id());
    }
    CheckpointProperties properties =
        savepoint
            ? CheckpointProperties.forSavepoint(
                false,
                pending.kind() == SnapshotKind.NATIVE_SAVEPOINT
                    ? SavepointFormatType.NATIVE
                    : SavepointFormatType.CANONICAL)
            : CHECKPOINT;
    CheckpointMetadataOutputStream output = pending.location().createMetadataOutputStream();
    Checkpoints.storeCheckpointMetadata(
        new CheckpointMetadata(pending.id(), List.of(state), List.of(), properties), output);
    CompletedCheckpointStorageLocation location = output.closeAndFinalizeCheckpoint();
    if (!savepoint) {
      store.addCheckpointAndSubsumeOldestOne(
          completed(pending.id(), state, properties, location), cleaner, () -> {});
      nextIsFull = false;
    }
    return location.getExternalPointer();
  }

  private CompletedCheckpoint completed(
      long id,
      OperatorState state,
      CheckpointProperties properties,
      CompletedCheckpointStorageLocation location) {
    return new CompletedCheckpoint(
        job, id, id, id, Map.of(OPERATOR, state), null, properties, location, null, null);
  }
}
