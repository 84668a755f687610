package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.MAP;
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
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.metrics.HotMetrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.runtime.state.VoidNamespace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keys of maps of numbers, and walks over them, where the tier knows a part of each map and some of
 * that has not been written: which is not written for them either.
 */
class ChangedMapsOfNumbersTest {

  private static final int KEYS = 12;

  /** So many entries that a map has no room for all of them together. */
  private static final int MANY = 300;

  /** Those that the tests are about. */
  MapStateDescriptor<Integer, Long> maps() {
    return MAP;
  }

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Map<Long, NavigableMap<Integer, Long>> model = new TreeMap<>();

  @Test
  void aStreamOfKeysIsThatOfTheMomentThoughNothingIsWrittenForIt() throws Exception {
    try (KeyedOperator<Long> operator = restore(workspace, Participant.BASALT, below(100, 2))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps());
      for (long key = 0; key < 40; key++) {
        remove(subtask, map, key, 0);
        if (key >= 10) {
          remove(subtask, map, key, 1);
        }
      }
      for (long key = 100; key < 130; key++) {
        put(subtask, map, key, 7, key);
      }
      PendingSnapshot<String> first = operator.trigger(SnapshotKind.CHECKPOINT, "first");
      for (long key = 0; key < 5; key++) {
        remove(subtask, map, key, 1);
      }
      for (long key = 10; key < 20; key++) {
        put(subtask, map, key, 0, key);
      }
      for (long key = 100; key < 110; key++) {
        remove(subtask, map, key, 7);
      }
      for (long key = 110; key < 120; key++) {
        put(subtask, map, key, 8, key);
      }
      PendingSnapshot<String> second = operator.trigger(SnapshotKind.CHECKPOINT, "second");
      // Of these each checkpoint has some value.
      for (long key = 110; key < 115; key++) {
        remove(subtask, map, key, 7);
        remove(subtask, map, key, 8);
      }
      for (long key = 15; key < 20; key++) {
        remove(subtask, map, key, 0);
      }
      for (long key = 0; key < 3; key++) {
        put(subtask, map, key, 9, key);
      }
      Figures figures = subtask.task().figures();
      long changed = figures.sum(HotMetrics.CHANGED);

      List<Long> expected = keysWithEntries();
      assertThat(keys(subtask, maps().getName())).containsExactlyInAnyOrderElementsOf(expected);
      try (Stream<Long> stream =
          subtask.backend().getKeys(maps().getName(), VoidNamespace.INSTANCE)) {
        Iterator<Long> walk = stream.iterator();
        List<Long> seen = new ArrayList<>(List.of(walk.next()));
        for (long key = 0; key < 140; key++) {
          subtask.backend().setCurrentKey(key);
          if (key % 2 == 0) {
            map.clear();
          } else {
            map.put(3, key);
          }
        }
        walk.forEachRemaining(seen::add);
        assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
      }
      assertThat(changed).isEqualTo(5 + 5 + 3);
      assertThat(figures.sum(HotMetrics.EPOCH_ENTRIES)).isZero();
      operator.complete(first);
      operator.complete(second);
      assertThat(keys(subtask, maps().getName()))
          .containsExactlyInAnyOrderElementsOf(
              LongStream.range(0, 140).filter(key -> key % 2 == 1).boxed().toList());
    }
  }

  /** Also of what there is no room for with the others. */
  @Test
  void aWalkShowsWhatIsChangedAndNothingIsWrittenForIt() throws Exception {
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = restore(workspace, Participant.BASALT, below(KEYS, 20))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps());
      for (long key = 0; key < KEYS; key++) {
        put(subtask, map, key, 3, key + 1);
        put(subtask, map, key, -3, key + 2);
        remove(subtask, map, key, 4);
        assertIs(subtask, map, key);
      }
      Figures figures = subtask.task().figures();
      assertThat(figures.sum(HotMetrics.CHANGED)).isEqualTo(KEYS);
      PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "pending");
      for (long key = 0; key < KEYS; key++) {
        remove(subtask, map, key, 3);
        put(subtask, map, key, 4, key + 3);
        assertIs(subtask, map, key);
      }
      for (int entry = 0; entry < MANY; entry += 2) {
        put(subtask, map, 1, entry, entry);
        put(subtask, map, KEYS, entry, entry);
      }
      for (int entry = 0; entry < MANY; entry += 6) {
        remove(subtask, map, KEYS, entry);
      }
      assertIs(subtask, map, 1);
      assertIs(subtask, map, KEYS);
      assertThat(figures.sum(HotMetrics.EPOCH_ENTRIES)).isZero();
      operator.complete(pending);
      assertThat(figures.sum(HotMetrics.EPOCH_ENTRIES)).isEqualTo(KEYS);
      snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "last"));
    }
    try (KeyedOperator<Long> operator = restore(workspace, Participant.STOCK, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      for (long key = 0; key <= KEYS; key++) {
        assertIs(subtask, state(subtask, maps()), key);
      }
    }
  }

  /** There are so many others that to write them for one clear would be a stall. */
  @Test
  void toClearAMapThatIsNotKnownWritesNothingOfOthers() throws Exception {
    int others = 2_000;
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = restore(workspace, Participant.BASALT, below(2, MANY))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, Long> map = state(subtask, maps());
      for (long key = 1; key <= others; key++) {
        put(subtask, map, key, 3, key);
      }
      subtask.backend().setCurrentKey(0L);
      map.clear();
      content(0).clear();
      assertThat(subtask.task().figures().sum(HotMetrics.CHANGED)).isEqualTo(others + MANY);
      assertThat(map.isEmpty()).isTrue();
      put(subtask, map, 0, 7, 8);
      assertIs(subtask, map, 0);
      snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "cleared"));
    }
    try (KeyedOperator<Long> operator = restore(workspace, Participant.STOCK, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      for (long key = 0; key <= others; key++) {
        assertIs(subtask, state(subtask, maps()), key);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1b", "10kb", "64mb"})
  void bothAreAsInAModelFromRestoreToRestore(String tier) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    Participant basalt =
        Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), tier));
    try {
      Snapshot<String> snapshot = below(KEYS, 20);
      for (int round = 0; round < 8; round++) {
        try (KeyedOperator<Long> operator = restore(workspace, basalt, snapshot)) {
          run(operator, random);
          snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "of a round"));
        }
      }
      try (KeyedOperator<Long> operator = restore(workspace, Participant.STOCK, snapshot)) {
        OperatorSubtask<Long> subtask = operator.subtasks().get(0);
        for (long key = 0; key < KEYS; key++) {
          assertIs(subtask, state(subtask, maps()), key);
        }
      }
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
  }

  private void run(KeyedOperator<Long> operator, Random random) throws Exception {
    OperatorSubtask<Long> subtask = operator.subtasks().get(0);
    MapState<Integer, Long> map = state(subtask, maps());
    Deque<PendingSnapshot<String>> pending = new ArrayDeque<>();
    for (int step = 0; step < 600; step++) {
      long key = random.nextInt(KEYS);
      // Few in most, so that they are empty now and then.
      int entry = random.nextInt(key < 8 ? 24 : MANY) - 3;
      switch (random.nextInt(24)) {
        case 0 -> {
          subtask.backend().setCurrentKey(key);
          map.clear();
          content(key).clear();
        }
        case 1 -> {
          for (int more = random.nextInt(key < 8 ? 5 : MANY); more > 0; more--) {
            put(subtask, map, key, entry + more, step);
          }
        }
        case 2 -> {
          for (Integer there : List.copyOf(content(key).keySet())) {
            remove(subtask, map, key, there);
          }
        }
        case 3, 4, 5 -> assertIs(subtask, map, key);
        case 6 -> walk(subtask, map, key, random);
        case 7 ->
            assertThat(keys(subtask, maps().getName()))
                .containsExactlyInAnyOrderElementsOf(keysWithEntries());
        case 8 -> {
          if (pending.size() < 3) {
            pending.add(operator.trigger(SnapshotKind.CHECKPOINT, "step " + step));
          }
        }
        case 9 -> {
          if (!pending.isEmpty()) {
            operator.complete(pending.remove());
          }
        }
        case 10, 11, 12, 13 -> {
          subtask.backend().setCurrentKey(key);
          assertThat(map.get(entry)).isEqualTo(content(key).get(entry));
        }
        case 14 -> {
          subtask.backend().setCurrentKey(key);
          assertThat(map.isEmpty()).isEqualTo(content(key).isEmpty());
        }
        case 15, 16, 17, 18 -> remove(subtask, map, key, entry);
        default -> put(subtask, map, key, entry, step);
      }
    }
    for (PendingSnapshot<String> one : pending) {
      operator.complete(one);
    }
  }

  private void walk(
      OperatorSubtask<Long> subtask, MapState<Integer, Long> map, long key, Random random)
      throws Exception {
    subtask.backend().setCurrentKey(key);
    for (Iterator<Map.Entry<Integer, Long>> walk = map.iterator(); walk.hasNext(); ) {
      Map.Entry<Integer, Long> entry = walk.next();
      switch (random.nextInt(6)) {
        case 0 -> {
          walk.remove();
          content(key).remove(entry.getKey());
        }
        case 1 -> {
          entry.setValue(entry.getValue() + 1);
          content(key).put(entry.getKey(), entry.getValue());
        }
        default -> {
          // Only looked at.
        }
      }
    }
  }

  /** Maps of which a tier that is restored knows nothing. */
  private Snapshot<String> below(int keys, int entries) throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      for (long key = 0; key < keys; key++) {
        for (int entry = 0; entry < entries; entry++) {
          put(subtask, state(subtask, maps()), key, entry, key);
        }
      }
      return operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "below"));
    }
  }

  private void put(
      OperatorSubtask<Long> subtask, MapState<Integer, Long> map, long key, int entry, long value)
      throws Exception {
    subtask.backend().setCurrentKey(key);
    map.put(entry, value);
    content(key).put(entry, value);
  }

  private void remove(
      OperatorSubtask<Long> subtask, MapState<Integer, Long> map, long key, int entry)
      throws Exception {
    subtask.backend().setCurrentKey(key);
    map.remove(entry);
    content(key).remove(entry);
  }

  private NavigableMap<Integer, Long> content(long key) {
    return model.computeIfAbsent(key, any -> new TreeMap<>(Integer::compareUnsigned));
  }

  private List<Long> keysWithEntries() {
    return model.entrySet().stream()
        .filter(map -> !map.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** In the order of their bytes, too. */
  private void assertIs(OperatorSubtask<Long> subtask, MapState<Integer, Long> map, long key)
      throws Exception {
    subtask.backend().setCurrentKey(key);
    List<Map.Entry<Integer, Long>> seen = new ArrayList<>();
    map.entries().forEach(entry -> seen.add(Map.entry(entry.getKey(), entry.getValue())));
    assertThat(seen).as("key %s", key).isEqualTo(List.copyOf(content(key).entrySet()));
  }
}
