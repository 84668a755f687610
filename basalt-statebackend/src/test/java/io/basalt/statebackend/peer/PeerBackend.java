package io.basalt.statebackend.peer;

import io.basalt.statebackend.harness.Compaction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.RunnableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.operators.StreamOperatorStateHandler;

/** One of the peers, opened, with a clock that is set by hand. */
final class PeerBackend<K> implements AutoCloseable {

  private static final double ALL_MANAGED_MEMORY = 1.0;
  private static final int LARGEST_FILE = 64 << 20;

  private final MockEnvironment environment = MockEnvironment.builder().build();
  private final StateBackend stateBackend;
  private AbstractKeyedStateBackend<K> keyed;
  private final TypeSerializer<K> keySerializer;
  private final int keyGroups;
  private long now = 1_000;
  private long checkpoints;

  PeerBackend(Configuration base, Path directory, TypeSerializer<K> keySerializer, int keyGroups)
      throws Exception {
    Configuration configuration = new Configuration(base);
    configuration.set(RocksDBOptions.LOCAL_DIRECTORIES, directory.toString());
    this.keySerializer = keySerializer;
    this.keyGroups = keyGroups;
    this.stateBackend =
        StateBackendLoader.loadStateBackendFromConfig(
            configuration, PeerBackend.class.getClassLoader(), null);
    open(List.of());
  }

  AbstractKeyedStateBackend<K> keyed() {
    return keyed;
  }

  void key(K key) {
    keyed.setCurrentKey(key);
  }

  void setTime(long time) {
    now = time;
  }

  /** The state as an operator gets it, under no namespace. */
  <S extends State> S state(StateDescriptor<S, ?> descriptor) throws Exception {
    return state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  <N, S extends State> S state(
      N namespace, TypeSerializer<N> namespaceSerializer, StateDescriptor<S, ?> descriptor)
      throws Exception {
    return keyed.getPartitionedState(namespace, namespaceSerializer, descriptor);
  }

  /** The state's inner interface, for a namespace. */
  @SuppressWarnings({"TypeParameterUnusedInFormals", "unchecked"})
  <N, I extends InternalKvState<K, N, ?>> I internal(
      N namespace, TypeSerializer<N> namespaceSerializer, StateDescriptor<?, ?> descriptor)
      throws Exception {
    return (I)
        keyed.getPartitionedState(
            namespace, namespaceSerializer, (StateDescriptor<State, ?>) descriptor);
  }

  /** The keys in the order they come. */
  <N> List<K> keys(String state, N namespace) {
    try (Stream<K> keys = keyed.getKeys(state, namespace)) {
      return keys.toList();
    }
  }

  /** Compacts a state and waits for it. */
  void compact(StateDescriptor<?, ?> descriptor) throws Exception {
    Compaction.of(keyed, descriptor);
  }

  /** A native checkpoint. */
  KeyedStateHandle checkpoint() throws Exception {
    return finish(
        keyed.snapshot(++checkpoints, now, streams(), options(CheckpointType.CHECKPOINT)));
  }

  /** A canonical savepoint, which leaves expired entries out. */
  KeyedStateHandle savepoint() throws Exception {
    return finish(
        StreamOperatorStateHandler.prepareCanonicalSavepoint(keyed, new CloseableRegistry())
            .snapshot(
                ++checkpoints,
                now,
                streams(),
                options(SavepointType.savepoint(SavepointFormatType.CANONICAL))));
  }

  /** Goes on from the snapshot; states are to be registered again. */
  void restore(KeyedStateHandle handle) throws Exception {
    closeKeyed();
    open(List.of(handle));
  }

  @Override
  public void close() throws Exception {
    closeKeyed();
    environment.close();
  }

  private void closeKeyed() throws IOException {
    keyed.close();
    keyed.dispose();
  }

  private void open(List<KeyedStateHandle> handles) throws Exception {
    keyed =
        (AbstractKeyedStateBackend<K>)
            stateBackend.createKeyedStateBackend(
                new KeyedStateBackendParametersImpl<>(
                    environment,
                    new JobID(),
                    "operator",
                    keySerializer,
                    keyGroups,
                    KeyGroupRange.of(0, keyGroups - 1),
                    environment.getTaskKvStateRegistry(),
                    () -> now,
                    new UnregisteredMetricsGroup(),
                    (name, value) -> {},
                    handles,
                    new CloseableRegistry(),
                    ALL_MANAGED_MEMORY));
  }

  private static KeyedStateHandle finish(RunnableFuture<SnapshotResult<KeyedStateHandle>> snapshot)
      throws Exception {
    snapshot.run();
    return snapshot.get().getJobManagerOwnedSnapshot();
  }

  private CheckpointStreamFactory streams() throws IOException {
    return new JobManagerCheckpointStorage(LARGEST_FILE)
        .createCheckpointStorage(new JobID())
        .resolveCheckpointStorageLocation(
            checkpoints, CheckpointStorageLocationReference.getDefault());
  }

  private static CheckpointOptions options(SnapshotType type) {
    return CheckpointOptions.alignedNoTimeout(
        type, CheckpointStorageLocationReference.getDefault());
  }
}
