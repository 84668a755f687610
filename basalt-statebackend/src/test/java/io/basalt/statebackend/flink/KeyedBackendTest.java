package io.basalt.statebackend.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.PlaceholderStreamStateHandle;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What jobs and Flink rely on in a whole keyed backend and the published suites do not ask. Every
 * test runs on stock too: what it expects is what stock does.
 */
final class KeyedBackendTest {

  private static final int KEY_GROUPS = 4;

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void aStateThatAllowsItTakesAnotherFunctionWhileTheJobRuns(BackendUnderTest kind)
      throws Exception {
    try (KeyedBackendFixture fixture = fixture(kind, PriorityQueueStateType.ROCKSDB)) {
      CheckpointableKeyedStateBackend<Integer> backend = backend(fixture);
      backend.setCurrentKey(1);
      InternalReducingState<Integer, VoidNamespace, Long> sum =
          updatable(
              backend, new ReducingStateDescriptor<>("state", Long::sum, LongSerializer.INSTANCE));
      sum.add(3L);
      sum.add(4L);

      InternalReducingState<Integer, VoidNamespace, Long> largest =
          updatable(
              backend, new ReducingStateDescriptor<>("state", Math::max, LongSerializer.INSTANCE));
      largest.add(5L);
      assertThat(largest.get()).isEqualTo(7);
      largest.add(9L);
      assertThat(largest.get()).isEqualTo(9);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsFlinkWhatItIs(BackendUnderTest kind) throws Exception {
    for (PriorityQueueStateType timers : PriorityQueueStateType.values()) {
      try (KeyedBackendFixture fixture = fixture(kind, timers)) {
        CheckpointableKeyedStateBackend<Integer> backend = backend(fixture);

        assertThat(backend.getBackendTypeIdentifier()).isEqualTo("rocksdb");
        assertThat(backend.isSafeToReuseKVState())
            .isEqualTo(timers == PriorityQueueStateType.ROCKSDB);
        assertThat(backend.getKeyGroupRange()).isEqualTo(KeyGroupRange.of(0, KEY_GROUPS - 1));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCheckpointRefersToTheFilesOfTheOneBeforeOnceItIsToldThatThatHasCompleted(
      BackendUnderTest kind) throws Exception {
    try (KeyedBackendFixture fixture = fixture(kind, PriorityQueueStateType.ROCKSDB)) {
      CheckpointableKeyedStateBackend<Integer> backend = backend(fixture);
      backend.setCurrentKey(1);
      updatable(backend, new ReducingStateDescriptor<>("state", Long::sum, LongSerializer.INSTANCE))
          .add(1L);

      assertThat(references(fixture.snapshot(backend, CheckpointType.CHECKPOINT, 1))).isEmpty();
      ((CheckpointListener) backend).notifyCheckpointComplete(1);
      assertThat(references(fixture.snapshot(backend, CheckpointType.CHECKPOINT, 2))).isNotEmpty();
    }
  }

  /** What the handle refers to instead of having it. */
  private static List<HandleAndLocalPath> references(KeyedStateHandle handle) {
    return ((IncrementalRemoteKeyedStateHandle) handle)
        .getSharedState().stream()
            .filter(file -> file.getHandle() instanceof PlaceholderStreamStateHandle)
            .toList();
  }

  private KeyedBackendFixture fixture(BackendUnderTest kind, PriorityQueueStateType timers) {
    return new KeyedBackendFixture(
        kind.load(SuiteVariant.configuration(true, timers, directory.resolve(timers.name()))));
  }

  private static CheckpointableKeyedStateBackend<Integer> backend(KeyedBackendFixture fixture) {
    return fixture.create(IntSerializer.INSTANCE, KEY_GROUPS, KeyGroupRange.of(0, KEY_GROUPS - 1));
  }

  private static InternalReducingState<Integer, VoidNamespace, Long> updatable(
      CheckpointableKeyedStateBackend<Integer> backend, ReducingStateDescriptor<Long> descriptor)
      throws Exception {
    InternalReducingState<Integer, VoidNamespace, Long> state =
        backend.createOrUpdateInternalState(
            VoidNamespaceSerializer.INSTANCE,
            descriptor,
            StateSnapshotTransformFactory.noTransform(),
            true);
    state.setCurrentNamespace(VoidNamespace.INSTANCE);
    return state;
  }
}
