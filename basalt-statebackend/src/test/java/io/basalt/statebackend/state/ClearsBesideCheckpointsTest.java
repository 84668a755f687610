package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.MAP;
import static io.basalt.statebackend.state.OperatorOfStates.OBJECT_MAP;
import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.metrics.HotMetrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Maps that are not known are cleared, while changes of the state wait for a checkpoint's end. */
class ClearsBesideCheckpointsTest {

  /** How many entries the maps that are cleared have. */
  private static final List<Integer> SIZES = List.of(0, 3, 200, 400);

  /** Other maps, whose changes are more than are written down for one that is cleared. */
  private static final int OTHERS = 1_000;

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Map<Long, Map<Integer, Long>> model = new HashMap<>();

  static Stream<Arguments> mapsAndKinds() {
    return Stream.of(OBJECT_MAP, MAP)
        .flatMap(
            map ->
                Stream.of(SnapshotKind.CHECKPOINT, SnapshotKind.CANONICAL_SAVEPOINT)
                    .map(kind -> Arguments.of(map, kind)));
  }

  @ParameterizedTest
  @MethodSource("mapsAndKinds")
  void theyDoNotWaitForIt(MapStateDescriptor<Integer, Long> descriptor, SnapshotKind kind)
      throws Exception {
    Snapshot<String> snapshot;
    Map<Long, Map<Integer, Long>> barrier;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, descriptor);
      for (int key = 0; key < SIZES.size(); key++) {
        for (int entry = 0; entry < SIZES.get(key); entry++) {
          put(subtask, map, key, entry, 1);
        }
      }
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "below"));
      long written = subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES);
      change(subtask, map, 2);
      // So that they are not as many as the entries of the first.
      for (long key = 0; key < OTHERS / 2; key++) {
        put(subtask, map, OTHERS + key, 1, key);
      }
      barrier = copy();
      PendingSnapshot<String> pending = operator.trigger(kind, "being written");
      change(subtask, map, 3);
      for (long key = 0; key < OTHERS; key++) {
        put(subtask, map, OTHERS + key, 2, key);
      }
      for (long key = 0; key < SIZES.size(); key++) {
        subtask.backend().setCurrentKey(key);
        map.clear();
        model.remove(key);
      }
      put(subtask, map, 2, 7, 4);
      assertThat(subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES))
          .as("of the first")
          .isEqualTo(written);
      assertIs(subtask, descriptor, model);
      snapshot = operator.complete(pending);
      assertIs(subtask, descriptor, model);
      Snapshot<String> after =
          operator.complete(operator.trigger(SnapshotKind.CANONICAL_SAVEPOINT, "after"));
      try (KeyedOperator<Long> restored = restore(workspace, Participant.STOCK, after)) {
        assertIs(restored.subtasks().get(0), descriptor, model);
      }
    }
    try (KeyedOperator<Long> operator = restore(workspace, Participant.STOCK, snapshot)) {
      assertIs(operator.subtasks().get(0), descriptor, barrier);
    }
  }

  /** Of each map that is cleared later some entries, that it has or not. */
  private void change(OperatorSubtask<Long> subtask, MapState<Integer, Long> map, long value)
      throws Exception {
    for (int key = 0; key < SIZES.size(); key++) {
      for (int entry = 0; entry < SIZES.get(key); entry += 5) {
        put(subtask, map, key, entry, value);
        subtask.backend().setCurrentKey((long) key);
        map.remove(entry + 1);
        content(key).remove(entry + 1);
      }
    }
  }

  private void put(
      OperatorSubtask<Long> subtask, MapState<Integer, Long> map, long key, int entry, long value)
      throws Exception {
    subtask.backend().setCurrentKey(key);
    map.put(entry, value);
    content(key).put(entry, value);
  }

  private Map<Integer, Long> content(long key) {
    return model.computeIfAbsent(key, any -> new HashMap<>());
  }

  private Map<Long, Map<Integer, Long>> copy() {
    Map<Long, Map<Integer, Long>> copy = new HashMap<>();
    model.forEach((key, map) -> copy.put(key, Map.copyOf(map)));
    return copy;
  }

  private static void assertIs(
      OperatorSubtask<Long> subtask,
      MapStateDescriptor<Integer, Long> descriptor,
      Map<Long, Map<Integer, Long>> expected)
      throws Exception {
    MapState<Integer, Long> map = state(subtask, descriptor);
    for (long key = 0; key < 2 * OTHERS; key++) {
      subtask.backend().setCurrentKey(key);
      Map<Integer, Long> seen = new HashMap<>();
      map.entries().forEach(entry -> seen.put(entry.getKey(), entry.getValue()));
      assertThat(seen).as("key %s", key).isEqualTo(expected.getOrDefault(key, Map.of()));
    }
  }
}
