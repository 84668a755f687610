package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.LIST;
import static io.basalt.statebackend.state.OperatorOfStates.MAP;
import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
import static io.basalt.statebackend.state.OperatorOfStates.keys;
import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static io.basalt.statebackend.state.OperatorOfStates.timers;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What snapshots get of states whose entries live in the tier, one sentence each. */
class HotSnapshotsTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  /** Whatever is written before the asynchronous part has begun, past the tier or into it. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void aSnapshotHasTheStateOfItsBarrier(SnapshotKind kind) throws Exception {
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
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

  @Test
  void largeValuesAreWrittenAFewAtATime() throws Exception {
    ValueStateDescriptor<byte[]> large =
        new ValueStateDescriptor<>("large", BytePrimitiveArraySerializer.INSTANCE);
    int length = 1 << 20;
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<byte[]> value = state(subtask, large);
      for (long key = 0; key < 12; key++) {
        subtask.backend().setCurrentKey(key);
        value.update(new byte[length + (int) key]);
      }
      snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "contents"));
    }
    try (KeyedOperator<Long> operator = restore(workspace, Participant.STOCK, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<byte[]> value = state(subtask, large);
      for (long key = 0; key < 12; key++) {
        subtask.backend().setCurrentKey(key);
        assertThat(value.value()).hasSize(length + (int) key);
      }
    }
  }

  /** It may still have a part in the array of the one that the snapshot is going to write. */
  @Test
  void aListThatIsOverwrittenLeavesTheOneOfTheBarrier() throws Exception {
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ListState<Long> list = state(subtask, LIST);
      subtask.backend().setCurrentKey(1L);
      list.add(1L);
      list.add(2L);
      PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "contents");
      list.add(3L);
      list.update(List.of(4L, 5L, 6L));
      assertThat(list.get()).containsExactly(4L, 5L, 6L);
      list.update(List.of(7L, 8L, 9L));
      assertThat(list.get()).containsExactly(7L, 8L, 9L);
      list.add(10L);
      list.update(List.of(1L, 3L, 5L, 7L));
      assertThat(list.get()).containsExactly(1L, 3L, 5L, 7L);
      snapshot = operator.complete(pending);
    }
    try (KeyedOperator<Long> operator = restore(workspace, Participant.STOCK, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      subtask.backend().setCurrentKey(1L);
      assertThat(state(subtask, LIST).get()).containsExactly(1L, 2L);
    }
  }

  private void assertIsOfTheBarrier(Participant reader, Snapshot<String> snapshot)
      throws Exception {
    try (KeyedOperator<Long> operator = restore(workspace, reader, snapshot)) {
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

  /** Elements of a long list go past the tier, and timers do where there is no room for them. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void whatGoesPastTheTierDoesNotGetIntoASnapshot(SnapshotKind kind) throws Exception {
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      ListState<Long> list = state(subtask, LIST);
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, VoidNamespace>> timers =
          timers(subtask);
      subtask.backend().setCurrentKey(1L);
      for (long element = 0; element < 1_000; element++) {
        list.add(element);
      }
      value.update(1L);
      PendingSnapshot<String> pending = operator.trigger(kind, "contents");
      for (long element = 0; element < 1_000; element++) {
        list.add(element);
      }
      assertThat(list.get()).hasSize(2_000);
      // More of one key than are kept in memory, so that the queue has to read its table.
      for (long time = 0; time < 1_000; time++) {
        timers.add(new TimerHeapInternalTimer<>(time, 1L, VoidNamespace.INSTANCE));
      }
      for (long time = 0; time < 500; time++) {
        assertThat(timers.poll().getTimestamp()).isEqualTo(time);
      }
      snapshot = operator.complete(pending);
    }
    try (KeyedOperator<Long> operator = restore(workspace, Participant.BASALT, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      subtask.backend().setCurrentKey(1L);
      assertThat(state(subtask, VALUE).value()).isEqualTo(1L);
      assertThat(state(subtask, LIST).get()).hasSize(1_000);
      assertThat(timers(subtask).isEmpty()).isTrue();
    }
  }

  /** Its files would have a table of which its meta data does not speak. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void aStateThatIsNewSinceTheBarrierIsNotInASnapshot(SnapshotKind kind) throws Exception {
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      subtask.backend().setCurrentKey(1L);
      state(subtask, VALUE).update(1L);
      PendingSnapshot<String> pending = operator.trigger(kind, "contents");
      state(subtask, MAP).put(1, 1L);
      snapshot = operator.complete(pending);
    }
    try (KeyedOperator<Long> operator = restore(workspace, Participant.BASALT, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      subtask.backend().setCurrentKey(1L);
      assertThat(state(subtask, VALUE).value()).isEqualTo(1L);
      assertThat(state(subtask, MAP).isEmpty()).isTrue();
    }
  }
}
