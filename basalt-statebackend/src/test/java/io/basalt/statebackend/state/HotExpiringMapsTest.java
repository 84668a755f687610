package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.Compaction;
import io.basalt.statebackend.harness.Figures;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.metrics.HotMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.java.typeutils.runtime.NullableSerializer;
import org.apache.flink.runtime.state.ttl.MockTtlTimeProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Maps that expire, in the tier: compactions take entries below, but none that is known to live.
 */
class HotExpiringMapsTest {

  private static final long START = 1_000;
  private static final long TIME_TO_LIVE = 100;
  private static final MapStateDescriptor<Integer, Long> NUMBERS =
      expiring(LongSerializer.INSTANCE);

  /** The same to the user, but with values that the tier does not know to be numbers. */
  private static final MapStateDescriptor<Integer, Long> OBJECTS =
      expiring(NullableSerializer.wrap(LongSerializer.INSTANCE, false));

  /** And with user keys of which it knows nothing but their bytes. */
  private static final MapStateDescriptor<Integer, Long> PACKED =
      expiring(NullableSerializer.wrap(IntSerializer.INSTANCE, false), LongSerializer.INSTANCE);

  @RegisterExtension final Workspace workspace = new Workspace();

  private final MockTtlTimeProvider clock = new MockTtlTimeProvider();

  @BeforeEach
  void setClock() {
    clock.time = START;
  }

  /** Whoever looks at the table writes what waits above it, first. */
  @Test
  void aSmallMapIsKnownNotToBeEmptyAsLongAsAnEntryLives() throws Exception {
    try (KeyedOperator<Long> operator = start()) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, OBJECTS);
      subtask.backend().setCurrentKey(1L);
      map.clear();
      map.put(1, 1L);
      map.put(2, 1L);
      clock.time = START + 50;
      map.put(1, 2L);
      clock.time = START + 149;
      assertNotEmpty(map, subtask, 2);
      // Nothing is known of the first one any more, and the other has expired.
      map.remove(1);
      assertNotEmpty(map, subtask, 0);

      map.put(3, 3L);
      map.put(4, 4L);
      // What is known of one that has gone is known of another.
      map.remove(3);
      assertNotEmpty(map, subtask, 1);
      // A clock that is set back.
      clock.time = START + 100;
      map.put(4, 5L);
      clock.time = START + 200;
      assertNotEmpty(map, subtask, 0);
      map.remove(4);
      map.remove(2);
      assertThat(map.isEmpty()).isTrue();
    }
  }

  @Test
  void aLargeMapIsKnownNotToBeEmptyAsLongAsItsKeyLives() throws Exception {
    try (KeyedOperator<Long> operator = start()) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, OBJECTS);
      subtask.backend().setCurrentKey(1L);
      for (int entry = 0; entry < 300; entry++) {
        map.put(entry, 1L);
      }
      assertNotEmpty(map, subtask, 0);
      clock.time = START + 50;
      map.put(1_000, 1L);
      clock.time = START + 99;
      assertNotEmpty(map, subtask, 1);
      // The one that is kept is among them.
      for (int entry = 0; entry < 300; entry++) {
        map.put(entry, 2L);
      }
      clock.time = START + 198;
      assertNotEmpty(map, subtask, 301);
      clock.time = START + 199;
      assertNotEmpty(map, subtask, 0);
      map.put(1_000, 1L);
      assertNotEmpty(map, subtask, 0);
    }
  }

  private static void assertNotEmpty(
      MapState<Integer, Long> map, OperatorSubtask<Long> subtask, int waiting) throws Exception {
    assertThat(map.isEmpty()).isFalse();
    assertThat(subtask.task().figures().sum(HotMetrics.CHANGED)).isEqualTo(waiting);
  }

  static List<MapStateDescriptor<Integer, Long>> mapsThatAreKeptTogether() {
    return List.of(NUMBERS, PACKED);
  }

  /** Neither is the table looked at, nor are changes written for that. */
  @ParameterizedTest
  @MethodSource("mapsThatAreKeptTogether")
  void aSmallMapThatIsKeptTogetherAnswersByItselfAsLongAsAnEntryLives(
      MapStateDescriptor<Integer, Long> maps) throws Exception {
    try (KeyedOperator<Long> operator = start()) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
      Figures figures = subtask.task().figures();
      subtask.backend().setCurrentKey(1L);
      map.clear();
      map.put(1, 1L);
      clock.time = START + 50;
      map.put(2, 2L);
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "nothing"));
      long misses = figures.sum(HotMetrics.MISSES);
      clock.time = START + 99;
      assertThat(map.isEmpty()).isFalse();
      assertThat(map.keys()).containsExactly(1, 2);
      assertThat(map.get(1)).isEqualTo(1);
      assertThat(map.get(3)).isNull();
      assertThat(figures.sum(HotMetrics.MISSES)).isEqualTo(misses);
      assertThat(figures.sum(HotMetrics.CHANGED)).isZero();
      map.remove(1);
      clock.time = START + 149;
      assertThat(map.isEmpty()).isFalse();
      assertThat(map.keys()).containsExactly(2);
      assertThat(figures.sum(HotMetrics.CHANGED)).isEqualTo(1);
      assertThat(figures.sum(HotMetrics.MISSES)).isEqualTo(misses);
    }
  }

  static List<MapStateDescriptor<Integer, Long>> maps() {
    return List.of(NUMBERS, OBJECTS, PACKED);
  }

  /** Each walk, look and removal at random, with compactions in between. */
  @ParameterizedTest
  @MethodSource("maps")
  void mapsHaveWhatLives(MapStateDescriptor<Integer, Long> maps) throws Exception {
    long seed = System.nanoTime();
    System.out.println("Seed: " + seed);
    Random random = new Random(seed);
    Map<Long, NavigableMap<Integer, Long>> model = new HashMap<>();
    try (KeyedOperator<Long> operator = start()) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps);
      for (int operation = 0; operation < 20_000; operation++) {
        long key = random.nextInt(4);
        // When each expires, until it is removed.
        NavigableMap<Integer, Long> ends = model.computeIfAbsent(key, k -> new TreeMap<>());
        subtask.backend().setCurrentKey(key);
        int entry = random.nextInt(random.nextInt(10) == 0 ? 150 : 5);
        switch (random.nextInt(40)) {
          case 0 -> {
            map.clear();
            ends.clear();
          }
          case 1 -> Compaction.of(subtask.backend(), maps);
          case 2, 3, 4, 5 -> clock.time += random.nextInt(60);
          case 6 -> {
            int first = random.nextInt(150);
            for (int more = first; more < 150; more++) {
              map.put(more, key);
              ends.put(more, clock.time + TIME_TO_LIVE);
            }
          }
          case 7, 8, 9, 10, 11, 12, 13, 14 -> {
            map.put(entry, key);
            ends.put(entry, clock.time + TIME_TO_LIVE);
          }
          case 15 ->
              assertThat(map.keys())
                  .as("Seed %d, %d", seed, operation)
                  .containsExactlyElementsOf(living(ends));
          default -> {
            map.remove(entry);
            ends.remove(entry);
          }
        }
        boolean empty = map.isEmpty();
        if (ends.isEmpty() || !living(ends).isEmpty()) {
          assertThat(empty).as("Seed %d, %d", seed, operation).isEqualTo(ends.isEmpty());
        }
      }
    }
  }

  private List<Integer> living(NavigableMap<Integer, Long> ends) {
    return ends.keySet().stream().filter(entry -> ends.get(entry) > clock.time).toList();
  }

  private static MapStateDescriptor<Integer, Long> expiring(TypeSerializer<Long> values) {
    return expiring(IntSerializer.INSTANCE, values);
  }

  private static MapStateDescriptor<Integer, Long> expiring(
      TypeSerializer<Integer> keys, TypeSerializer<Long> values) {
    MapStateDescriptor<Integer, Long> descriptor = new MapStateDescriptor<>("map", keys, values);
    descriptor.enableTimeToLive(
        StateTtlConfig.newBuilder(Duration.ofMillis(TIME_TO_LIVE))
            .cleanupInRocksdbCompactFilter(1)
            .build());
    return descriptor;
  }

  private KeyedOperator<Long> start() throws Exception {
    return KeyedOperator.start(
        workspace, Participant.BASALT, LongSerializer.INSTANCE, clock, 1, 128);
  }
}
