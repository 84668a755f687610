package io.basalt.statebackend.harness;

import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.InternalCheckpointListener;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.streaming.api.operators.StreamOperatorStateHandler;
import org.apache.flink.util.IOUtils;

/** One subtask's keyed backend in a task of its own. Closing it disposes of both. */
public final class OperatorSubtask<K> implements AutoCloseable {

  private final Task task;
  private final CheckpointableKeyedStateBackend<K> backend;
  private final int maxParallelism;
  private final int restoredHandles;

  /** Opens the backend from the handles. */
  OperatorSubtask(
      Participant participant,
      Path localDirectory,
      TypeSerializer<K> keySerializer,
      int maxParallelism,
      KeyGroupRange range,
      TtlTimeProvider clock,
      Collection<KeyedStateHandle> handles)
      throws Exception {
    this.maxParallelism = maxParallelism;
    this.restoredHandles = handles.size();
    task = new Task(participant, localDirectory, maxParallelism);
    try {
      backend =
          task.load()
              .createKeyedStateBackend(task.parameters(keySerializer, range, clock, handles));
      task.assertNothingIsRegistered();
    } catch (Exception | Error e) {
      task.close();
      throw e;
    }
  }

  public CheckpointableKeyedStateBackend<K> backend() {
    return backend;
  }

  /** How many snapshots it was restored from, each of another range of key groups. */
  public int restoredHandles() {
    return restoredHandles;
  }

  public Task task() {
    return task;
  }

  public KeyGroupRange range() {
    return backend.getKeyGroupRange();
  }

  public boolean owns(K key) {
    return range().contains(KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism));
  }

  /**
   * The synchronous part is done when this returns, the asynchronous part by running the future.
   */
  public RunnableFuture<SnapshotResult<KeyedStateHandle>> snapshot(
      SnapshotKind kind, long id, CheckpointStreamFactory streams, CheckpointOptions options)
      throws Exception {
    if (backend instanceof AbstractKeyedStateBackend<?> asked) {
      // As an operator does, which then writes the timers beside; nothing of that is here.
      asked.requiresLegacySynchronousTimerSnapshots(kind.type());
    }
    return kind == SnapshotKind.CANONICAL_SAVEPOINT
        ? StreamOperatorStateHandler.prepareCanonicalSavepoint(backend, task.closeables())
            .snapshot(id, id, streams, options)
        : backend.snapshot(id, id, streams, options);
  }

  public void confirm(long id) throws Exception {
    if (backend instanceof CheckpointListener listener) {
      listener.notifyCheckpointComplete(id);
    }
  }

  public void subsume(long id) throws Exception {
    if (backend instanceof InternalCheckpointListener listener) {
      listener.notifyCheckpointSubsumed(id);
    }
  }

  public void abort(long id) throws Exception {
    if (backend instanceof CheckpointListener listener) {
      listener.notifyCheckpointAborted(id);
    }
  }

  @Override
  public void close() throws Exception {
    IOUtils.closeQuietly(task.closeables());
    IOUtils.closeQuietly(backend);
    backend.dispose();
    task.close();
  }
}
