package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.LIST;
import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueState;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Appends to lists that grow too long for the tier while a checkpoint is being written. */
class LongListsBesideCheckpointsTest {

  private static final int VALUES = 7_777;
  private static final int LISTS = 40;
  private static final int BYTES_OF_AN_ELEMENT = 9;

  /** Of a list that is too long for the tier, and of one that only just is not. */
  private static final int LONG = (5 << 10) / BYTES_OF_AN_ELEMENT;

  private static final int SHORT = (4 << 10) / BYTES_OF_AN_ELEMENT - 2;

  /** Of one that is too long in any case. */
  private static final int TOO_LONG = (64 << 10) / BYTES_OF_AN_ELEMENT;

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Map<Long, List<Long>> model = new HashMap<>();

  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void theyDoNotWaitForIt(SnapshotKind kind) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    Snapshot<String> snapshot;
    Snapshot<String> last;
    Map<Long, List<Long>> barrier;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ListState<Long> list = state(subtask, LIST);
      for (long key = 0; key < LISTS; key++) {
        update(subtask, list, key, 1 + random.nextInt(SHORT));
      }
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "before"));
      long written = subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES);
      changeValues(subtask);
      for (long key = 0; key < LISTS / 2; key++) {
        update(subtask, list, key, SHORT);
      }
      barrier = copy();
      PendingSnapshot<String> pending = operator.trigger(kind, "being written");
      for (int change = 0; change < 1_000; change++) {
        grow(subtask, list, random);
      }
      // At least one of each.
      append(subtask, list, 0, 10);
      update(subtask, list, 1, LONG);
      append(subtask, list, 1, 1);
      clear(subtask, list, 2);
      append(subtask, list, 2, LONG);
      assertThat(subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES))
          .as("nobody has written the epoch")
          .isEqualTo(written);
      snapshot = operator.complete(pending);
      assertIs(subtask, model);
      // Some are moved down by an append, others have none.
      for (long key = 0; key < LISTS; key += 2) {
        append(subtask, list, key, 1 + random.nextInt(3));
      }
      assertIs(subtask, model);
      last = operator.complete(operator.trigger(SnapshotKind.CANONICAL_SAVEPOINT, "after"));
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      try (KeyedOperator<Long> operator = restore(workspace, reader, snapshot)) {
        assertIs(operator.subtasks().get(0), barrier);
      }
      try (KeyedOperator<Long> operator = restore(workspace, reader, last)) {
        assertIs(operator.subtasks().get(0), model);
      }
    }
  }

  /** What such a list takes, and what is written of it once more, is bounded. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void thoseThatGrowLongerDo(SnapshotKind kind) throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ListState<Long> list = state(subtask, LIST);
      changeValues(subtask);
      PendingSnapshot<String> pending = operator.trigger(kind, "being written");
      update(subtask, list, 0, TOO_LONG - 1);
      assertThat(subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES)).isZero();
      append(subtask, list, 0, 3);
      assertThat(subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES)).isEqualTo(VALUES);
      operator.complete(pending);
      assertIs(subtask, model);
    }
  }

  private static void changeValues(OperatorSubtask<Long> subtask) throws Exception {
    ValueState<Long> value = state(subtask, VALUE);
    for (long key = 0; key < VALUES; key++) {
      subtask.backend().setCurrentKey(key);
      value.update(key);
    }
  }

  private void grow(OperatorSubtask<Long> subtask, ListState<Long> list, Random random)
      throws Exception {
    // Those that have been changed since the barrier before: others are appended to in the table.
    long key = random.nextInt(LISTS / 2);
    switch (random.nextInt(20)) {
      case 0 -> clear(subtask, list, key);
      case 1 -> update(subtask, list, key, 1 + random.nextInt(LONG));
      default -> append(subtask, list, key, 1 + random.nextInt(20));
    }
  }

  private void clear(OperatorSubtask<Long> subtask, ListState<Long> list, long key) {
    subtask.backend().setCurrentKey(key);
    list.clear();
    model.remove(key);
  }

  private void update(OperatorSubtask<Long> subtask, ListState<Long> list, long key, int elements)
      throws Exception {
    List<Long> all = elements(elements);
    subtask.backend().setCurrentKey(key);
    list.update(all);
    model.put(key, new ArrayList<>(all));
  }

  private void append(OperatorSubtask<Long> subtask, ListState<Long> list, long key, int elements)
      throws Exception {
    List<Long> more = elements(elements);
    subtask.backend().setCurrentKey(key);
    if (elements == 1) {
      list.add(more.get(0));
    } else {
      list.addAll(more);
    }
    model.computeIfAbsent(key, any -> new ArrayList<>()).addAll(more);
  }

  private List<Long> elements(int number) {
    long first = model.values().stream().mapToInt(List::size).sum();
    return LongStream.range(first, first + number).boxed().toList();
  }

  private Map<Long, List<Long>> copy() {
    Map<Long, List<Long>> copy = new HashMap<>();
    model.forEach((key, elements) -> copy.put(key, List.copyOf(elements)));
    return copy;
  }

  private static void assertIs(OperatorSubtask<Long> subtask, Map<Long, List<Long>> expected)
      throws Exception {
    ListState<Long> list = state(subtask, LIST);
    for (long key = 0; key < LISTS; key++) {
      subtask.backend().setCurrentKey(key);
      List<Long> elements = new ArrayList<>();
      Iterable<Long> stored = list.get();
      if (stored != null) {
        stored.forEach(elements::add);
      }
      assertThat(elements).as("key %s", key).isEqualTo(expected.getOrDefault(key, List.of()));
    }
  }
}
