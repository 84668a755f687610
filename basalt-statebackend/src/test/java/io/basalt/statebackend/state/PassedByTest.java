package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.LIST;
import static io.basalt.statebackend.state.OperatorOfStates.MAP;
import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
import static io.basalt.statebackend.state.OperatorOfStates.keys;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes that the tier lets pass by, as nobody asks for their entries again: beside a model. */
class PassedByTest {

  private static final int MANY_KEYS = 20_000;
  private static final int FEW_KEYS = 10;

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Map<Long, Content> model = new HashMap<>();

  /** What a key has in the three states. */
  private record Content(@Nullable Long value, List<Long> list, Map<Integer, Long> map) {

    static final Content NONE = new Content(null, List.of(), Map.of());

    Content withValue(@Nullable Long newValue) {
      return new Content(newValue, list, map);
    }

    Content withList(List<Long> newList) {
      return new Content(value, List.copyOf(newList), map);
    }

    Content with(Map<Integer, @Nullable Long> changes) {
      Map<Integer, Long> newMap = new HashMap<>(map);
      changes.forEach(
          (key, changed) -> {
            if (changed == null) {
              newMap.remove(key);
            } else {
              newMap.put(key, changed);
            }
          });
      return new Content(value, list, Map.copyOf(newMap));
    }
  }

  /** A tier for a few hundred entries. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void theyAreThereAndInTheSnapshotsOfTheirBarriers(SnapshotKind kind) throws Exception {
    run("100kb", MANY_KEYS, kind);
  }

  /** A tier for none: what comes in, now and then, is written at once. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void whatComesIntoTheTierIsWrittenAfterThem(SnapshotKind kind) throws Exception {
    run("1b", FEW_KEYS, kind);
  }

  private void run(String tier, int keys, SnapshotKind kind) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Snapshot<String> snapshot;
    Map<Long, Content> barrier;
    try (KeyedOperator<Long> operator =
        start(
            workspace,
            Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), tier)))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      Random random = new Random(seed);
      change(subtask, random, keys, 30_000);
      assertThat(subtask.task().figures().sum(HotMetrics.PASSED_BY)).isGreaterThan(10_000);
      barrier = Map.copyOf(model);
      PendingSnapshot<String> pending = operator.trigger(kind, "contents");
      change(subtask, random, keys, 5_000);
      snapshot = operator.complete(pending);
      change(subtask, random, keys, 5_000);
      assertIs(subtask, model);
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      try (KeyedOperator<Long> operator = restore(workspace, reader, snapshot)) {
        assertIs(operator.subtasks().get(0), barrier);
      }
    }
  }

  /** More of them than may come into the tier meanwhile: they wait below it. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void theyWaitWhileASnapshotIsWritten(SnapshotKind kind) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    Map<Long, Long> values = new HashMap<>();
    Snapshot<String> snapshot;
    Map<Long, Long> barrier;
    try (KeyedOperator<Long> operator =
        start(
            workspace,
            Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), "2mb")))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      update(subtask, random, values, 60_000);
      // What is in the tier has been written: there is room while the next one is.
      operator.complete(operator.trigger(kind, "before"));
      update(subtask, random, values, 20_000);
      operator.complete(operator.trigger(kind, "before"));
      long written = subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES);
      update(subtask, random, values, 500);
      barrier = Map.copyOf(values);
      PendingSnapshot<String> pending = operator.trigger(kind, "contents");
      long passedBy = subtask.task().figures().sum(HotMetrics.PASSED_BY);
      update(subtask, random, values, 20_000);
      assertThat(subtask.task().figures().sum(HotMetrics.PASSED_BY) - passedBy)
          .isGreaterThan(10_000);
      assertThat(subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES))
          .as("nobody has written the epoch")
          .isEqualTo(written);
      snapshot = operator.complete(pending);
      update(subtask, random, values, 3_000);
      assertValues(subtask, values);
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      try (KeyedOperator<Long> operator = restore(workspace, reader, snapshot)) {
        assertValues(operator.subtasks().get(0), barrier);
      }
    }
  }

  /** What has waited while one snapshot was written is in the next one, if that follows at once. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void whatHasWaitedIsInTheNextSnapshot(SnapshotKind kind) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    Map<Long, Long> values = new HashMap<>();
    Snapshot<String> snapshot;
    Map<Long, Long> barrier;
    try (KeyedOperator<Long> operator =
        start(
            workspace,
            Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), "2mb")))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      update(subtask, random, values, 80_000);
      for (int before = 0; before < 3; before++) {
        PendingSnapshot<String> pending = operator.trigger(kind, "before");
        update(subtask, random, values, 20_000);
        operator.complete(pending);
      }
      barrier = Map.copyOf(values);
      PendingSnapshot<String> pending = operator.trigger(kind, "contents");
      update(subtask, random, values, 5_000);
      snapshot = operator.complete(pending);
      assertValues(subtask, values);
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      try (KeyedOperator<Long> operator = restore(workspace, reader, snapshot)) {
        assertValues(operator.subtasks().get(0), barrier);
      }
    }
  }

  private static void update(
      OperatorSubtask<Long> subtask, Random random, Map<Long, Long> values, int changes)
      throws Exception {
    ValueState<Long> value = state(subtask, VALUE);
    for (long change = 0; change < changes; change++) {
      // Few of them come twice.
      long key = random.nextInt(1 << 20);
      subtask.backend().setCurrentKey(key);
      if (random.nextInt(4) == 0) {
        value.clear();
        values.remove(key);
      } else {
        value.update(change);
        values.put(key, change);
      }
      if (random.nextInt(50) == 0) {
        // And is changed once more, right after.
        value.update(-change);
        values.put(key, -change);
      }
    }
  }

  private static void assertValues(OperatorSubtask<Long> subtask, Map<Long, Long> expected)
      throws Exception {
    List<Long> keys = keys(subtask, VALUE.getName());
    assertThat(keys).hasSameSizeAs(expected.keySet());
    assertThat(new HashSet<>(keys)).isEqualTo(expected.keySet());
    ValueState<Long> value = state(subtask, VALUE);
    for (Map.Entry<Long, Long> entry : expected.entrySet()) {
      subtask.backend().setCurrentKey(entry.getKey());
      // Not an assertion for each of a hundred thousand keys.
      if (!entry.getValue().equals(value.value())) {
        assertThat(value.value()).as("key %s", entry.getKey()).isEqualTo(entry.getValue());
      }
    }
  }

  private void change(OperatorSubtask<Long> subtask, Random random, int keys, int changes)
      throws Exception {
    ValueState<Long> value = state(subtask, VALUE);
    ListState<Long> list = state(subtask, LIST);
    MapState<Integer, Long> map = state(subtask, MAP);
    for (long change = 0; change < changes; change++) {
      long key = random.nextInt(keys);
      subtask.backend().setCurrentKey(key);
      Content content = model.getOrDefault(key, Content.NONE);
      switch (random.nextInt(10)) {
        case 0, 1 -> {
          value.update(change);
          content = content.withValue(change);
          if (keys == FEW_KEYS && random.nextInt(4) == 0) {
            // Where it came into the tier, and others of the key have passed by just before.
            assertThat(value.value()).isEqualTo(change);
          }
        }
        case 2 -> {
          value.clear();
          content = content.withValue(null);
        }
        case 3, 4 -> {
          list.update(List.of(change, key));
          content = content.withList(List.of(change, key));
        }
        case 5 -> {
          list.add(change);
          List<Long> longer = new ArrayList<>(content.list());
          longer.add(change);
          content = content.withList(longer);
        }
        case 6 -> {
          list.clear();
          content = content.withList(List.of());
        }
        case 7, 8 -> {
          Map<Integer, Long> some = Map.of(1, change, 2 + random.nextInt(3), key);
          map.putAll(some);
          content = content.with(new HashMap<>(some));
        }
        default -> {
          int userKey = random.nextInt(5);
          map.remove(userKey);
          Map<Integer, @Nullable Long> removal = new HashMap<>();
          removal.put(userKey, null);
          content = content.with(removal);
        }
      }
      model.put(key, content);
    }
  }

  private static void assertIs(OperatorSubtask<Long> subtask, Map<Long, Content> expected)
      throws Exception {
    ValueState<Long> value = state(subtask, VALUE);
    ListState<Long> list = state(subtask, LIST);
    MapState<Integer, Long> map = state(subtask, MAP);
    for (long key = 0; key < MANY_KEYS; key++) {
      subtask.backend().setCurrentKey(key);
      List<Long> elements = new ArrayList<>();
      Iterable<Long> stored = list.get();
      if (stored != null) {
        stored.forEach(elements::add);
      }
      Map<Integer, Long> entries = new HashMap<>();
      map.entries().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
      Content content = new Content(value.value(), elements, entries);
      if (!content.equals(expected.getOrDefault(key, Content.NONE))) {
        assertThat(content).as("key %s", key).isEqualTo(expected.getOrDefault(key, Content.NONE));
      }
    }
  }
}
