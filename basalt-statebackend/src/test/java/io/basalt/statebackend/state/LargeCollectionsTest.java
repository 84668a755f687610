package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists that grow to their limit, and maps so large that they are cleared by a range deletion. */
class LargeCollectionsTest {

  private static final int LIMIT = 4_000;

  private static final ListStateDescriptor<Long> LIST =
      new ListStateDescriptor<>("history", LongSerializer.INSTANCE);

  /** A long and its comma. */
  private static final int ELEMENTS_WITHIN_LIMIT = LIMIT / (Long.BYTES + 1);

  @RegisterExtension final Workspace workspace = new Workspace();

  private static Participant limited() {
    return Participant.BASALT.withSettings(
        Map.of(BasaltOptions.LIST_MAXIMUM_SIZE.key(), LIMIT + " bytes"));
  }

  @Test
  void anAppendBeyondTheLimitFailsAndLeavesTheListReadable() throws Exception {
    try (KeyedOperator<String> operator = start(limited())) {
      OperatorSubtask<String> subtask = operator.subtasks().get(0);
      ListState<Long> list = list(subtask);
      subtask.backend().setCurrentKey("small");
      list.add(1L);
      subtask.backend().setCurrentKey("growing");
      int appended = appendUntilRefused(list);

      assertThat(appended).isEqualTo(ELEMENTS_WITHIN_LIMIT);
      assertThatThrownBy(() -> list.add(7L))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(
              "'history'",
              "'growing'",
              "in key group",
              "3,995 bytes",
              "4,000 bytes",
              BasaltOptions.LIST_MAXIMUM_SIZE.key());
      assertThatThrownBy(() -> list.addAll(List.of(1L, 2L)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("17 more");
      assertThat(list.get()).hasSize(appended);

      // Other lists, and this one once it is shorter, go on.
      subtask.backend().setCurrentKey("small");
      assertThatCode(() -> list.add(2L)).doesNotThrowAnyException();
      subtask.backend().setCurrentKey("growing");
      list.update(List.of(1L));
      assertThat(appendUntilRefused(list)).isEqualTo(ELEMENTS_WITHIN_LIMIT - 1);
      list.clear();
      assertThat(appendUntilRefused(list)).isEqualTo(ELEMENTS_WITHIN_LIMIT);
    }
  }

  /** What was appended before a restore counts, though nobody reads it. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void theLimitHoldsAcrossARestore(SnapshotKind kind) throws Exception {
    Snapshot<String> snapshot;
    try (KeyedOperator<String> operator = start(Participant.BASALT)) {
      OperatorSubtask<String> subtask = operator.subtasks().get(0);
      ListState<Long> list = list(subtask);
      subtask.backend().setCurrentKey("long");
      for (long element = 0; element < 2 * ELEMENTS_WITHIN_LIMIT; element++) {
        list.add(element);
      }
      snapshot = operator.complete(operator.trigger(kind, "contents"));
    }
    assertLimitHolds(limited(), snapshot);
    assertLimitHolds(
        Participant.BASALT.withSettings(
            Map.of(
                BasaltOptions.LIST_MAXIMUM_SIZE.key(),
                LIMIT + " bytes",
                BasaltOptions.HOT_TIER_SIZE.key(),
                "0")),
        snapshot);
  }

  private void assertLimitHolds(Participant participant, Snapshot<String> snapshot)
      throws Exception {
    try (KeyedOperator<String> operator =
        KeyedOperator.restore(
            workspace,
            participant,
            StringSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            snapshot,
            1,
            RecoveryClaimMode.NO_CLAIM)) {
      OperatorSubtask<String> subtask = operator.subtasks().get(0);
      ListState<Long> list = list(subtask);
      subtask.backend().setCurrentKey("long");
      assertThat(appendUntilRefused(list)).isLessThan(4);
      assertThat(list.get())
          .hasSizeBetween(2 * ELEMENTS_WITHIN_LIMIT, 2 * ELEMENTS_WITHIN_LIMIT + 4);
      // Longer than the limit, it can still be replaced.
      list.update(List.of(1L));
      assertThatCode(() -> list.add(2L)).doesNotThrowAnyException();
    }
  }

  @Test
  void mergedNamespacesKeepTheLimit() throws Exception {
    try (KeyedOperator<String> operator = start(limited())) {
      OperatorSubtask<String> subtask = operator.subtasks().get(0);
      // Flink's own interface of the kind of state that the descriptor names.
      @SuppressWarnings("unchecked")
      InternalListState<String, Integer, Long> list =
          (InternalListState<String, Integer, Long>)
              subtask.backend().getOrCreateKeyedState(IntSerializer.INSTANCE, LIST);
      subtask.backend().setCurrentKey("key");
      List<Long> half = new ArrayList<>();
      for (long element = 0; element < ELEMENTS_WITHIN_LIMIT / 2 + 1; element++) {
        half.add(element);
      }
      for (int namespace = 0; namespace < 2; namespace++) {
        list.setCurrentNamespace(namespace);
        list.addAll(half);
      }

      assertThatThrownBy(() -> list.mergeNamespaces(0, List.of(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("'history'", "namespace '0'");
      for (int namespace = 0; namespace < 2; namespace++) {
        list.setCurrentNamespace(namespace);
        assertThat(list.get()).hasSize(half.size());
      }
      // A list that goes on under its own name does not get longer.
      list.mergeNamespaces(1, List.of(1));
      assertThat(list.get()).hasSize(half.size());
    }
  }

  /** Larger and smaller than where range deletions begin, with neighbours, again and again. */
  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "7", "512"})
  void clearedMapsAreEmptyAndNobodyElseIs(String from) throws Exception {
    Participant basalt =
        Participant.BASALT.withSettings(Map.of(BasaltOptions.MAP_RANGE_DELETE_FROM.key(), from));
    Random random = new Random(from.hashCode());
    try (KeyedOperator<String> operator = start(basalt)) {
      OperatorSubtask<String> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map =
          subtask
              .backend()
              .getPartitionedState(
                  VoidNamespace.INSTANCE,
                  VoidNamespaceSerializer.INSTANCE,
                  new MapStateDescriptor<>("map", IntSerializer.INSTANCE, LongSerializer.INSTANCE));
      Map<String, Map<Integer, Long>> model = new HashMap<>();
      for (int step = 0; step < 300; step++) {
        String key = "key" + random.nextInt(5);
        subtask.backend().setCurrentKey(key);
        Map<Integer, Long> expected = model.computeIfAbsent(key, absent -> new TreeMap<>());
        if (random.nextInt(3) == 0) {
          map.clear();
          expected.clear();
          assertThat(map.isEmpty()).isTrue();
        } else {
          int entries = random.nextInt(random.nextInt(8) == 0 ? 1_500 : 12);
          for (int entry = 0; entry < entries; entry++) {
            map.put(entry, (long) step);
            expected.put(entry, (long) step);
          }
        }
        Map<Integer, Long> read = new TreeMap<>();
        map.entries().forEach(entry -> read.put(entry.getKey(), entry.getValue()));
        assertThat(read).isEqualTo(expected);
        if (step % 60 == 59) {
          operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "contents"));
        }
      }
    }
  }

  private static int appendUntilRefused(ListState<Long> list) throws Exception {
    for (int appended = 0; appended < 10 * LIMIT; appended++) {
      try {
        list.add((long) appended);
      } catch (IllegalStateException e) {
        return appended;
      }
    }
    throw new AssertionError("The list grows without end.");
  }

  private KeyedOperator<String> start(Participant participant) throws Exception {
    return KeyedOperator.start(
        workspace, participant, StringSerializer.INSTANCE, TtlTimeProvider.DEFAULT, 1, 16);
  }

  private static ListState<Long> list(OperatorSubtask<String> subtask) throws Exception {
    return subtask
        .backend()
        .getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, LIST);
  }
}
