package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.LIST;
import static io.basalt.statebackend.state.OperatorOfStates.MAP;
import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
import static io.basalt.statebackend.state.OperatorOfStates.keys;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.Figures;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.metrics.HotMetrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.VoidNamespace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys of states whose changes are in the tier, which has none of them written for that. */
class KeysOfChangedStatesTest {

  private static final int KEY_GROUPS = 128;
  private static final int KEYS = 400;

  /** That of their bytes. */
  private static final Comparator<Long> ORDER =
      Comparator.comparing((Long key) -> KeyGroupRangeAssignment.assignToKeyGroup(key, KEY_GROUPS))
          .thenComparing(Long::compareUnsigned);

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Map<String, NavigableSet<Long>> model = new HashMap<>();

  /** A stream and what it is to show from here on. */
  private record Reading(Stream<Long> stream, Iterator<Long> seen, Iterator<Long> expected) {}

  @Test
  void noChangeIsWrittenForThemAndNoCheckpointWaitedFor() throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, VALUE);
      for (long key = 0; key < 100; key++) {
        subtask.backend().setCurrentKey(key);
        value.update(key);
      }
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "below"));
      for (long key = 50; key < 150; key++) {
        subtask.backend().setCurrentKey(key);
        value.update(key + 1);
      }
      PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "being written");
      for (long key = 0; key < 200; key++) {
        subtask.backend().setCurrentKey(key);
        if (key < 20 || (key >= 130 && key < 140)) {
          value.clear();
        } else if (key >= 140) {
          value.update(key + 2);
        }
      }

      assertThat(keys(subtask, "value"))
          .isEqualTo(
              LongStream.range(20, 200)
                  .filter(key -> key < 130 || key >= 140)
                  .boxed()
                  .sorted(ORDER)
                  .toList());

      Figures figures = subtask.task().figures();
      assertThat(figures.sum(HotMetrics.CHANGED)).isEqualTo(20 + 10 + 60);
      assertThat(figures.sum(HotMetrics.EPOCH_ENTRIES)).as("of the first").isEqualTo(100);
      operator.complete(pending);
      assertThat(figures.sum(HotMetrics.EPOCH_ENTRIES)).isEqualTo(100);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1b", "20kb", "50mb"})
  void theyAreThoseOfTheMomentInTheOrderOfTheirBytes(String tier) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    try (KeyedOperator<Long> operator =
        start(
            workspace,
            Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), tier)))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      for (String state : List.of("value", "list", "map")) {
        model.put(state, new TreeSet<>(ORDER));
      }
      Deque<PendingSnapshot<String>> pending = new ArrayDeque<>();
      List<Reading> readings = new ArrayList<>();
      for (int step = 0; step < 20_000; step++) {
        change(subtask, random);
        if (random.nextInt(200) == 0 && pending.size() < 3) {
          SnapshotKind[] kinds = SnapshotKind.values();
          pending.add(operator.trigger(kinds[random.nextInt(kinds.length)], "step " + step));
        }
        if (random.nextInt(300) == 0 && !pending.isEmpty()) {
          operator.complete(pending.remove());
        }
        if (random.nextInt(100) == 0) {
          readings.add(open(subtask, random));
        }
        if (!readings.isEmpty()) {
          read(readings, random);
        }
      }
      for (PendingSnapshot<String> one : pending) {
        operator.complete(one);
      }
      while (!readings.isEmpty()) {
        read(readings, random);
      }
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
  }

  private void change(OperatorSubtask<Long> subtask, Random random) throws Exception {
    long key = random.nextLong(-KEYS / 2, KEYS / 2);
    subtask.backend().setCurrentKey(key);
    String name = random.nextBoolean() ? "value" : random.nextBoolean() ? "list" : "map";
    boolean there = random.nextInt(5) < 2;
    switch (name) {
      case "value" -> {
        ValueState<Long> value = state(subtask, VALUE);
        if (there) {
          value.update(random.nextLong());
        } else {
          value.clear();
        }
      }
      case "list" -> {
        ListState<Long> list = state(subtask, LIST);
        if (there) {
          list.add(random.nextLong());
        } else {
          list.clear();
        }
      }
      default -> {
        MapState<Integer, Long> map = state(subtask, MAP);
        there |= random.nextBoolean();
        if (there) {
          // Many for one key at times, over which the stream seeks.
          for (int count = random.nextInt(20); count >= 0; count--) {
            map.put(random.nextInt(20), random.nextLong());
          }
        } else if (random.nextBoolean()) {
          map.clear();
        } else {
          map.remove(random.nextInt(20));
          there = !map.isEmpty();
        }
      }
    }
    NavigableSet<Long> keys = model.getOrDefault(name, new TreeSet<>(ORDER));
    if (there) {
      keys.add(key);
    } else {
      keys.remove(key);
    }
  }

  private Reading open(OperatorSubtask<Long> subtask, Random random) {
    List<String> states =
        switch (random.nextInt(4)) {
          case 0 -> List.of("value");
          case 1 -> List.of("list");
          case 2 -> List.of("map");
          default -> List.of("map", "value", "list");
        };
    TreeSet<Long> expected = new TreeSet<>(ORDER);
    states.forEach(state -> expected.addAll(model.getOrDefault(state, new TreeSet<>(ORDER))));
    Stream<Long> stream = subtask.backend().getKeys(states, VoidNamespace.INSTANCE);
    return new Reading(stream, stream.iterator(), expected.iterator());
  }

  private static void read(List<Reading> readings, Random random) {
    Reading reading = readings.get(random.nextInt(readings.size()));
    for (int count = random.nextInt(20); count >= 0; count--) {
      assertThat(reading.seen().hasNext()).isEqualTo(reading.expected().hasNext());
      if (!reading.expected().hasNext() || random.nextInt(1_000) == 0) {
        reading.stream().close();
        readings.remove(reading);
        return;
      }
      assertThat(reading.seen().next()).isEqualTo(reading.expected().next());
    }
  }
}
