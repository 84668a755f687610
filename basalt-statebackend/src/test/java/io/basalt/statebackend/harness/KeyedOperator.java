package io.basalt.statebackend.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RunnableFuture;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeutils.TypeSerializer;
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
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.util.IOUtils;

/**
 * The subtasks of one keyed operator of a running job, and the bookkeeping of its snapshots.
 *
 * @param <K> type of the keys
 */
public final class KeyedOperator<K> implements AutoCloseable {

  private static final int WRITE_BUFFER_BYTES = 4096;

  private final Participant participant;
  private final int maxParallelism;
  private final java.nio.file.Path directory;
  private final FsCheckpointStorageAccess storage;
  private final CheckpointLedger ledger;
  private final List<OperatorSubtask<K>> subtasks = new ArrayList<>();

  private KeyedOperator(
      Workspace workspace, Participant participant, int maxParallelism, SnapshotPlace place)
      throws Exception {
    this.participant = participant;
    this.maxParallelism = maxParallelism;
    JobID job = new JobID();
    directory = workspace.directory();
    Path base = place.address().apply(directory);
    storage =
        new FsCheckpointStorageAccess(base, base, job, place.inlineBytes(), writeBuffer(place));
    storage.initializeBaseLocationsForCheckpoint();
    ledger = new CheckpointLedger(job);
  }

  /** Flink asks for that much at least. */
  private static int writeBuffer(SnapshotPlace place) {
    return Math.max(place.inlineBytes(), WRITE_BUFFER_BYTES);
  }

  /** Starts without state. */
  public static <K> KeyedOperator<K> start(
      Workspace workspace,
      Participant participant,
      TypeSerializer<K> keySerializer,
      TtlTimeProvider clock,
      int parallelism,
      int maxParallelism)
      throws Exception {
    return start(
        workspace,
        participant,
        keySerializer,
        clock,
        parallelism,
        maxParallelism,
        SnapshotPlace.LOCAL);
  }

  /** Starts without state, its snapshots going somewhere else. */
  public static <K> KeyedOperator<K> start(
      Workspace workspace,
      Participant participant,
      TypeSerializer<K> keySerializer,
      TtlTimeProvider clock,
      int parallelism,
      int maxParallelism,
      SnapshotPlace place)
      throws Exception {
    KeyedOperator<K> operator = new KeyedOperator<>(workspace, participant, maxParallelism, place);
    return operator.open(
        workspace,
        keySerializer,
        clock,
        CheckpointLedger.state(parallelism, maxParallelism),
        parallelism);
  }

  /** Starts from a snapshot, which is Flink's to delete from then on if it is claimed. */
  public static <K> KeyedOperator<K> restore(
      Workspace workspace,
      Participant participant,
      TypeSerializer<K> keySerializer,
      TtlTimeProvider clock,
      Snapshot<?> snapshot,
      int parallelism,
      RecoveryClaimMode mode)
      throws Exception {
    return restore(
        workspace,
        participant,
        keySerializer,
        clock,
        snapshot,
        parallelism,
        mode,
        SnapshotPlace.LOCAL);
  }

  /** The same, its own snapshots going somewhere else. */
  public static <K> KeyedOperator<K> restore(
      Workspace workspace,
      Participant participant,
      TypeSerializer<K> keySerializer,
      TtlTimeProvider clock,
      Snapshot<?> snapshot,
      int parallelism,
      RecoveryClaimMode mode,
      SnapshotPlace place)
      throws Exception {
    KeyedOperator<K> operator =
        new KeyedOperator<>(
            workspace, participant, snapshot.operatorState().getMaxParallelism(), place);
    OperatorState state = operator.ledger.restore(operator.storage, snapshot.pointer(), mode);
    return operator.open(workspace, keySerializer, clock, state, parallelism);
  }

  private KeyedOperator<K> open(
      Workspace workspace,
      TypeSerializer<K> keySerializer,
      TtlTimeProvider clock,
      OperatorState state,
      int parallelism)
      throws Exception {
    workspace.register(this);
    for (KeyGroupRange range :
        StateAssignmentOperation.createKeyGroupPartitions(maxParallelism, parallelism)) {
      subtasks.add(
          new OperatorSubtask<>(
              participant,
              workspace.localDirectory(participant),
              keySerializer,
              maxParallelism,
              range,
              clock,
              StateAssignmentOperation.getManagedKeyedStateHandles(state, range)));
    }
    return this;
  }

  /** Holds all that was written for its snapshots, and nothing else. */
  public java.nio.file.Path directory() {
    return directory;
  }

  public Participant participant() {
    return participant;
  }

  /** The files of what is complete: the last checkpoint, and all savepoints. */
  Set<java.nio.file.Path> filesOfSnapshots() throws Exception {
    return ledger.files();
  }

  public List<OperatorSubtask<K>> subtasks() {
    return subtasks;
  }

  /** Takes the synchronous part of a snapshot that must hold the contents. */
  public <C> PendingSnapshot<C> trigger(SnapshotKind kind, C contents) throws Exception {
    return trigger(kind, contents, streams -> streams);
  }

  /** The same, with something between the subtasks and the checkpoint storage. */
  public <C> PendingSnapshot<C> trigger(
      SnapshotKind asked, C contents, UnaryOperator<CheckpointStreamFactory> between)
      throws Exception {
    SnapshotKind kind = ledger.kindFor(asked);
    long id = ledger.nextId();
    CheckpointStorageLocation location =
        kind.isSavepoint()
            ? storage.initializeLocationForSavepoint(id, null)
            : storage.initializeLocationForCheckpoint(id);
    CheckpointOptions options =
        CheckpointOptions.alignedNoTimeout(kind.type(), location.getLocationReference());
    CheckpointStreamFactory streams =
        between.apply(
            storage.resolveCheckpointStorageLocation(id, location.getLocationReference()));
    List<RunnableFuture<SnapshotResult<KeyedStateHandle>>> parts = new ArrayList<>();
    for (OperatorSubtask<K> subtask : subtasks) {
      parts.add(subtask.snapshot(kind, id, streams, options));
    }
    return new PendingSnapshot<>(kind, id, contents, location, parts);
  }

  /** Takes the asynchronous part, writes the metadata and tells the subtasks. */
  public <C> Snapshot<C> complete(PendingSnapshot<C> pending) throws Exception {
    Snapshot<C> snapshot = finish(pending, pending.run());
    if (!pending.kind().isSavepoint()) {
      for (OperatorSubtask<K> subtask : subtasks) {
        subtask.confirm(pending.id());
      }
    }
    return snapshot;
  }

  /** Writes the metadata of a snapshot whose asynchronous part has run, and tells nobody. */
  public <C> Snapshot<C> finish(PendingSnapshot<C> pending, List<OperatorSubtaskState> reports)
      throws Exception {
    OperatorState state = CheckpointLedger.state(subtasks.size(), maxParallelism);
    for (int index = 0; index < reports.size(); index++) {
      state.putState(index, reports.get(index));
    }
    return new Snapshot<>(ledger.complete(pending, state), pending.contents(), state);
  }

  /** Gives the snapshot up after every subtask has reported. */
  public void abortAfterReports(PendingSnapshot<?> pending) throws Exception {
    abort(pending, pending.run());
  }

  /** Gives the snapshot up before the asynchronous part. */
  public void abortBeforeReports(PendingSnapshot<?> pending) throws Exception {
    pending.cancel();
    abort(pending, List.of());
  }

  /** Gives the snapshot up: what was reported for it is deleted, and the subtasks are told. */
  public void abort(PendingSnapshot<?> pending, List<OperatorSubtaskState> reports)
      throws Exception {
    ledger.discard(reports, pending.id());
    for (OperatorSubtask<K> subtask : subtasks) {
      subtask.abort(pending.id());
    }
  }

  @Override
  public void close() throws Exception {
    try {
      IOUtils.closeAll(subtasks);
    } finally {
      subtasks.clear();
    }
  }
}
