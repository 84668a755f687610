package io.basalt.statebackend.restore;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.state.CheckpointStorageLocationReference;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.LocalSnapshotDirectoryProviderImpl;
import org.apache.flink.runtime.state.SharedStateRegistry;
import org.apache.flink.runtime.state.SharedStateRegistryImpl;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.TestTaskStateManagerBuilder;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStreamFactory;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.operators.StreamOperatorStateHandler;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;

/**
 * An operator on another state backend of Flink (stock, heap): each of its tasks fills states and
 * timers with random entries and takes snapshots of them.
 */
final class PeerJob {

  /** What one task wrote: the snapshot, and a canonical one of the same state to compare with. */
  record TaskSnapshot(
      KeyGroupRange range, SnapshotResult<KeyedStateHandle> snapshot, KeyedStateHandle reference) {}

  private static final int KEYS = 400;

  private final Path directory;
  private final SnapshotKind kind;
  private final int keyGroups;
  private final boolean localRecovery;
  private final Random random;
  private final SharedStateRegistry registry = new SharedStateRegistryImpl();
  private int mostInValue = 100;

  PeerJob(Path directory, SnapshotKind kind, int keyGroups, boolean localRecovery, long seed) {
    this.directory = directory;
    this.kind = kind;
    this.keyGroups = keyGroups;
    this.localRecovery = localRecovery;
    this.random = new Random(seed);
  }

  /** With values of so many characters at most. */
  PeerJob withValuesUpTo(int length) {
    mostInValue = length;
    return this;
  }

  /** Runs all tasks, one after the other. */
  List<TaskSnapshot> run(int parallelism) throws Exception {
    List<TaskSnapshot> snapshots = new ArrayList<>();
    for (int task = 0; task < parallelism; task++) {
      snapshots.add(runTask(parallelism, task));
    }
    return snapshots;
  }

  private TaskSnapshot runTask(int parallelism, int task) throws Exception {
    KeyGroupRange range =
        KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(keyGroups, parallelism, task);
    try (MockEnvironment environment = environment(parallelism, task)) {
      CheckpointableKeyedStateBackend<Integer> backend = backend(environment, range);
      try {
        KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Integer, String>> timers =
            backend.create(
                "timers", new TimerSerializer<>(IntSerializer.INSTANCE, StringSerializer.INSTANCE));
        fill(backend, timers, range, task);
        if (kind == SnapshotKind.STOCK_INCREMENTAL_CHECKPOINT) {
          // A history: the second checkpoint refers to files of the first.
          register(snapshot(backend, task, 1), 1);
          ((CheckpointListener) backend).notifyCheckpointComplete(1);
          fill(backend, timers, range, task);
        }
        SnapshotResult<KeyedStateHandle> snapshot = snapshot(backend, task, 2);
        register(snapshot, 2);
        KeyedStateHandle reference =
            kind.isCanonical()
                ? snapshot.getJobManagerOwnedSnapshot()
                : canonical(backend, task, 3).getJobManagerOwnedSnapshot();
        return new TaskSnapshot(range, snapshot, reference);
      } finally {
        backend.dispose();
      }
    }
  }

  private MockEnvironment environment(int parallelism, int task) {
    MockEnvironmentBuilder builder =
        new MockEnvironmentBuilder()
            .setTaskName("peer")
            .setMaxParallelism(keyGroups)
            .setParallelism(parallelism)
            .setSubtaskIndex(task);
    if (localRecovery) {
      LocalRecoveryConfig config =
          LocalRecoveryConfig.backupAndRecoveryEnabled(
              new LocalSnapshotDirectoryProviderImpl(
                  directory.resolve("local").toFile(), new JobID(), new JobVertexID(), task));
      builder.setTaskStateManager(
          new TestTaskStateManagerBuilder().setLocalRecoveryConfig(config).build());
    }
    MockEnvironment environment = builder.build();
    environment
        .getExecutionConfig()
        .setUseSnapshotCompression(kind == SnapshotKind.STOCK_COMPRESSED_CANONICAL_SAVEPOINT);
    return environment;
  }

  private CheckpointableKeyedStateBackend<Integer> backend(
      MockEnvironment environment, KeyGroupRange range) throws Exception {
    return stateBackend()
        .createKeyedStateBackend(
            new KeyedStateBackendParametersImpl<>(
                environment,
                new JobID(),
                "peer",
                IntSerializer.INSTANCE,
                keyGroups,
                range,
                environment.getTaskKvStateRegistry(),
                TtlTimeProvider.DEFAULT,
                UnregisteredMetricGroups.createUnregisteredTaskMetricGroup(),
                List.of(),
                new CloseableRegistry()));
  }

  private StateBackend stateBackend() {
    if (kind == SnapshotKind.HEAP_CANONICAL_SAVEPOINT) {
      return new HashMapStateBackend();
    }
    EmbeddedRocksDBStateBackend stock =
        new EmbeddedRocksDBStateBackend(kind == SnapshotKind.STOCK_INCREMENTAL_CHECKPOINT)
            .configure(new Configuration(), getClass().getClassLoader());
    stock.setDbStoragePath(directory.resolve("peer-database").toString());
    stock.setPriorityQueueStateType(
        kind == SnapshotKind.STOCK_CANONICAL_SAVEPOINT_WITH_HEAP_TIMERS
            ? PriorityQueueStateType.HEAP
            : PriorityQueueStateType.ROCKSDB);
    return stock;
  }

  private void fill(
      CheckpointableKeyedStateBackend<Integer> backend,
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Integer, String>> timers,
      KeyGroupRange range,
      int task)
      throws Exception {
    ValueStateDescriptor<String> value =
        new ValueStateDescriptor<>("value", StringSerializer.INSTANCE);
    ListStateDescriptor<Long> list = new ListStateDescriptor<>("list", LongSerializer.INSTANCE);
    MapStateDescriptor<String, Integer> map =
        new MapStateDescriptor<>("map", StringSerializer.INSTANCE, IntSerializer.INSTANCE);
    ValueStateDescriptor<String> onlyHere =
        new ValueStateDescriptor<>("only of task " + task, StringSerializer.INSTANCE);
    // Flink's heap backend cannot write a null of a map into a canonical savepoint.
    boolean withNulls = kind != SnapshotKind.HEAP_CANONICAL_SAVEPOINT;
    for (int i = 0; i < KEYS; i++) {
      int key = random.nextInt(10 * KEYS);
      if (!range.contains(KeyGroupRangeAssignment.assignToKeyGroup(key, keyGroups))) {
        continue;
      }
      backend.setCurrentKey(key);
      VoidNamespaceSerializer noNamespace = VoidNamespaceSerializer.INSTANCE;
      backend
          .getPartitionedState(VoidNamespace.INSTANCE, noNamespace, value)
          .update("v".repeat(random.nextInt(mostInValue)));
      backend
          .getPartitionedState("window " + random.nextInt(3), StringSerializer.INSTANCE, list)
          .add(random.nextLong());
      backend
          .getPartitionedState(VoidNamespace.INSTANCE, noNamespace, map)
          .put("u" + random.nextInt(5), withNulls && random.nextBoolean() ? null : i);
      backend
          .getPartitionedState(VoidNamespace.INSTANCE, noNamespace, onlyHere)
          .update("task " + task);
      timers.add(new TimerHeapInternalTimer<>(random.nextLong(), key, "n"));
    }
  }

  private SnapshotResult<KeyedStateHandle> snapshot(
      CheckpointableKeyedStateBackend<Integer> backend, int task, long checkpoint)
      throws Exception {
    if (kind.isCanonical()) {
      return canonical(backend, task, checkpoint);
    }
    SnapshotType type =
        kind == SnapshotKind.STOCK_NATIVE_SAVEPOINT
            ? SavepointType.savepoint(SavepointFormatType.NATIVE)
            : CheckpointType.CHECKPOINT;
    return run(backend.snapshot(checkpoint, 0, storage(task, checkpoint), options(type)));
  }

  private SnapshotResult<KeyedStateHandle> canonical(
      CheckpointableKeyedStateBackend<Integer> backend, int task, long checkpoint)
      throws Exception {
    return run(
        StreamOperatorStateHandler.prepareCanonicalSavepoint(backend, new CloseableRegistry())
            .snapshot(
                checkpoint,
                0,
                storage(task, checkpoint),
                options(SavepointType.savepoint(SavepointFormatType.CANONICAL))));
  }

  private static CheckpointOptions options(SnapshotType type) {
    return CheckpointOptions.alignedNoTimeout(
        type, CheckpointStorageLocationReference.getDefault());
  }

  private FsCheckpointStreamFactory storage(int task, long checkpoint) throws Exception {
    Path shared = directory.resolve("shared");
    Path exclusive = directory.resolve("task-" + task + "-chk-" + checkpoint);
    FileSystem files = FileSystem.getLocalFileSystem();
    org.apache.flink.core.fs.Path sharedPath =
        new org.apache.flink.core.fs.Path(shared.toUri().toString());
    org.apache.flink.core.fs.Path exclusivePath =
        new org.apache.flink.core.fs.Path(exclusive.toUri().toString());
    files.mkdirs(sharedPath);
    files.mkdirs(exclusivePath);
    return new FsCheckpointStreamFactory(files, exclusivePath, sharedPath, 0, 4096);
  }

  /** As the checkpoint coordinator does, which puts real handles where a task left placeholders. */
  private void register(SnapshotResult<KeyedStateHandle> snapshot, long checkpoint) {
    if (snapshot.getJobManagerOwnedSnapshot() instanceof IncrementalRemoteKeyedStateHandle files) {
      files.registerSharedStates(registry, checkpoint);
    }
  }

  private static <T> T run(RunnableFuture<T> snapshot) throws Exception {
    snapshot.run();
    return snapshot.get();
  }
}
