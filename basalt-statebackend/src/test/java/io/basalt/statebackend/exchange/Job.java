package io.basalt.statebackend.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateAssignmentOperation;
import org.apache.flink.runtime.state.CheckpointStorageLocation;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStorageAccess;
import org.apache.flink.runtime.state.ttl.MockTtlTimeProvider;

/**
 * A running job as far as keyed state is concerned: the subtasks of one keyed operator, what their
 * state must hold, and the bookkeeping of its checkpoints.
 */
final class Job<K> implements AutoCloseable {

  /** Nothing inside the metadata: every byte of state goes through a file. */
  private static final int INLINE_BYTES = 0;

  private static final int WRITE_BUFFER_BYTES = 4096;

  private final Participant participant;
  private final StateProgram<K> program;
  private final Contents contents;
  private final int maxParallelism;
  private final java.nio.file.Path directory;
  private final FsCheckpointStorageAccess storage;
  private final CheckpointLedger ledger;
  private final MockTtlTimeProvider clock = new MockTtlTimeProvider();
  private final List<Subtask<K>> subtasks = new ArrayList<>();

  private Job(
      Workspace workspace,
      Participant participant,
      StateProgram<K> program,
      Contents contents,
      int maxParallelism)
      throws Exception {
    this.participant = participant;
    this.program = program;
    this.contents = contents;
    this.maxParallelism = maxParallelism;
    JobID job = new JobID();
    directory = workspace.directory();
    Path base = new Path(directory.toUri());
    storage = new FsCheckpointStorageAccess(base, base, job, INLINE_BYTES, WRITE_BUFFER_BYTES);
    storage.initializeBaseLocationsForCheckpoint();
    ledger = new CheckpointLedger(job);
    clock.setCurrentTimestamp(1_000);
  }

  /** Starts without state. */
  static <K> Job<K> start(
      Workspace workspace,
      Participant participant,
      StateProgram<K> program,
      int parallelism,
      int maxParallelism)
      throws Exception {
    Job<K> job = new Job<>(workspace, participant, program, new Contents(), maxParallelism);
    return job.open(workspace, CheckpointLedger.state(parallelism, maxParallelism), parallelism);
  }

  /** Starts from a snapshot, which is Flink's to delete from then on if it is claimed. */
  static <K> Job<K> restore(
      Workspace workspace,
      Participant participant,
      StateProgram<K> program,
      Snapshot snapshot,
      int parallelism,
      RecoveryClaimMode mode)
      throws Exception {
    Job<K> job =
        new Job<>(
            workspace,
            participant,
            program,
            snapshot.contents().copy(),
            snapshot.operatorState().getMaxParallelism());
    OperatorState state = job.ledger.restore(job.storage, snapshot.pointer(), mode);
    return job.open(workspace, state, parallelism);
  }

  private Job<K> open(Workspace workspace, OperatorState state, int parallelism) throws Exception {
    workspace.register(this);
    for (KeyGroupRange range :
        StateAssignmentOperation.createKeyGroupPartitions(maxParallelism, parallelism)) {
      subtasks.add(
          new Subtask<>(
              participant,
              workspace.localDirectory(participant),
              program,
              maxParallelism,
              range,
              clock,
              StateAssignmentOperation.getManagedKeyedStateHandles(state, range)));
    }
    return this;
  }

  /** Holds all the job has written for its snapshots, and nothing else. */
  java.nio.file.Path directory() {
    return directory;
  }

  Contents contents() {
    return contents;
  }

  List<Subtask<K>> subtasks() {
    return subtasks;
  }

  Subtask<K> owner(K key) {
    return subtasks.stream().filter(subtask -> subtask.owns(key)).findFirst().orElseThrow();
  }

  void change(int operations) throws Exception {
    program.change(this, operations);
  }

  /** Asserts that the state holds what it must. */
  void verify() throws Exception {
    ContentsCheck<K> check = new ContentsCheck<>(program, subtasks, contents);
    check.holdsEverything();
    if (participant.type() == Participant.Type.BASALT) {
      check.queuesShowEveryTimer();
    }
  }

  /** Asserts the same of a time when whatever may expire has expired. */
  void verifyAfterExpiry() throws Exception {
    clock.setCurrentTimestamp(clock.time + 2 * ProgramStates.TIME_TO_LIVE.toMillis());
    new ContentsCheck<>(program, subtasks, contents).holdsNothingThatExpires();
  }

  /** Takes a snapshot and completes it. */
  Snapshot take(SnapshotKind kind) throws Exception {
    return complete(trigger(kind));
  }

  /** Takes the synchronous part. */
  PendingSnapshot trigger(SnapshotKind asked) throws Exception {
    SnapshotKind kind = ledger.kindFor(asked);
    long id = ledger.nextId();
    CheckpointStorageLocation location =
        kind.isSavepoint()
            ? storage.initializeLocationForSavepoint(id, null)
            : storage.initializeLocationForCheckpoint(id);
    CheckpointOptions options =
        CheckpointOptions.alignedNoTimeout(kind.type(), location.getLocationReference());
    CheckpointStreamFactory streams =
        storage.resolveCheckpointStorageLocation(id, location.getLocationReference());
    List<RunnableFuture<SnapshotResult<KeyedStateHandle>>> parts = new ArrayList<>();
    for (Subtask<K> subtask : subtasks) {
      parts.add(subtask.snapshot(kind, id, streams, options));
    }
    return new PendingSnapshot(kind, id, contents.copy(), location, parts);
  }

  /** Takes the asynchronous part, writes the metadata and tells the subtasks. */
  Snapshot complete(PendingSnapshot pending) throws Exception {
    OperatorState state = CheckpointLedger.state(subtasks.size(), maxParallelism);
    List<OperatorSubtaskState> reports = pending.run();
    for (int index = 0; index < reports.size(); index++) {
      state.putState(index, reports.get(index));
    }
    String pointer = ledger.complete(pending, state);
    if (!pending.kind().isSavepoint()) {
      for (Subtask<K> subtask : subtasks) {
        subtask.confirm(pending.id());
      }
    }
    return new Snapshot(pointer, pending.contents(), state);
  }

  /** Gives the snapshot up after every subtask has reported. */
  void abortAfterReports(PendingSnapshot pending) throws Exception {
    ledger.discard(pending.run(), pending.id());
    for (Subtask<K> subtask : subtasks) {
      subtask.abort(pending.id());
    }
  }

  /** Gives the snapshot up before the asynchronous part. */
  void abortBeforeReports(PendingSnapshot pending) throws Exception {
    pending.cancel();
    for (Subtask<K> subtask : subtasks) {
      subtask.abort(pending.id());
    }
  }

  @Override
  public void close() throws Exception {
    for (Subtask<K> subtask : subtasks) {
      subtask.close();
    }
    subtasks.clear();
  }
}
