package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timers for the ends of windows, which each record sets again, beside what the windows have. */
@Timeout(120)
class TimersOfWindowsTest {

  private static final ReducingStateDescriptor<Long> SUM =
      new ReducingStateDescriptor<>("sums", Long::sum, LongSerializer.INSTANCE);

  private static final long SIZE = 50;
  private static final int KEYS = 40;
  private static final int STEPS = 15_000;

  @RegisterExtension final Workspace workspace = new Workspace();

  private record Timer(long time, long key, long window) {

    private static final Comparator<Timer> ORDER =
        Comparator.comparingLong(Timer::time)
            .thenComparingLong(Timer::key)
            .thenComparingLong(Timer::window);

    TimerHeapInternalTimer<Long, TimeWindow> element() {
      return new TimerHeapInternalTimer<>(time, key, TimersOfWindowsTest.window(window));
    }
  }

  /** What is to be there: of both queues. */
  private record Model(TreeSet<Timer> first, TreeSet<Timer> second) {

    Model() {
      this(new TreeSet<>(Timer.ORDER), new TreeSet<>(Timer.ORDER));
    }

    Model copy() {
      return new Model(new TreeSet<>(first), new TreeSet<>(second));
    }
  }

  @Test
  void aTimerThatIsSetAgainIsNotLookedFor() throws Exception {
    CountingSerializer serializer =
        new CountingSerializer(
            new TimerSerializer<>(LongSerializer.INSTANCE, new TimeWindow.Serializer()));
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      InternalReducingState<Long, TimeWindow, Long> sums = sums(subtask);
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, TimeWindow>> queue =
          subtask.backend().create("timers", serializer);
      for (long round = 0; round < 5; round++) {
        for (long key = 0; key < KEYS; key++) {
          add(subtask, sums, key, 0);
          // For the trigger, and to clean up.
          queue.add(atEnd(key, 0).element());
          queue.add(atEnd(key, 0).element());
        }
      }
      assertThat(serializer.written()).isEqualTo(KEYS);
      assertThat(queue.size()).isEqualTo(KEYS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1b", "20kb", "50mb"})
  void theyAreThereUntilTheyFireOrAreTakenOut(String tier) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    Participant basalt =
        Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), tier));
    try {
      Model model = new Model();
      Snapshot<Model> snapshot;
      try (KeyedOperator<Long> operator = start(workspace, basalt)) {
        run(operator, model, 0, random);
        snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, model.copy()));
      }
      try (KeyedOperator<Long> operator = restore(workspace, basalt, snapshot)) {
        run(operator, snapshot.contents().copy(), STEPS, random);
      }
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
  }

  private static void run(KeyedOperator<Long> operator, Model model, int from, Random random)
      throws Exception {
    OperatorSubtask<Long> subtask = operator.subtasks().get(0);
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, TimeWindow>> first =
        queue(subtask, "first");
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, TimeWindow>> second =
        queue(subtask, "second");
    InternalReducingState<Long, TimeWindow, Long> sums = sums(subtask);
    Deque<PendingSnapshot<String>> pending = new ArrayDeque<>();
    for (int step = from; step < from + STEPS; step++) {
      boolean isFirst = random.nextInt(3) > 0;
      var queue = isFirst ? first : second;
      TreeSet<Timer> set = isFirst ? model.first() : model.second();
      long key = random.nextLong(KEYS);
      long window = 10 + step / 100 + random.nextLong(-2, 2);
      Timer timer = atEnd(key, window);
      switch (random.nextInt(8)) {
        case 0 -> {
          // Neither for the end nor to clean up, or late.
          Timer other = new Timer(timer.time() + random.nextLong(-2, 3), key, window);
          queue.add(other.element());
          set.add(other);
        }
        case 1 -> {
          queue.remove(timer.element());
          set.remove(timer);
        }
        case 2 -> {
          at(subtask, sums, key, window);
          sums.clear();
        }
        case 3 -> assertThat(next(queue)).as("step %d", step).isEqualTo(set.pollFirst());
        default -> {
          add(subtask, sums, key, window);
          queue.add(timer.element());
          set.add(timer);
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
    if (from > 0) {
      assertThat(all(first)).isEqualTo(List.copyOf(model.first()));
      assertThat(all(second)).isEqualTo(List.copyOf(model.second()));
    }
  }

  private static List<Timer> all(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, TimeWindow>> queue) {
    List<Timer> all = new ArrayList<>();
    while (!queue.isEmpty()) {
      all.add(next(queue));
    }
    return all;
  }

  private static Timer next(
      KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, TimeWindow>> queue) {
    TimerHeapInternalTimer<Long, TimeWindow> next = queue.poll();
    return next == null
        ? null
        : new Timer(next.getTimestamp(), next.getKey(), next.getNamespace().getStart() / SIZE);
  }

  private static KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, TimeWindow>> queue(
      OperatorSubtask<Long> subtask, String name) {
    return subtask
        .backend()
        .create(name, new TimerSerializer<>(LongSerializer.INSTANCE, new TimeWindow.Serializer()));
  }

  private static Timer atEnd(long key, long window) {
    return new Timer(window(window).maxTimestamp(), key, window);
  }

  private static TimeWindow window(long window) {
    return new TimeWindow(window * SIZE, (window + 1) * SIZE);
  }

  private static void add(
      OperatorSubtask<Long> subtask,
      InternalReducingState<Long, TimeWindow, Long> sums,
      long key,
      long window)
      throws Exception {
    at(subtask, sums, key, window);
    sums.add(1L);
  }

  private static void at(
      OperatorSubtask<Long> subtask,
      InternalReducingState<Long, TimeWindow, Long> sums,
      long key,
      long window) {
    subtask.backend().setCurrentKey(key);
    sums.setCurrentNamespace(window(window));
  }

  // What operators cast the public interface to.
  @SuppressWarnings("unchecked")
  private static InternalReducingState<Long, TimeWindow, Long> sums(OperatorSubtask<Long> subtask)
      throws Exception {
    ReducingState<Long> state =
        subtask.backend().getOrCreateKeyedState(new TimeWindow.Serializer(), SUM);
    return (InternalReducingState<Long, TimeWindow, Long>) state;
  }

  /** Counts what it writes. */
  private static final class CountingSerializer
      extends TypeSerializer<TimerHeapInternalTimer<Long, TimeWindow>> {

    private final TypeSerializer<TimerHeapInternalTimer<Long, TimeWindow>> serializer;
    private final AtomicInteger written;

    CountingSerializer(TypeSerializer<TimerHeapInternalTimer<Long, TimeWindow>> serializer) {
      this(serializer, new AtomicInteger());
    }

    private CountingSerializer(
        TypeSerializer<TimerHeapInternalTimer<Long, TimeWindow>> serializer,
        AtomicInteger written) {
      this.serializer = serializer;
      this.written = written;
    }

    int written() {
      return written.get();
    }

    @Override
    public void serialize(TimerHeapInternalTimer<Long, TimeWindow> timer, DataOutputView target)
        throws IOException {
      written.incrementAndGet();
      serializer.serialize(timer, target);
    }

    @Override
    public TypeSerializer<TimerHeapInternalTimer<Long, TimeWindow>> duplicate() {
      return new CountingSerializer(serializer.duplicate(), written);
    }

    @Override
    public boolean isImmutableType() {
      return serializer.isImmutableType();
    }

    @Override
    public TimerHeapInternalTimer<Long, TimeWindow> createInstance() {
      return serializer.createInstance();
    }

    @Override
    public TimerHeapInternalTimer<Long, TimeWindow> copy(
        TimerHeapInternalTimer<Long, TimeWindow> from) {
      return serializer.copy(from);
    }

    @Override
    public TimerHeapInternalTimer<Long, TimeWindow> copy(
        TimerHeapInternalTimer<Long, TimeWindow> from,
        TimerHeapInternalTimer<Long, TimeWindow> reuse) {
      return serializer.copy(from, reuse);
    }

    @Override
    public int getLength() {
      return serializer.getLength();
    }

    @Override
    public TimerHeapInternalTimer<Long, TimeWindow> deserialize(DataInputView source)
        throws IOException {
      return serializer.deserialize(source);
    }

    @Override
    public TimerHeapInternalTimer<Long, TimeWindow> deserialize(
        TimerHeapInternalTimer<Long, TimeWindow> reuse, DataInputView source) throws IOException {
      return serializer.deserialize(reuse, source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
      serializer.copy(source, target);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof CountingSerializer counting && serializer.equals(counting.serializer);
    }

    @Override
    public int hashCode() {
      return serializer.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<TimerHeapInternalTimer<Long, TimeWindow>>
        snapshotConfiguration() {
      return serializer.snapshotConfiguration();
    }
  }
}
