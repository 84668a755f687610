package io.basalt.statebackend.flink;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.TestTaskStateManagerBuilder;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.streaming.api.operators.BackendRestorerProcedure;
import org.apache.flink.streaming.api.operators.StreamOperatorStateHandler;
import org.apache.flink.util.IOUtils;

/** A task's environment and the keyed backends opened in it; closing it disposes of them all. */
final class KeyedBackendFixture implements AutoCloseable {

  private static final double ALL_MANAGED_MEMORY = 1.0;
  private static final long CHECKPOINT_ID = 1L;

  /** State that expires carries the time of its last write: two runs must write the same bytes. */
  private static final TtlTimeProvider STOPPED_CLOCK = () -> 1_700_000_000_000L;

  private final StateBackend stateBackend;
  private final MockEnvironment environment;
  private final CloseableRegistry cancellation = new CloseableRegistry();
  private final Map<String, Long> initializationMetrics = new TreeMap<>();
  private final List<CheckpointableKeyedStateBackend<?>> opened = new ArrayList<>();

  KeyedBackendFixture(StateBackend stateBackend) {
    this(stateBackend, LocalRecoveryConfig.BACKUP_AND_RECOVERY_DISABLED);
  }

  KeyedBackendFixture(StateBackend stateBackend, LocalRecoveryConfig localRecovery) {
    this.stateBackend = stateBackend;
    this.environment =
        MockEnvironment.builder()
            .setTaskStateManager(
                new TestTaskStateManagerBuilder().setLocalRecoveryConfig(localRecovery).build())
            .build();
  }

  <K> CheckpointableKeyedStateBackend<K> create(
      TypeSerializer<K> keySerializer, int maxParallelism, KeyGroupRange range) {
    return restore(keySerializer, maxParallelism, range, List.of());
  }

  <K> CheckpointableKeyedStateBackend<K> restore(
      TypeSerializer<K> keySerializer,
      int maxParallelism,
      KeyGroupRange range,
      Collection<KeyedStateHandle> handles) {
    try {
      return attempt(keySerializer, maxParallelism, range, handles);
    } catch (Exception e) {
      throw new IllegalStateException("Cannot open a keyed backend", e);
    }
  }

  /**
   * Restores as a task does that has more than one copy of its state: from the first that can be
   * read.
   */
  <K> CheckpointableKeyedStateBackend<K> restoreFirst(
      TypeSerializer<K> keySerializer,
      int maxParallelism,
      KeyGroupRange range,
      List<? extends Collection<KeyedStateHandle>> copies)
      throws Exception {
    return new BackendRestorerProcedure<CheckpointableKeyedStateBackend<K>, KeyedStateHandle>(
            handles -> attempt(keySerializer, maxParallelism, range, handles),
            cancellation,
            "keyed backend")
        .createAndRestore(copies, StateObject.StateObjectSizeStatsCollector.create());
  }

  private <K> CheckpointableKeyedStateBackend<K> attempt(
      TypeSerializer<K> keySerializer,
      int maxParallelism,
      KeyGroupRange range,
      Collection<KeyedStateHandle> handles)
      throws Exception {
    CheckpointableKeyedStateBackend<K> backend =
        stateBackend.createKeyedStateBackend(
            new KeyedStateBackendParametersImpl<>(
                environment,
                new JobID(),
                "operator",
                keySerializer,
                maxParallelism,
                range,
                environment.getTaskKvStateRegistry(),
                STOPPED_CLOCK,
                new UnregisteredMetricsGroup(),
                initializationMetrics::put,
                handles,
                new CloseableRegistry(),
                ALL_MANAGED_MEMORY));
    opened.add(backend);
    return backend;
  }

  /** What the backends have reported of their restores so far, by name. */
  Map<String, Long> initializationMetrics() {
    return initializationMetrics;
  }

  /** Takes a snapshot the way an operator does. */
  KeyedStateHandle snapshot(CheckpointableKeyedStateBackend<?> backend, SnapshotType type)
      throws Exception {
    return snapshot(backend, type, CHECKPOINT_ID);
  }

  /** The same, as one of several of the backend. */
  KeyedStateHandle snapshot(
      CheckpointableKeyedStateBackend<?> backend, SnapshotType type, long checkpointId)
      throws Exception {
    return requireNonNull(
        snapshotAndLocalCopy(backend, type, checkpointId).getJobManagerOwnedSnapshot());
  }

  /** The same, with the copy for local recovery if there is one. */
  SnapshotResult<KeyedStateHandle> snapshotAndLocalCopy(
      CheckpointableKeyedStateBackend<?> backend, SnapshotType type) throws Exception {
    return snapshotAndLocalCopy(backend, type, CHECKPOINT_ID);
  }

  private static SnapshotResult<KeyedStateHandle> snapshotAndLocalCopy(
      CheckpointableKeyedStateBackend<?> backend, SnapshotType type, long checkpointId)
      throws Exception {
    CheckpointStreamFactory streams =
        new JobManagerCheckpointStorage()
            .createCheckpointStorage(new JobID())
            .resolveCheckpointStorageLocation(
                checkpointId, CheckpointStorageLocationReference.getDefault());
    CheckpointOptions options =
        CheckpointOptions.alignedNoTimeout(type, CheckpointStorageLocationReference.getDefault());
    RunnableFuture<SnapshotResult<KeyedStateHandle>> future =
        isCanonical(type)
            ? StreamOperatorStateHandler.prepareCanonicalSavepoint(backend, new CloseableRegistry())
                .snapshot(checkpointId, checkpointId, streams, options)
            : backend.snapshot(checkpointId, checkpointId, streams, options);
    future.run();
    return future.get();
  }

  private static boolean isCanonical(SnapshotType type) {
    return type instanceof SavepointType savepoint
        && savepoint.getFormatType() == SavepointFormatType.CANONICAL;
  }

  @Override
  public void close() throws Exception {
    IOUtils.closeQuietly(cancellation);
    for (CheckpointableKeyedStateBackend<?> backend : opened) {
      IOUtils.closeQuietly(backend);
      backend.dispose();
    }
    environment.close();
  }
}
