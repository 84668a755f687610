package io.basalt.statebackend.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;

/** An operator with a state of every kind, in a workspace of its own, until it ends. */
final class RunningJob implements AutoCloseable {

  /** Registers the states that a job has. */
  @FunctionalInterface
  interface StatesOfBackend {
    States create(CheckpointableKeyedStateBackend<Integer> backend) throws Exception;
  }

  private final Workspace workspace;
  private final KeyedOperator<Integer> operator;
  private final List<States> states = new ArrayList<>();
  private final List<KeyedStateHandle> localCopies = new ArrayList<>();

  private RunningJob(
      Workspace workspace, Participant participant, int parallelism, StatesOfBackend statesOf)
      throws Exception {
    this.workspace = workspace;
    this.operator =
        KeyedOperator.start(
            workspace,
            participant,
            IntSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            parallelism,
            EveryState.MAX_PARALLELISM);
    for (OperatorSubtask<Integer> subtask : operator.subtasks()) {
      states.add(statesOf.create(subtask.backend()));
    }
    fill();
  }

  /** A job with every kind of state. */
  static RunningJob start(Participant participant, int parallelism) throws Exception {
    return start(participant, parallelism, EveryState::new);
  }

  static RunningJob start(Participant participant, int parallelism, StatesOfBackend statesOf)
      throws Exception {
    return new RunningJob(Workspace.opened(0), participant, parallelism, statesOf);
  }

  /** A job of one subtask that is about to take the snapshot. */
  static RunningJob before(SnapshotVariant variant, StatesOfBackend statesOf) throws Exception {
    RunningJob job = new RunningJob(Workspace.opened(0), variant.participant(), 1, statesOf);
    if (variant.afterAnother()) {
      job.complete(job.trigger(SnapshotKind.CHECKPOINT, Steps.counted()));
      job.fill();
    }
    return job;
  }

  void fill() throws Exception {
    for (States state : states) {
      state.fill();
    }
  }

  void beginToRead() throws Exception {
    for (States state : states) {
      state.beginToRead();
    }
  }

  OperatorSubtask<Integer> subtask() {
    return operator.subtasks().get(0);
  }

  CheckpointableKeyedStateBackend<Integer> backend() {
    return subtask().backend();
  }

  /** Takes the synchronous part; the asynchronous one goes through the steps. */
  PendingSnapshot<String> trigger(SnapshotKind kind, Steps steps) throws Exception {
    return operator.trigger(kind, "", storage -> new SteppedStorage(storage, steps));
  }

  Snapshot<String> complete(PendingSnapshot<String> pending) throws Exception {
    Snapshot<String> snapshot = operator.complete(pending);
    for (var part : pending.parts()) {
      KeyedStateHandle copy = part.get().getTaskLocalSnapshot();
      if (copy != null) {
        localCopies.add(copy);
      }
    }
    return snapshot;
  }

  List<KeyedStateHandle> localCopies() {
    return localCopies;
  }

  static RunnableFuture<SnapshotResult<KeyedStateHandle>> part(PendingSnapshot<?> pending) {
    return pending.parts().get(0);
  }

  /** Gives up a snapshot that nothing was reported of. */
  void abort(PendingSnapshot<String> pending) throws Exception {
    operator.abort(pending, List.of());
  }

  Workspace workspace() {
    return workspace;
  }

  /** While no snapshot is under way: what failed and cancelled ones had is gone. */
  void assertNothingIsUnderWay() throws Exception {
    assertThat(workspace.filesOfNoSnapshot()).as("uploaded files").isEmpty();
    for (OperatorSubtask<Integer> subtask : operator.subtasks()) {
      subtask.task().assertNothingIsRegistered();
      subtask.task().assertOnlyDatabasesAreLocal(localCopies.size());
    }
  }

  /** The end of the task as Flink brings it about. */
  void end() throws Exception {
    operator.close();
  }

  /** Ends the job, drops the copies for local recovery as the task manager does, and counts. */
  void assertNothingIsLeft() throws Exception {
    end();
    for (KeyedStateHandle copy : localCopies) {
      copy.discardState();
    }
    workspace.assertNothingIsLeft();
  }

  @Override
  public void close() throws Exception {
    workspace.close();
  }
}
