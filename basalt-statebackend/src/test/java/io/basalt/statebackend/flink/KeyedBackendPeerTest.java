package io.basalt.statebackend.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What jobs and Flink rely on in a whole keyed backend and the published suites do not ask. Every
 * test runs on stock too: what it expects is what stock does.
 */
final class KeyedBackendPeerTest {

  private static final int KEY_GROUPS = 4;

  @TempDir private Path directory;

  /** Refuses negative numbers. */
  private static final class SumOfPositive implements AggregateFunction<Long, Long, Long> {
    @Override
    public Long createAccumulator() {
      return 0L;
    }

    @Override
    public Long add(Long value, Long accumulator) {
      return plus(value, accumulator);
    }

    @Override
    public Long getResult(Long accumulator) {
      return accumulator;
    }

    @Override
    public Long merge(Long one, Long other) {
      return one + other;
    }

    private static long plus(long value, long sum) {
      if (value < 0) {
        throw new IllegalArgumentException("negative");
      }
      return sum + value;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPartitionedStateIsOneObjectThatFollowsTheNamespaceAskedFor(BackendUnderTest kind)
      throws Exception {
    try (KeyedBackendFixture fixture = fixture(kind, PriorityQueueStateType.ROCKSDB)) {
      CheckpointableKeyedStateBackend<Integer> backend = backend(fixture);
      backend.setCurrentKey(1);
      ListStateDescriptor<String> descriptor =
          new ListStateDescriptor<>("list", StringSerializer.INSTANCE);
      ListState<String> list = inNamespace(backend, "a", descriptor);
      list.add("of a");
      // Another state in between, and again: Flink remembers the last one it has handed out.
      ListState<String> other =
          inNamespace(backend, "a", new ListStateDescriptor<>("other", StringSerializer.INSTANCE));
      other.add("other");

      assertThat(inNamespace(backend, "b", descriptor)).isSameAs(list);
      list.add("of b");
      assertThat(list.get()).containsExactly("of b");
      assertThat(inNamespace(backend, "a", descriptor)).isSameAs(list);
      assertThat(list.get()).containsExactly("of a");
      assertThat(other.get()).containsExactly("other");
      backend.setCurrentKey(2);
      assertThat(list.get()).isNullOrEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatAUsersFunctionThrowsLeavesTheOldValue(BackendUnderTest kind) throws Exception {
    try (KeyedBackendFixture fixture = fixture(kind, PriorityQueueStateType.ROCKSDB)) {
      CheckpointableKeyedStateBackend<Integer> backend = backend(fixture);
      backend.setCurrentKey(1);
      ReducingState<Long> reducing =
          backend.getPartitionedState(
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE,
              new ReducingStateDescriptor<>(
                  "reducing",
                  (sum, value) -> SumOfPositive.plus(value, sum),
                  LongSerializer.INSTANCE));
      AggregatingState<Long, Long> aggregating =
          backend.getPartitionedState(
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE,
              new AggregatingStateDescriptor<>(
                  "aggregating", new SumOfPositive(), LongSerializer.INSTANCE));
      reducing.add(3L);
      aggregating.add(3L);

      assertThatThrownBy(() -> reducing.add(-1L)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> aggregating.add(-1L)).isInstanceOf(IllegalArgumentException.class);

      assertThat(reducing.get()).isEqualTo(3);
      assertThat(aggregating.get()).isEqualTo(3);
      reducing.add(4L);
      aggregating.add(4L);
      assertThat(reducing.get()).isEqualTo(7);
      assertThat(aggregating.get()).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @EnumSource
  void keysMayBeWrittenWhileAllAreVisited(BackendUnderTest kind) throws Exception {
    try (KeyedBackendFixture fixture = fixture(kind, PriorityQueueStateType.ROCKSDB)) {
      CheckpointableKeyedStateBackend<Integer> backend = backend(fixture);
      ValueStateDescriptor<Integer> descriptor =
          new ValueStateDescriptor<>("value", IntSerializer.INSTANCE);
      ValueState<Integer> value =
          backend.getPartitionedState(
              VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
      for (int key = 0; key < 1_000; key++) {
        backend.setCurrentKey(key);
        value.update(key);
      }

      backend.applyToAllKeys(
          VoidNamespace.INSTANCE,
          VoidNamespaceSerializer.INSTANCE,
          descriptor,
          (key, state) -> {
            assertThat(state.value()).isEqualTo(key);
            if (key % 2 == 0) {
              state.clear();
            } else {
              state.update(-key);
            }
          });

      try (Stream<Integer> keys = backend.getKeys("value", VoidNamespace.INSTANCE)) {
        assertThat(keys).hasSize(500).allMatch(key -> key % 2 == 1);
      }
      backend.setCurrentKey(7);
      assertThat(value.value()).isEqualTo(-7);
    }
  }

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
  void theNameDefaultIsRefused(BackendUnderTest kind) throws Exception {
    try (KeyedBackendFixture fixture = fixture(kind, PriorityQueueStateType.ROCKSDB)) {
      CheckpointableKeyedStateBackend<Integer> backend = backend(fixture);

      assertThatThrownBy(
              () ->
                  inNamespace(
                      backend, "a", new ListStateDescriptor<>("default", IntSerializer.INSTANCE)))
          .hasMessageContaining("'default'");
      assertThatThrownBy(
              () ->
                  backend.create(
                      "default",
                      new TimerSerializer<>(IntSerializer.INSTANCE, StringSerializer.INSTANCE)))
          .hasMessageContaining("'default'");
    }
  }

  private KeyedBackendFixture fixture(BackendUnderTest kind, PriorityQueueStateType timers) {
    return new KeyedBackendFixture(
        kind.load(SuiteVariant.configuration(true, timers, directory.resolve(timers.name()))));
  }

  private static CheckpointableKeyedStateBackend<Integer> backend(KeyedBackendFixture fixture) {
    return fixture.create(IntSerializer.INSTANCE, KEY_GROUPS, KeyGroupRange.of(0, KEY_GROUPS - 1));
  }

  private static <T> ListState<T> inNamespace(
      CheckpointableKeyedStateBackend<Integer> backend,
      String namespace,
      ListStateDescriptor<T> descriptor)
      throws Exception {
    return backend.getPartitionedState(namespace, StringSerializer.INSTANCE, descriptor);
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
