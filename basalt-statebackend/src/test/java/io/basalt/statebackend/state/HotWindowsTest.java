package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
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
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums of windows, which come one after the other and go again. */
@Timeout(120)
class HotWindowsTest {

  private static final ReducingStateDescriptor<Long> SUM =
      new ReducingStateDescriptor<>("sums", Long::sum, LongSerializer.INSTANCE);

  private static final int KEYS = 100;

  @RegisterExtension final Workspace workspace = new Workspace();

  private record Place(long key, long window) {}

  @Test
  void thoseThatComeAndGoBetweenTwoBarriersLeaveNothingBehind() throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      Figures figures = subtask.task().figures();
      InternalReducingState<Long, TimeWindow, Long> sums = sums(subtask);
      for (long window = 0; window < 20; window++) {
        for (long key = 0; key < KEYS; key++) {
          at(subtask, sums, new Place(key, window));
          sums.add(key);
        }
        if (window != 10) {
          clear(subtask, sums, window);
        } else {
          assertThat(figures.sum(HotMetrics.ENTRIES)).isEqualTo(KEYS);
          // From now on it may be in the table, as those before it.
          operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "window"));
          assertThat(figures.sum(HotMetrics.EPOCH_ENTRIES)).isEqualTo(KEYS);
        }
      }
      assertThat(figures.sum(HotMetrics.ENTRIES)).isEqualTo(KEYS);
      assertThat(figures.sum(HotMetrics.CHANGED)).isZero();

      clear(subtask, sums, 10);
      assertThat(figures.sum(HotMetrics.CHANGED)).isEqualTo(KEYS);
      assertThat(figures.sum(HotMetrics.EVICTIONS)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1b", "20kb", "50mb"})
  void theyAreThereUntilTheyGoWhateverIsWrittenMeanwhile(String tier) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    Participant basalt =
        Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), tier));
    try {
      Map<Place, Long> model = new HashMap<>();
      Snapshot<Map<Place, Long>> snapshot;
      try (KeyedOperator<Long> operator = start(workspace, basalt)) {
        run(operator, model, 0, random);
        snapshot =
            operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, new HashMap<>(model)));
      }
      try (KeyedOperator<Long> operator = restore(workspace, basalt, snapshot)) {
        run(operator, new HashMap<>(snapshot.contents()), 15_000, random);
      }
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
  }

  private static void run(
      KeyedOperator<Long> operator, Map<Place, Long> model, int from, Random random)
      throws Exception {
    OperatorSubtask<Long> subtask = operator.subtasks().get(0);
    InternalReducingState<Long, TimeWindow, Long> sums = sums(subtask);
    Deque<PendingSnapshot<String>> pending = new ArrayDeque<>();
    for (int step = from; step < from + 15_000; step++) {
      // A few of them are late, or early.
      long window = step / 500 + random.nextLong(-4, 3);
      Place place = new Place(random.nextLong(KEYS), window);
      at(subtask, sums, place);
      switch (random.nextInt(4)) {
        case 0 -> assertThat(sums.get()).as("%s", place).isEqualTo(model.get(place));
        case 1 -> {
          sums.clear();
          model.remove(place);
        }
        default -> {
          sums.add((long) step);
          model.merge(place, (long) step, Long::sum);
        }
      }
      if (random.nextInt(200) == 0 && pending.size() < 3) {
        pending.add(operator.trigger(SnapshotKind.CHECKPOINT, "step " + step));
      }
      if (random.nextInt(300) == 0 && !pending.isEmpty()) {
        operator.complete(pending.remove());
      }
    }
    for (PendingSnapshot<String> one : pending) {
      operator.complete(one);
    }
    for (Map.Entry<Place, Long> entry : model.entrySet()) {
      at(subtask, sums, entry.getKey());
      assertThat(sums.get()).as("%s", entry.getKey()).isEqualTo(entry.getValue());
    }
  }

  private static void clear(
      OperatorSubtask<Long> subtask,
      InternalReducingState<Long, TimeWindow, Long> sums,
      long window)
      throws Exception {
    for (long key = 0; key < KEYS; key++) {
      at(subtask, sums, new Place(key, window));
      assertThat(sums.get()).isEqualTo(key);
      sums.clear();
      assertThat(sums.get()).isNull();
    }
  }

  private static void at(
      OperatorSubtask<Long> subtask,
      InternalReducingState<Long, TimeWindow, Long> sums,
      Place place) {
    subtask.backend().setCurrentKey(place.key());
    sums.setCurrentNamespace(new TimeWindow(place.window() * 10, place.window() * 10 + 50));
  }

  // What operators cast the public interface to.
  @SuppressWarnings("unchecked")
  private static InternalReducingState<Long, TimeWindow, Long> sums(OperatorSubtask<Long> subtask)
      throws Exception {
    ReducingState<Long> state =
        subtask.backend().getOrCreateKeyedState(new TimeWindow.Serializer(), SUM);
    return (InternalReducingState<Long, TimeWindow, Long>) state;
  }
}
