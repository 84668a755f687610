package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.MapState;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Maps that are cleared entry by entry, where the tier has no room for what that removes: it writes
 * other changes then, and those of the same map must not outlive it.
 */
class ClearedMapsInAFullTierTest {

  private static final int ROUNDS = 20;
  private static final int BELOW = 300;
  private static final int NEW = 40;
  private static final int OTHERS = 1_000;

  @RegisterExtension final Workspace workspace = new Workspace();

  @ParameterizedTest
  @ValueSource(ints = {100, 150, 200, 300, 400})
  void nothingOfAClearedMapComesBack(int kilobytes) throws Exception {
    Participant basalt =
        Participant.BASALT.withSettings(
            Map.of(BasaltOptions.HOT_TIER_SIZE.key(), kilobytes + " kb"));
    Random random = new Random(workspace.seed());
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = OperatorOfStates.start(workspace, basalt)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = OperatorOfStates.state(subtask, OperatorOfStates.OBJECT_MAP);
      for (long round = 0; round < ROUNDS; round++) {
        put(subtask, map, round, 0, BELOW);
        operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "below"));
        others(subtask, map, random.nextInt(OTHERS));
        put(subtask, map, round, BELOW, BELOW + NEW);
        others(subtask, map, random.nextInt(OTHERS));
        subtask.backend().setCurrentKey(round);
        map.clear();
        assertIsEmpty(subtask, map, round);
      }
      snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "cleared"));
    }
    try (KeyedOperator<Long> operator = OperatorOfStates.restore(workspace, basalt, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = OperatorOfStates.state(subtask, OperatorOfStates.OBJECT_MAP);
      for (long round = 0; round < ROUNDS; round++) {
        assertIsEmpty(subtask, map, round);
      }
    }
  }

  private static void put(
      OperatorSubtask<Long> subtask, MapState<Integer, Long> map, long key, int from, int to)
      throws Exception {
    subtask.backend().setCurrentKey(key);
    for (int entry = from; entry < to; entry++) {
      map.put(entry, (long) entry);
    }
  }

  private static void others(OperatorSubtask<Long> subtask, MapState<Integer, Long> map, int count)
      throws Exception {
    for (int other = 0; other < count; other++) {
      put(subtask, map, ROUNDS + other % 100, other, other + 1);
    }
  }

  private static void assertIsEmpty(
      OperatorSubtask<Long> subtask, MapState<Integer, Long> map, long key) throws Exception {
    subtask.backend().setCurrentKey(key);
    for (int entry = 0; entry < BELOW + NEW; entry++) {
      assertThat(map.get(entry)).as("entry %d of map %d", entry, key).isNull();
    }
    assertThat(map.isEmpty()).isTrue();
    assertThat(map.keys()).isEmpty();
  }
}
