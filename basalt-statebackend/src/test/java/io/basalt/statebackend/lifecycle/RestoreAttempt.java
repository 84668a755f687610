package io.basalt.statebackend.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Task;
import io.basalt.statebackend.harness.Workspace;
import java.util.Collection;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.util.IOUtils;

/** A task that makes a keyed backend, or does not, in a workspace of its own. */
final class RestoreAttempt implements AutoCloseable {

  private final Workspace workspace = Workspace.opened(0);
  private final Task task;
  private CheckpointableKeyedStateBackend<?> backend;

  RestoreAttempt(Participant participant) throws Exception {
    task = new Task(participant, workspace.localDirectory(participant), EveryState.MAX_PARALLELISM);
  }

  Task task() {
    return task;
  }

  CheckpointableKeyedStateBackend<Integer> run(
      KeyGroupRange range, Collection<KeyedStateHandle> handles) throws Exception {
    return run(IntSerializer.INSTANCE, range, handles);
  }

  <K> CheckpointableKeyedStateBackend<K> run(
      TypeSerializer<K> keySerializer, KeyGroupRange range, Collection<KeyedStateHandle> handles)
      throws Exception {
    CheckpointableKeyedStateBackend<K> made =
        task.load()
            .createKeyedStateBackend(
                task.parameters(keySerializer, range, TtlTimeProvider.DEFAULT, handles));
    backend = made;
    return made;
  }

  /** After a failed attempt, before the task has ended: Flink may try another copy now. */
  void assertNothingIsMade() throws Exception {
    assertThat(backend).as("the backend").isNull();
    task.assertNothingIsRegistered();
    // Asserts that the memory is given back, too.
    assertNothingIsLeft();
  }

  /** Ends the task. */
  void assertNothingIsLeft() throws Exception {
    end();
    workspace.assertNothingIsLeft();
  }

  private void end() throws Exception {
    IOUtils.closeQuietly(task.closeables());
    if (backend != null) {
      IOUtils.closeQuietly(backend);
      backend.dispose();
    }
    task.close();
  }

  @Override
  public void close() throws Exception {
    workspace.close();
  }
}
