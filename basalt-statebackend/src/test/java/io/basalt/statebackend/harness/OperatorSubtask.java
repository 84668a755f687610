package io.basalt.statebackend.harness;

import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.InternalCheckpointListener;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.runtime.util.TestingTaskManagerRuntimeInfo;
import org.apache.flink.streaming.api.operators.StreamOperatorStateHandler;
import org.apache.flink.util.IOUtils;

/** One subtask's keyed backend in an environment of its own. Closing it disposes of both. */
public final class OperatorSubtask<K> implements AutoCloseable {

  private static final long MANAGED_MEMORY = 32 << 20;

  private final MockEnvironment environment;
  private final CloseableRegistry closeables = new CloseableRegistry();
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
    Configuration configuration = participant.configuration(localDirectory);
    ExecutionConfig executionConfig = new ExecutionConfig();
    executionConfig.setUseSnapshotCompression(participant.compressed());
    environment =
        MockEnvironment.builder()
            .setTaskManagerRuntimeInfo(
                new TestingTaskManagerRuntimeInfo(configuration, localDirectory.toFile()))
            .setExecutionConfig(executionConfig)
            .setManagedMemorySize(MANAGED_MEMORY)
            .setMaxParallelism(maxParallelism)
            .build();
    try {
      backend =
          Participant.load(configuration)
              .createKeyedStateBackend(
                  new KeyedStateBackendParametersImpl<>(
                      environment,
                      new JobID(),
                      "operator",
                      keySerializer.duplicate(),
                      maxParallelism,
                      range,
                      environment.getTaskKvStateRegistry(),
                      clock,
                      new UnregisteredMetricsGroup(),
                      (name, value) -> {},
                      handles,
                      closeables,
                      1.0));
    } catch (Exception e) {
      environment.close();
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
    return kind == SnapshotKind.CANONICAL_SAVEPOINT
        ? StreamOperatorStateHandler.prepareCanonicalSavepoint(backend, closeables)
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
    IOUtils.closeQuietly(closeables);
    IOUtils.closeQuietly(backend);
    backend.dispose();
    environment.close();
  }
}
