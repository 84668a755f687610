package io.basalt.statebackend.harness;

import java.io.DataInputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.CheckpointRetentionPolicy;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.CheckpointsCleaner;
import org.apache.flink.runtime.checkpoint.CompletedCheckpoint;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.StandaloneCompletedCheckpointStore;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CheckpointMetadataOutputStream;
import org.apache.flink.runtime.state.CheckpointStorageAccess;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;

/**
 * What the JobManager's checkpoint coordinator does with reported snapshots: it registers shared
 * files, writes the metadata, keeps one completed checkpoint and deletes what the one before had
 * for itself. A snapshot is restored from its metadata, so nothing survives in memory.
 */
final class CheckpointLedger {

  private static final OperatorID OPERATOR = new OperatorID(1, 2);

  private static final CheckpointProperties CHECKPOINT =
      CheckpointProperties.forCheckpoint(CheckpointRetentionPolicy.NEVER_RETAIN_AFTER_TERMINATION);

  private final JobID job;
  private final StandaloneCompletedCheckpointStore store =
      new StandaloneCompletedCheckpointStore(1);
  private final CheckpointsCleaner cleaner = new CheckpointsCleaner();
  private final Set<Path> filesOfSavepoints = new HashSet<>();
  private final Set<Path> filesOfDiscarded = new HashSet<>();
  private long lastId;
  private boolean nextIsFull;

  CheckpointLedger(JobID job) {
    this.job = job;
  }

  /** A place for what the subtasks of the one operator report. */
  static OperatorState state(int parallelism, int maxParallelism) {
    return new OperatorState(null, null, OPERATOR, parallelism, maxParallelism);
  }

  long nextId() {
    return ++lastId;
  }

  /** Flink asks for a full checkpoint until one is complete after a restore without a claim. */
  SnapshotKind kindFor(SnapshotKind asked) {
    return nextIsFull && asked == SnapshotKind.CHECKPOINT ? SnapshotKind.FULL_CHECKPOINT : asked;
  }

  OperatorState restore(CheckpointStorageAccess storage, String pointer, RecoveryClaimMode mode)
      throws Exception {
    CompletedCheckpointStorageLocation location = storage.resolveCheckpoint(pointer);
    CheckpointMetadata metadata;
    try (DataInputStream input =
        new DataInputStream(location.getMetadataHandle().openInputStream())) {
      metadata =
          Checkpoints.loadCheckpointMetadata(
              input, CheckpointLedger.class.getClassLoader(), location.getExternalPointer());
    }
    OperatorState state = metadata.getOperatorStates().iterator().next();
    CompletedCheckpoint checkpoint =
        completed(
            metadata.getCheckpointId(),
            state,
            mode == RecoveryClaimMode.CLAIM
                ? CHECKPOINT
                : CheckpointProperties.forUnclaimedSnapshot(),
            location,
            metadata.getCheckpointProperties());
    checkpoint.registerSharedStatesAfterRestored(store.getSharedStateRegistry(), mode);
    store.addCheckpointAndSubsumeOldestOne(checkpoint, cleaner, () -> {});
    lastId = metadata.getCheckpointId();
    nextIsFull = mode == RecoveryClaimMode.NO_CLAIM;
    return state;
  }

  /** Returns the pointer to restore from. */
  String complete(PendingSnapshot<?> pending, OperatorState state) throws Exception {
    boolean savepoint = pending.kind().isSavepoint();
    if (!savepoint) {
      state.registerSharedStates(store.getSharedStateRegistry(), pending.id());
    }
    CheckpointProperties properties =
        savepoint
            ? CheckpointProperties.forSavepoint(
                false, ((SavepointType) pending.kind().type()).getFormatType())
            : CHECKPOINT;
    CheckpointMetadataOutputStream output = pending.location().createMetadataOutputStream();
    Checkpoints.storeCheckpointMetadata(
        new CheckpointMetadata(pending.id(), List.of(state), List.of(), properties), output);
    CompletedCheckpointStorageLocation location = output.closeAndFinalizeCheckpoint();
    if (savepoint) {
      StoredFiles.of(state, filesOfSavepoints);
      StoredFiles.of(location.getMetadataHandle(), filesOfSavepoints);
    } else {
      store.addCheckpointAndSubsumeOldestOne(
          completed(pending.id(), state, properties, location, null), cleaner, () -> {});
      nextIsFull = false;
    }
    return location.getExternalPointer();
  }

  /**
   * The files of what is complete: the last checkpoint, and all savepoints. And those that are the
   * registry's: it deletes the shared files of a discarded checkpoint after the next complete one,
   * which never comes where the job is stopped before.
   */
  Set<Path> files() throws Exception {
    Set<Path> files = new HashSet<>(filesOfSavepoints);
    files.addAll(filesOfDiscarded);
    for (CompletedCheckpoint checkpoint : store.getAllCheckpoints()) {
      checkpoint.getOperatorStates().values().forEach(state -> StoredFiles.of(state, files));
      StoredFiles.of(checkpoint.getMetadataHandle(), files);
    }
    return files;
  }

  /** What was reported for a snapshot that did not come about. */
  void discard(List<OperatorSubtaskState> reports, long id) {
    for (OperatorSubtaskState report : reports) {
      report.getManagedKeyedState().forEach(handle -> StoredFiles.of(handle, filesOfDiscarded));
      report.registerSharedStates(store.getSharedStateRegistry(), id);
      report.discardState();
    }
  }

  private CompletedCheckpoint completed(
      long id,
      OperatorState state,
      CheckpointProperties properties,
      CompletedCheckpointStorageLocation location,
      CheckpointProperties restored) {
    return new CompletedCheckpoint(
        job, id, id, id, Map.of(OPERATOR, state), null, properties, location, null, restored);
  }
}
