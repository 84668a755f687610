package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.Figures;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.metrics.HotMetrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.queryablestate.client.state.serialization.KvStateSerializer;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * States whose entries live in the tier, one sentence each; {@code ProgramTest} has all at once.
 */
class HotStatesTest {

  private static final ValueStateDescriptor<Long> VALUE =
      new ValueStateDescriptor<>("value", LongSerializer.INSTANCE);
  private static final ListStateDescriptor<Long> LIST =
      new ListStateDescriptor<>("list", LongSerializer.INSTANCE);
  private static final MapStateDescriptor<Integer, Long> MAP =
      new MapStateDescriptor<>("map", IntSerializer.INSTANCE, LongSerializer.INSTANCE);

  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void whatItDoesCanBeSeen() throws Exception {
    try (KeyedOperator<Long> operator = start(Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      for (long key = 0; key < 10; key++) {
        subtask.backend().setCurrentKey(key);
        assertThat(value.value()).isNull();
        assertThat(value.value()).isNull();
        value.update(key);
        assertThat(value.value()).isEqualTo(key);
      }
      Figures figures = subtask.task().figures();
      assertThat(figures.sum(HotMetrics.ENTRIES)).isEqualTo(10);
      assertThat(figures.sum(HotMetrics.CHANGED)).isEqualTo(10);
      assertThat(figures.sum(HotMetrics.MISSES)).isEqualTo(10);
      assertThat(figures.sum(HotMetrics.ABSENT_HITS)).isEqualTo(10);
      assertThat(figures.sum(HotMetrics.HITS)).isEqualTo(10);
      assertThat(figures.sum(HotMetrics.EVICTIONS)).isZero();
      assertThat(figures.sum(HotMetrics.BYTES)).isBetween(800L, 2_000L);

      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "contents"));
      assertThat(figures.sum(HotMetrics.EPOCH_ENTRIES)).isEqualTo(10);
      assertThat(figures.sum(HotMetrics.CHANGED)).isZero();
    }
  }

  @Test
  void withASizeOfNothingThereIsNone() throws Exception {
    try (KeyedOperator<Long> operator =
        start(Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), "0")))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      subtask.backend().setCurrentKey(1L);
      value.update(1L);
      assertThat(value.value()).isEqualTo(1L);

      assertThat(subtask.task().figures().sum(HotMetrics.HITS)).isZero();
      assertThat(subtask.task().figures().sum(HotMetrics.ENTRIES)).isZero();
    }
  }

  /** Whatever is written before the asynchronous part has begun, past the tier or into it. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void aSnapshotHasTheStateOfItsBarrier(SnapshotKind kind) throws Exception {
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      ListState<Long> list = state(subtask, LIST);
      MapState<Integer, Long> map = state(subtask, MAP);
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> timers =
          timers(subtask);
      for (long key = 0; key < 100; key++) {
        subtask.backend().setCurrentKey(key);
        value.update(key);
        list.add(key);
        map.put(1, key);
        timers.add(new TimerHeapInternalTimer<>(key, key, VoidNamespace.INSTANCE));
      }
      PendingSnapshot<String> pending = operator.trigger(kind, "contents");
      for (long key = 50; key < 150; key++) {
        subtask.backend().setCurrentKey(key);
        value.update(-key);
        list.add(-key);
        map.put(2, -key);
        timers.add(new TimerHeapInternalTimer<>(-key, key, VoidNamespace.INSTANCE));
      }
      // All of these look at tables, which get what the tier has for that.
      assertThat(keys(subtask, "value")).hasSize(150);
      assertThat(map.keys()).containsExactly(2);
      map.clear();
      assertThat(timers.poll().getTimestamp()).isEqualTo(-149);
      snapshot = operator.complete(pending);
      subtask.backend().setCurrentKey(60L);
      assertThat(value.value()).isEqualTo(-60);
      assertThat(list.get()).containsExactly(60L, -60L);
    }
    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      assertIsOfTheBarrier(reader, snapshot);
    }
  }

  private void assertIsOfTheBarrier(Participant reader, Snapshot<String> snapshot)
      throws Exception {
    try (KeyedOperator<Long> operator = restore(reader, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      ListState<Long> list = state(subtask, LIST);
      MapState<Integer, Long> map = state(subtask, MAP);
      assertThat(keys(subtask, "value")).hasSize(100);
      for (long key = 0; key < 150; key++) {
        subtask.backend().setCurrentKey(key);
        if (key < 100) {
          assertThat(value.value()).isEqualTo(key);
          assertThat(list.get()).containsExactly(key);
          assertThat(map.entries()).containsExactly(Map.entry(1, key));
        } else {
          assertThat(value.value()).isNull();
          assertThat(list.get()).isNullOrEmpty();
          assertThat(map.isEmpty()).isTrue();
        }
      }
      assertThat(timers(subtask).poll().getTimestamp()).isZero();
    }
  }

  /** Timers go past the tier. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void whatGoesPastTheTierDoesNotGetIntoASnapshot(SnapshotKind kind) throws Exception {
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> timers =
          timers(subtask);
      subtask.backend().setCurrentKey(1L);
      value.update(1L);
      PendingSnapshot<String> pending = operator.trigger(kind, "contents");
      // More of one key than are kept in memory, so that the queue has to read its table.
      for (long time = 0; time < 1_000; time++) {
        timers.add(new TimerHeapInternalTimer<>(time, 1L, VoidNamespace.INSTANCE));
      }
      for (long time = 0; time < 500; time++) {
        assertThat(timers.poll().getTimestamp()).isEqualTo(time);
      }
      snapshot = operator.complete(pending);
    }
    try (KeyedOperator<Long> operator = restore(Participant.BASALT, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      subtask.backend().setCurrentKey(1L);
      assertThat(state(subtask, VALUE).value()).isEqualTo(1L);
      assertThat(timers(subtask).isEmpty()).isTrue();
    }
  }

  /** Its files would have a table of which its meta data does not speak. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void aStateThatIsNewSinceTheBarrierIsNotInASnapshot(SnapshotKind kind) throws Exception {
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      subtask.backend().setCurrentKey(1L);
      state(subtask, VALUE).update(1L);
      PendingSnapshot<String> pending = operator.trigger(kind, "contents");
      state(subtask, MAP).put(1, 1L);
      snapshot = operator.complete(pending);
    }
    try (KeyedOperator<Long> operator = restore(Participant.BASALT, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      subtask.backend().setCurrentKey(1L);
      assertThat(state(subtask, VALUE).value()).isEqualTo(1L);
      assertThat(state(subtask, MAP).isEmpty()).isTrue();
    }
  }

  @Test
  void aSmallMapIsKnownWithItsKeys() throws Exception {
    try (KeyedOperator<Long> operator = start(Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, MAP);
      subtask.backend().setCurrentKey(1L);
      assertThat(map.isEmpty()).isTrue();
      for (int entry = 3; entry > 0; entry--) {
        map.put(entry, (long) entry);
      }
      assertThat(map.isEmpty()).isFalse();
      assertThat(map.keys()).containsExactly(1, 2, 3);
      map.remove(2);
      map.put(4, null);
      assertThat(map.keys()).containsExactly(1, 3, 4);
      map.entries().iterator().next().setValue(7L);
      assertThat(map.get(1)).isEqualTo(7L);
      for (int entry : List.of(1, 3, 4)) {
        map.remove(entry);
      }
      assertThat(map.isEmpty()).isTrue();
      assertThat(map.entries()).isEmpty();
      // Nothing of all this has reached the table, for it was known that it was empty.
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "contents"));
      assertThat(subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES)).isLessThanOrEqualTo(4);
    }
  }

  /** Appends past the tier wait in a buffer, from the second on. */
  @Test
  void whatIsAppendedPastTheTierIsOlderThanWhatIsWrittenIntoItLater() throws Exception {
    try (KeyedOperator<Long> operator = start(Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ListState<Long> list = state(subtask, LIST);
      // Until it does not pay any more to read lists before they are appended to.
      for (long key = 1_000; key < 21_000; key++) {
        subtask.backend().setCurrentKey(key);
        list.add(key);
      }
      for (long key = 0; key < 100; key++) {
        subtask.backend().setCurrentKey(key);
        list.add(1L);
      }
      for (long key = 0; key < 100; key++) {
        subtask.backend().setCurrentKey(key);
        if (key % 2 == 0) {
          list.clear();
        } else {
          list.update(List.of(2L));
        }
      }
      assertThat(keys(subtask, "list")).hasSize(20_050);
      // And what is below, when nothing of it is in the tier.
      Snapshot<String> snapshot =
          operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "contents"));
      try (KeyedOperator<Long> restored = restore(Participant.STOCK, snapshot)) {
        OperatorSubtask<Long> reader = restored.subtasks().get(0);
        ListState<Long> read = state(reader, LIST);
        for (long key = 0; key < 100; key++) {
          reader.backend().setCurrentKey(key);
          if (key % 2 == 0) {
            assertThat(read.get()).isNull();
          } else {
            assertThat(read.get()).containsExactly(2L);
          }
        }
      }
    }
  }

  /** Other threads see what has just been written, as on stock. */
  @SuppressWarnings("deprecation") // Queryable state is; as long as Flink has it, it has to work.
  @Test
  void aQueryableStateIsReadByOthersAtOnce() throws Exception {
    try (KeyedOperator<Long> operator = start(Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueStateDescriptor<Long> descriptor =
          new ValueStateDescriptor<>("queryable", LongSerializer.INSTANCE);
      ValueState<Long> before = state(subtask, descriptor);
      subtask.backend().setCurrentKey(1L);
      before.update(1L);
      ValueStateDescriptor<Long> queryable =
          new ValueStateDescriptor<>("asked", LongSerializer.INSTANCE);
      queryable.setQueryable("asked");
      ValueState<Long> value = state(subtask, queryable);
      @SuppressWarnings("unchecked")
      InternalKvState<Long, VoidNamespace, Long> inner =
          (InternalKvState<Long, VoidNamespace, Long>) value;
      byte[] question =
          KvStateSerializer.serializeKeyAndNamespace(
              1L,
              LongSerializer.INSTANCE,
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE);
      for (long update = 0; update < 100; update++) {
        value.update(update);
        byte[] answer =
            CompletableFuture.supplyAsync(
                    () -> {
                      try {
                        return inner.getSerializedValue(
                            question,
                            LongSerializer.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            LongSerializer.INSTANCE);
                      } catch (Exception e) {
                        throw new IllegalStateException(e);
                      }
                    })
                .get();
        assertThat(KvStateSerializer.deserializeValue(answer, LongSerializer.INSTANCE))
            .isEqualTo(update);
      }
      assertThat(before.value()).isEqualTo(1L);
    }
  }

  /** Numbers that are equal as objects or as numbers, and not the same bytes. */
  @Test
  void keysAreTheSameIfTheirBytesAre() throws Exception {
    try (KeyedOperator<Double> operator =
        KeyedOperator.start(
            workspace,
            Participant.BASALT,
            DoubleSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            1,
            128)) {
      OperatorSubtask<Double> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      double otherNotANumber = Double.longBitsToDouble(0x7ff8000000000001L);
      List<Double> keys = List.of(0.0, -0.0, Double.NaN);
      for (int key = 0; key < keys.size(); key++) {
        subtask.backend().setCurrentKey(keys.get(key));
        value.update((long) key);
      }
      for (int key = 0; key < keys.size(); key++) {
        subtask.backend().setCurrentKey(keys.get(key));
        assertThat(value.value()).isEqualTo(key);
      }
      subtask.backend().setCurrentKey(otherNotANumber);
      assertThat(value.value()).isEqualTo(2);
      assertThat(keys(subtask, "value")).hasSize(3);
    }
  }

  private static <K> List<K> keys(OperatorSubtask<K> subtask, String state) {
    try (Stream<K> keys = subtask.backend().getKeys(state, VoidNamespace.INSTANCE)) {
      return keys.toList();
    }
  }

  private static KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>>
      timers(OperatorSubtask<Long> subtask) {
    return subtask
        .backend()
        .create(
            "timers",
            new TimerSerializer<>(LongSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
  }

  private static <S extends State> S state(
      OperatorSubtask<?> subtask, StateDescriptor<S, ?> descriptor) throws Exception {
    return subtask
        .backend()
        .getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  private KeyedOperator<Long> start(Participant participant) throws Exception {
    return KeyedOperator.start(
        workspace, participant, LongSerializer.INSTANCE, TtlTimeProvider.DEFAULT, 1, 128);
  }

  private KeyedOperator<Long> restore(Participant participant, Snapshot<String> snapshot)
      throws Exception {
    return KeyedOperator.restore(
        workspace,
        participant,
        LongSerializer.INSTANCE,
        TtlTimeProvider.DEFAULT,
        snapshot,
        1,
        RecoveryClaimMode.NO_CLAIM);
  }
}
