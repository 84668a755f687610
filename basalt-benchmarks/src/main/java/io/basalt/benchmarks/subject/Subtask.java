package io.basalt.benchmarks.subject;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.LocalSnapshotDirectoryProviderImpl;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.runtime.state.TestTaskStateManager;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.runtime.util.TestingTaskManagerRuntimeInfo;
import org.apache.flink.streaming.api.operators.StreamOperatorStateHandler;
import org.apache.flink.util.IOUtils;

/**
 * One subtask of a keyed operator: a task and its keyed backend. All methods are for the thread
 * that plays the task. Closing it disposes of the backend; its files stay until the directory is
 * deleted.
 *
 * @param <K> type of the keys
 */
public final class Subtask<K> implements AutoCloseable {

  private final CloseableRegistry closeables = new CloseableRegistry();
  private final Path localDirectory;
  private final int maxParallelism;
  private final MockEnvironment environment;
  private final CheckpointableKeyedStateBackend<K> backend;

  /**
   * Opens the backend from the handles, of which there are none for a job without a past.
   *
   * @param localDirectory holds its database and, beside it, its copies for local recovery
   * @throws Exception if the backend does not open
   */
  public Subtask(
      SubjectSettings settings,
      Path localDirectory,
      TypeSerializer<K> keySerializer,
      int maxParallelism,
      KeyGroupRange range,
      Collection<KeyedStateHandle> handles)
      throws Exception {
    this.localDirectory = localDirectory;
    this.maxParallelism = maxParallelism;
    Path databases = Files.createDirectories(localDirectory.resolve("databases"));
    var configuration = settings.configuration(databases);
    environment =
        MockEnvironment.builder()
            .setTaskManagerRuntimeInfo(
                new TestingTaskManagerRuntimeInfo(configuration, databases.toFile()))
            .setExecutionConfig(new ExecutionConfig())
            .setManagedMemorySize(settings.managedBytes())
            .setMaxParallelism(maxParallelism)
            .setTaskStateManager(new TestTaskStateManager(localRecovery(settings)))
            .build();
    ClassLoader classLoader = Subtask.class.getClassLoader();
    try {
      backend =
          StateBackendLoader.loadStateBackendFromConfig(configuration, classLoader, null)
              .createKeyedStateBackend(
                  new KeyedStateBackendParametersImpl<>(
                      environment,
                      new JobID(),
                      "operator",
                      keySerializer.duplicate(),
                      maxParallelism,
                      range,
                      environment.getTaskKvStateRegistry(),
                      TtlTimeProvider.DEFAULT,
                      new UnregisteredMetricsGroup(),
                      (name, value) -> {},
                      handles,
                      closeables,
                      1.0));
    } catch (Exception e) {
      closeTask();
      throw e;
    }
  }

  private LocalRecoveryConfig localRecovery(SubjectSettings settings) throws Exception {
    return settings.localRecovery()
        ? LocalRecoveryConfig.backupAndRecoveryEnabled(
            new LocalSnapshotDirectoryProviderImpl(
                Files.createDirectories(localDirectory.resolve("copies")).toFile(),
                new JobID(),
                new JobVertexID(),
                0))
        : LocalRecoveryConfig.BACKUP_AND_RECOVERY_DISABLED;
  }

  public CheckpointableKeyedStateBackend<K> backend() {
    return backend;
  }

  /** Where its files are. */
  public Path localDirectory() {
    return localDirectory;
  }

  /** A state without namespaces, as a rich function gets it. */
  public <S extends State> S state(StateDescriptor<S, ?> descriptor) throws Exception {
    descriptor.initializeSerializerUnlessSet(new ExecutionConfig());
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  /**
   * Compacts all of a state and waits for it. Called by its name, which is the same with stock: it
   * is no part of Flink's interfaces.
   */
  public void compact(StateDescriptor<?, ?> descriptor) throws Exception {
    backend.getClass().getMethod("compactState", StateDescriptor.class).invoke(backend, descriptor);
  }

  /** Whether the key is one of this subtask's. */
  public boolean owns(K key) {
    return backend
        .getKeyGroupRange()
        .contains(KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism));
  }

  /**
   * The synchronous part is done when this returns, the asynchronous part by running the future on
   * a thread of its own.
   */
  RunnableFuture<SnapshotResult<KeyedStateHandle>> snapshot(
      SnapshotKind kind, long id, CheckpointStreamFactory streams, CheckpointOptions options)
      throws Exception {
    return kind == SnapshotKind.CANONICAL_SAVEPOINT
        ? StreamOperatorStateHandler.prepareCanonicalSavepoint(backend, closeables)
            .snapshot(id, id, streams, options)
        : backend.snapshot(id, id, streams, options);
  }

  void confirm(long id) throws Exception {
    if (backend instanceof CheckpointListener listener) {
      listener.notifyCheckpointComplete(id);
    }
  }

  @Override
  public void close() throws Exception {
    IOUtils.closeQuietly(closeables);
    IOUtils.closeQuietly(backend);
    try {
      backend.dispose();
    } finally {
      closeTask();
    }
  }

  private void closeTask() throws Exception {
    IOUtils.closeQuietly(closeables);
    environment.close();
  }
}
