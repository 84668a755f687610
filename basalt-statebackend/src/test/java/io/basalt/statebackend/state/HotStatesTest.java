package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.LIST;
import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
import static io.basalt.statebackend.state.OperatorOfStates.keys;
import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.Figures;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.metrics.HotMetrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.queryablestate.client.state.serialization.KvStateSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * States whose entries live in the tier, one sentence each; {@code ProgramTest} has all at once.
 */
class HotStatesTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void whatItDoesCanBeSeen() throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
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
        start(
            workspace,
            Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), "0")))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      subtask.backend().setCurrentKey(1L);
      value.update(1L);
      assertThat(value.value()).isEqualTo(1L);

      assertThat(subtask.task().figures().sum(HotMetrics.HITS)).isZero();
      assertThat(subtask.task().figures().sum(HotMetrics.ENTRIES)).isZero();
    }
  }

  /** Appends past the tier wait in a buffer, from the second on. */
  @Test
  void whatIsAppendedPastTheTierIsOlderThanWhatIsWrittenIntoItLater() throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
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
      try (KeyedOperator<Long> restored = restore(workspace, Participant.STOCK, snapshot)) {
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
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
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
}
