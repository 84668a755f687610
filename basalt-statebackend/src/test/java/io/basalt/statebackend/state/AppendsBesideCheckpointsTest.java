package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.LIST;
import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
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
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueState;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Appends past the tier, while changes of other states wait for a checkpoint's end. */
class AppendsBesideCheckpointsTest {

  /** So many that it does not pay any more to read lists before they are appended to. */
  private static final int KEYS = 20_000;

  /** Of keys of which the tier knows nothing. */
  private static final long FIRST = 1_000_000;

  private static final int LISTS = 200;

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Map<Long, List<Long>> model = new HashMap<>();

  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void theyDoNotWaitForIt(SnapshotKind kind) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    Snapshot<String> snapshot;
    Map<Long, List<Long>> barrier;
    // A list is measured for every few appends.
    Map<String, String> settings = Map.of(BasaltOptions.LIST_WARNING_SIZE.key(), "256kb");
    try (KeyedOperator<Long> operator =
        start(workspace, Participant.BASALT.withSettings(settings))) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ListState<Long> list = state(subtask, LIST);
      ValueState<Long> value = state(subtask, VALUE);
      for (long key = 0; key < KEYS; key++) {
        subtask.backend().setCurrentKey(key);
        list.add(key);
      }
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "below"));
      change(subtask, list, random, 500, 0);
      operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "below, too"));
      long written = subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES);
      for (long key = 0; key < 7_777; key++) {
        subtask.backend().setCurrentKey(key);
        value.update(key);
      }
      change(subtask, list, random, 500, 0);
      barrier = copy();
      PendingSnapshot<String> pending = operator.trigger(kind, "being written");
      change(subtask, list, random, 1_000, 10);
      assertThat(subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES))
          .as("nobody has written the epoch")
          .isEqualTo(written);
      snapshot = operator.complete(pending);
      change(subtask, list, random, 100, 10);
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

  /**
   * All but some are appends; what is cleared is known to the tier from then on, and newer than
   * those.
   */
  private void change(
      OperatorSubtask<Long> subtask, ListState<Long> list, Random random, int changes, int clears)
      throws Exception {
    for (long change = 0; change < changes; change++) {
      long key = FIRST + random.nextInt(LISTS);
      subtask.backend().setCurrentKey(key);
      if (random.nextInt(changes) < clears) {
        list.clear();
        model.remove(key);
      } else {
        long element = random.nextLong();
        list.add(element);
        model.computeIfAbsent(key, any -> new ArrayList<>()).add(element);
      }
    }
  }

  private Map<Long, List<Long>> copy() {
    Map<Long, List<Long>> copy = new HashMap<>();
    model.forEach((key, elements) -> copy.put(key, List.copyOf(elements)));
    return copy;
  }

  private static void assertIs(OperatorSubtask<Long> subtask, Map<Long, List<Long>> expected)
      throws Exception {
    ListState<Long> list = state(subtask, LIST);
    for (long key = FIRST; key < FIRST + LISTS; key++) {
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
