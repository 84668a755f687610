package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.MAP;
import static io.basalt.statebackend.state.OperatorOfStates.OBJECT_MAP;
import static io.basalt.statebackend.state.OperatorOfStates.PACKED_MAP;
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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Maps whose entries live in the tier, one sentence each. */
class HotMapsTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  /**
   * Of numbers, which are kept together, of objects, each of which is kept for itself, and of
   * objects that are kept together.
   */
  static List<MapStateDescriptor<Integer, Long>> maps() {
    return List.of(MAP, OBJECT_MAP, PACKED_MAP);
  }

  static List<MapStateDescriptor<Integer, Long>> mapsThatAreKeptTogether() {
    return List.of(MAP, PACKED_MAP);
  }

  @ParameterizedTest
  @MethodSource("maps")
  void aSmallMapIsKnownWithItsKeys(MapStateDescriptor<Integer, Long> maps) throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
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

  @ParameterizedTest
  @MethodSource("maps")
  void aLargeMapThatWasClearedIsNotFoundAgain(MapStateDescriptor<Integer, Long> maps)
      throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
      subtask.backend().setCurrentKey(1L);
      put(map, 0, 2_000);
      // Else those that wait to be written are only dropped.
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "contents"));
      map.clear();
      for (int entry = 0; entry < 2_000; entry++) {
        assertThat(map.get(entry)).isNull();
      }
      assertThat(map.isEmpty()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("maps")
  void aWalkOverAKnownMapShowsTheValuesOfItsBeginning(MapStateDescriptor<Integer, Long> maps)
      throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
      subtask.backend().setCurrentKey(1L);
      map.isEmpty();
      put(map, 0, 3);
      Iterator<Long> walk = map.values().iterator();
      assertThat(walk.next()).isZero();
      map.put(1, 7L);
      map.put(2, 7L);
      assertThat(walk.next()).isEqualTo(1);
      assertThat(walk.next()).isEqualTo(2);
      assertThat(map.get(2)).isEqualTo(7);
    }
  }

  @Test
  void aLargeMapIsKnownNotToBeEmpty() throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, OBJECT_MAP);
      subtask.backend().setCurrentKey(1L);
      put(map, 0, 1_000);
      assertThat(map.isEmpty()).isFalse();
      put(map, 1_000, 1_050);
      assertThat(map.isEmpty()).isFalse();
      // Whoever looks at the table writes what waits above it, first.
      assertThat(subtask.task().figures().sum(HotMetrics.CHANGED)).isEqualTo(50);
    }
  }

  /** Also where it is changed in each checkpoint, at the barrier of the next. */
  @ParameterizedTest
  @MethodSource("mapsThatAreKeptTogether")
  void aMapOfNumbersDoesNotFillUpWithKeysThatAreGone(MapStateDescriptor<Integer, Long> maps)
      throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
      subtask.backend().setCurrentKey(1L);
      PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "first");
      for (int entry = 0; entry < 5_000; entry++) {
        map.put(entry, (long) entry);
        map.remove(entry - 10);
        if (entry % 50 == 5) {
          operator.complete(pending);
        } else if (entry % 50 == 49) {
          pending = operator.trigger(SnapshotKind.CHECKPOINT, "at " + entry);
        }
      }
      operator.complete(pending);
      assertThat(subtask.task().figures().sum(HotMetrics.ENTRIES)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("maps")
  void aMapThatIsFilledAndClearedAgainAndAgainNeverReachesTheTable(
      MapStateDescriptor<Integer, Long> maps) throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
      subtask.backend().setCurrentKey(1L);
      map.clear();
      for (int round = 0; round < 10; round++) {
        put(map, 0, 20);
        map.clear();
      }
      // Of no entry anybody below has ever heard, so there is nothing to be removed.
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "contents"));
      assertThat(subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES)).isZero();
      assertThat(map.keys()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("maps")
  void anEntryOfAKnownMapThatIsPutAndRemovedIsGoneBelow(MapStateDescriptor<Integer, Long> maps)
      throws Exception {
    Snapshot<?> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
      subtask.backend().setCurrentKey(1L);
      put(map, 0, 10);
      snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "contents"));
    }
    try (KeyedOperator<Long> operator = restore(workspace, Participant.BASALT, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
      subtask.backend().setCurrentKey(1L);
      // Now its keys are known, though nothing is of its entries.
      assertThat(map.isEmpty()).isFalse();
      for (int entry = 0; entry < 10; entry++) {
        map.put(entry, 7L);
        map.remove(entry);
      }
      snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "contents"));
    }
    try (KeyedOperator<Long> operator = restore(workspace, Participant.BASALT, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
      subtask.backend().setCurrentKey(1L);
      assertThat(map.keys()).isEmpty();
    }
  }

  /**
   * Of some it is known what keys they have, of others a key, which is taken out like any other.
   */
  @ParameterizedTest
  @MethodSource("maps")
  void mapsAreEmptyWhenTheirLastEntryHasGone(MapStateDescriptor<Integer, Long> maps)
      throws Exception {
    long seed = System.nanoTime();
    System.out.println("Seed: " + seed);
    Random random = new Random(seed);
    Map<Long, NavigableMap<Integer, Long>> model = new HashMap<>();
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
      for (int operation = 0; operation < 40_000; operation++) {
        long key = random.nextInt(4);
        NavigableMap<Integer, Long> expected = model.computeIfAbsent(key, k -> new TreeMap<>());
        subtask.backend().setCurrentKey(key);
        switch (random.nextInt(400)) {
          case 0 -> {
            put(map, 0, 150);
            IntStream.range(0, 150).forEach(entry -> expected.put(entry, key));
          }
          case 1 -> {
            map.clear();
            expected.clear();
          }
          case 2 -> {
            Iterator<Integer> walk = map.keys().iterator();
            for (int taken = random.nextInt(155); taken > 0 && walk.hasNext(); taken--) {
              expected.remove(walk.next());
              walk.remove();
            }
          }
          case 3, 4, 5, 6, 7, 8 -> {
            int entry = random.nextInt(150);
            map.put(entry, key);
            expected.put(entry, key);
          }
          default -> {
            // Now those in front, now any: the key that is kept is one of the first.
            Integer entry = expected.higherKey(random.nextInt(-40, 150));
            if (entry != null) {
              map.remove(entry);
              expected.remove(entry);
            }
          }
        }
        if (random.nextBoolean()) {
          assertThat(map.isEmpty())
              .as("Seed %d, %d", seed, operation)
              .isEqualTo(expected.isEmpty());
        }
      }
    }
  }

  private static void put(MapState<Integer, Long> map, int from, int to) throws Exception {
    for (int entry = from; entry < to; entry++) {
      map.put(entry, (long) entry);
    }
  }
}
