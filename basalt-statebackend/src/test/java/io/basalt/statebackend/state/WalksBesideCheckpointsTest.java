package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
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
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Walks over maps that are not known, while changes of the state wait for a checkpoint's end. */
class WalksBesideCheckpointsTest {

  /** Of texts: of a map of numbers the tier has many entries as one. */
  private static final MapStateDescriptor<Integer, String> MAP =
      new MapStateDescriptor<>("texts", IntSerializer.INSTANCE, StringSerializer.INSTANCE);

  private static final int KEYS = 12;
  private static final int LARGE = 300;

  private static final int FEW_KEYS = 4;
  private static final int VERY_LARGE = 8_000;

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Map<Long, NavigableMap<Integer, String>> model = new HashMap<>();

  private record Barrier(
      PendingSnapshot<String> pending, Map<Long, NavigableMap<Integer, String>> content) {}

  @ParameterizedTest
  @EnumSource(
      value = SnapshotKind.class,
      names = {"CHECKPOINT", "CANONICAL_SAVEPOINT"})
  void theyDoNotWaitForIt(SnapshotKind kind) throws Exception {
    Snapshot<String> snapshot;
    Map<Long, NavigableMap<Integer, String>> barrier;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, String> map = state(subtask, MAP);
      for (long key = 0; key < KEYS; key++) {
        for (int entry = 0; entry < LARGE; entry++) {
          put(subtask, map, key, entry, key);
        }
      }
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "below"));
      long written = subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES);
      for (long key = 0; key < KEYS; key++) {
        for (int entry = 0; entry < LARGE; entry += 3) {
          put(subtask, map, key, entry, key + 1);
          remove(subtask, map, key, entry + 1);
          put(subtask, map, key, -entry - 1, key + 2);
          // So that they are not as many as the entries of the first.
          put(subtask, map, key, -entry - 2, key + 2);
        }
      }
      barrier = copy(model);
      PendingSnapshot<String> pending = operator.trigger(kind, "being written");
      for (long key = 0; key < KEYS; key++) {
        for (int entry = 0; entry < LARGE; entry += 2) {
          put(subtask, map, key, entry, key + 3);
          remove(subtask, map, key, -entry - 1);
        }
        // In place, from now on.
        put(subtask, map, key, 0, key + 4);
        assertIs(subtask, map, key);
      }
      assertThat(subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES))
          .as("of the first")
          .isEqualTo(written);
      snapshot = operator.complete(pending);
      for (long key = 0; key < KEYS; key++) {
        assertIs(subtask, map, key);
      }
    }
    model.clear();
    model.putAll(barrier);
    try (KeyedOperator<Long> operator = restore(workspace, Participant.STOCK, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      for (long key = 0; key < KEYS; key++) {
        assertIs(subtask, state(subtask, MAP), key);
      }
    }
  }

  /** What is put while an iterator goes on is not what that shows, also where it is in place. */
  @Test
  void aWalkShowsTheValuesOfItsBeginning() throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, String> map = state(subtask, MAP);
      for (int entry = 0; entry < 20; entry++) {
        put(subtask, map, 1, entry, 0);
      }
      PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "being written");
      for (int entry = 0; entry < 20; entry++) {
        put(subtask, map, 1, entry, 1);
      }
      List<String> seen = new ArrayList<>();
      for (Map.Entry<Integer, String> entry : map.entries()) {
        map.put(19 - entry.getKey(), "2");
        seen.add(entry.getValue());
      }
      assertThat(seen).hasSize(20).containsOnly("1");
      operator.complete(pending);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1b", "50kb", "50mb"})
  void theyShowWhatThereIs(String tier) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    try (KeyedOperator<Long> operator =
        start(
            workspace,
            Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), tier)))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, String> map = state(subtask, MAP);
      Deque<Barrier> barriers = new ArrayDeque<>();
      for (int step = 0; step < 3_000; step++) {
        change(subtask, map, random);
        if (random.nextInt(30) == 0 && barriers.size() < 3) {
          SnapshotKind[] kinds = SnapshotKind.values();
          SnapshotKind kind = kinds[random.nextInt(kinds.length)];
          barriers.add(new Barrier(operator.trigger(kind, "step " + step), copy(model)));
        }
        if (random.nextInt(40) == 0 && !barriers.isEmpty()) {
          operator.complete(barriers.remove().pending());
        }
        if (random.nextInt(3) == 0) {
          assertIs(subtask, map, random.nextInt(KEYS));
        }
      }
      Map<Long, NavigableMap<Integer, String>> last = copy(model);
      Snapshot<String> snapshot = null;
      for (Barrier barrier : barriers) {
        snapshot = operator.complete(barrier.pending());
        last = barrier.content();
      }
      for (long key = 0; key < KEYS; key++) {
        assertIs(subtask, map, key);
      }
      if (snapshot != null) {
        model.clear();
        model.putAll(last);
        try (KeyedOperator<Long> restored = restore(workspace, Participant.BASALT, snapshot)) {
          OperatorSubtask<Long> again = restored.subtasks().get(0);
          for (long key = 0; key < KEYS; key++) {
            assertIs(again, state(again, MAP), key);
          }
        }
      }
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
  }

  /** All in one key group, where tens of thousands of changes wait, in up to two checkpoints. */
  @Test
  void theyShowWhatThereIsOfMoreThanIsPutInOrderAtOnce() throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    try (KeyedOperator<Long> operator =
        KeyedOperator.start(
            workspace,
            Participant.BASALT,
            LongSerializer.INSTANCE,
            TtlTimeProvider.DEFAULT,
            1,
            1)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      MapState<Integer, String> map = state(subtask, MAP);
      Deque<PendingSnapshot<String>> waiting = new ArrayDeque<>();
      for (int round = 0; round < 8; round++) {
        changeMany(subtask, map, random, 30_000);
        if (waiting.size() == 2 || (!waiting.isEmpty() && random.nextBoolean())) {
          operator.complete(waiting.remove());
        }
        waiting.add(operator.trigger(SnapshotKind.CHECKPOINT, "round " + round));
        for (int walk = 0; walk < 6; walk++) {
          changeMany(subtask, map, random, random.nextInt(300));
          assertIs(subtask, map, random.nextInt(FEW_KEYS));
          changeWhileWalking(subtask, map, random.nextInt(FEW_KEYS), random);
        }
      }
      while (!waiting.isEmpty()) {
        operator.complete(waiting.remove());
        assertIs(subtask, map, random.nextInt(FEW_KEYS));
      }
      for (long key = 0; key < FEW_KEYS; key++) {
        assertIs(subtask, map, key);
      }
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
  }

  private void changeMany(
      OperatorSubtask<Long> subtask, MapState<Integer, String> map, Random random, int changes)
      throws Exception {
    for (int change = 0; change < changes; change++) {
      long key = random.nextInt(FEW_KEYS);
      int entry = random.nextInt(VERY_LARGE);
      if (random.nextInt(4) != 0) {
        put(subtask, map, key, entry, random.nextLong());
      } else {
        remove(subtask, map, key, entry);
      }
    }
  }

  private void change(OperatorSubtask<Long> subtask, MapState<Integer, String> map, Random random)
      throws Exception {
    long key = random.nextInt(KEYS);
    switch (random.nextInt(40)) {
      case 0 -> {
        subtask.backend().setCurrentKey(key);
        map.clear();
        model.put(key, new TreeMap<>(Integer::compareUnsigned));
      }
      case 1 -> {
        for (int entry = 0; entry < LARGE; entry++) {
          put(subtask, map, key, entry, entry);
        }
      }
      case 2, 3 -> {
        changeWhileWalking(subtask, map, key, random);
      }
      default -> {
        for (int count = random.nextInt(8); count >= 0; count--) {
          int entry = random.nextInt(LARGE) - 20;
          if (random.nextBoolean()) {
            put(subtask, map, key, entry, random.nextLong());
          } else {
            remove(subtask, map, key, entry);
          }
        }
      }
    }
  }

  private void changeWhileWalking(
      OperatorSubtask<Long> subtask, MapState<Integer, String> map, long key, Random random)
      throws Exception {
    subtask.backend().setCurrentKey(key);
    for (Iterator<Map.Entry<Integer, String>> all = map.iterator(); all.hasNext(); ) {
      Map.Entry<Integer, String> entry = all.next();
      int chosen = random.nextInt(10);
      if (chosen == 0) {
        content(key).remove(entry.getKey());
        all.remove();
      } else if (chosen == 1) {
        entry.setValue(entry.getValue() + "0");
        content(key).put(entry.getKey(), entry.getValue());
      }
    }
  }

  private void put(
      OperatorSubtask<Long> subtask, MapState<Integer, String> map, long key, int entry, long value)
      throws Exception {
    subtask.backend().setCurrentKey(key);
    map.put(entry, Long.toString(value));
    content(key).put(entry, Long.toString(value));
  }

  private void remove(
      OperatorSubtask<Long> subtask, MapState<Integer, String> map, long key, int entry)
      throws Exception {
    subtask.backend().setCurrentKey(key);
    map.remove(entry);
    content(key).remove(entry);
  }

  private NavigableMap<Integer, String> content(long key) {
    return model.computeIfAbsent(key, any -> new TreeMap<>(Integer::compareUnsigned));
  }

  private static Map<Long, NavigableMap<Integer, String>> copy(
      Map<Long, NavigableMap<Integer, String>> content) {
    Map<Long, NavigableMap<Integer, String>> copy = new HashMap<>();
    content.forEach((key, map) -> copy.put(key, new TreeMap<>(map)));
    return copy;
  }

  /** In the order of their bytes, too. */
  private void assertIs(OperatorSubtask<Long> subtask, MapState<Integer, String> map, long key)
      throws Exception {
    subtask.backend().setCurrentKey(key);
    List<Map.Entry<Integer, String>> seen = new ArrayList<>();
    map.entries().forEach(entry -> seen.add(Map.entry(entry.getKey(), entry.getValue())));
    assertThat(seen).as("key %s", key).isEqualTo(List.copyOf(content(key).entrySet()));
    assertThat(map.isEmpty()).isEqualTo(content(key).isEmpty());
  }
}
