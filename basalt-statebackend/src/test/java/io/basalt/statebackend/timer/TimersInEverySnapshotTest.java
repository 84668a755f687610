package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A real operator with timers, snapshotted in every way and restored, also with the other kind of
 * queue and at another parallelism: each timer fires once.
 */
class TimersInEverySnapshotTest {

  private static final int KEY_GROUPS = 16;
  private static final int TIMERS = 200;

  @TempDir Path temporary;

  static Stream<Arguments> kindsAndSnapshots() {
    List<Arguments> all = new ArrayList<>();
    for (PriorityQueueStateType before : PriorityQueueStateType.values()) {
      for (PriorityQueueStateType after : PriorityQueueStateType.values()) {
        for (boolean incremental : new boolean[] {true, false}) {
          all.add(Arguments.of(before, after, incremental, CheckpointType.CHECKPOINT));
          all.add(Arguments.of(before, after, incremental, CheckpointType.FULL_CHECKPOINT));
        }
        for (SavepointFormatType format : SavepointFormatType.values()) {
          all.add(Arguments.of(before, after, true, SavepointType.savepoint(format)));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0} to {1}, incremental {2}, {3}")
  @MethodSource("kindsAndSnapshots")
  void stockLosesSome(
      PriorityQueueStateType before,
      PriorityQueueStateType after,
      boolean incremental,
      SnapshotType type)
      throws Exception {
    boolean notInTheSnapshot = before == PriorityQueueStateType.HEAP && isNativeSavepoint(type);
    boolean notReadFromIt =
        before == PriorityQueueStateType.ROCKSDB
            && after == PriorityQueueStateType.HEAP
            && !isCanonicalSavepoint(type);

    List<String> fired =
        firedAfterRescaling(stock(before, incremental), stock(after, incremental), type);
    if (notInTheSnapshot || notReadFromIt) {
      assertThat(fired).isEmpty();
    } else {
      assertThat(fired).containsExactlyInAnyOrderElementsOf(expected());
    }
  }

  private static boolean isNativeSavepoint(SnapshotType type) {
    return type.equals(SavepointType.savepoint(SavepointFormatType.NATIVE));
  }

  private static boolean isCanonicalSavepoint(SnapshotType type) {
    return type.equals(SavepointType.savepoint(SavepointFormatType.CANONICAL));
  }

  private static StateBackend stock(PriorityQueueStateType kind, boolean incremental) {
    EmbeddedRocksDBStateBackend stock = new EmbeddedRocksDBStateBackend(incremental);
    stock.setPriorityQueueStateType(kind);
    return stock;
  }

  private List<String> firedAfterRescaling(
      StateBackend before, StateBackend after, SnapshotType type) throws Exception {
    OperatorSubtaskState snapshot = snapshot(before, type);
    List<String> fired = new ArrayList<>();
    for (int subtask = 0; subtask < 2; subtask++) {
      fired.addAll(
          fired(
              after,
              AbstractStreamOperatorTestHarness.repartitionOperatorState(
                  snapshot, KEY_GROUPS, 1, 2, subtask),
              subtask));
    }
    return fired;
  }

  private OperatorSubtaskState snapshot(StateBackend backend, SnapshotType type) throws Exception {
    try (KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String> harness = harness(1, 0)) {
      harness.setStateBackend(backend);
      harness.setCheckpointStorage(new FileSystemCheckpointStorage(temporary.toUri()));
      harness.open();
      for (int i = 0; i < TIMERS; i++) {
        harness.processElement(i, i);
      }
      return harness.snapshotWithLocalState(1, 1, type).getJobManagerOwnedState();
    }
  }

  private List<String> fired(StateBackend backend, OperatorSubtaskState snapshot, int subtask)
      throws Exception {
    try (KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String> harness =
        harness(2, subtask)) {
      harness.setStateBackend(backend);
      harness.setCheckpointStorage(new FileSystemCheckpointStorage(temporary.toUri()));
      harness.initializeState(snapshot);
      harness.open();
      harness.processWatermark(Long.MAX_VALUE);
      harness.setProcessingTime(Long.MAX_VALUE);
      return harness.extractOutputValues();
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String> harness(
      int parallelism, int subtask) throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new Alarm()),
        key -> key,
        Types.INT,
        KEY_GROUPS,
        parallelism,
        subtask);
  }

  private static List<String> expected() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < TIMERS; i++) {
      expected.add("event " + i + " " + i);
      expected.add("processing " + i + " " + i);
    }
    return expected;
  }

  /** Sets an alarm of either kind and says so when it rings. */
  private static final class Alarm extends KeyedProcessFunction<Integer, Integer, String> {

    private transient ValueState<Integer> value;

    @Override
    public void open(OpenContext context) {
      value = getRuntimeContext().getState(new ValueStateDescriptor<>("value", Types.INT));
    }

    @Override
    public void processElement(Integer element, Context context, Collector<String> out)
        throws Exception {
      value.update(element);
      context.timerService().registerEventTimeTimer(1_000 - element);
      context.timerService().registerProcessingTimeTimer(1_000 - element);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<String> out)
        throws Exception {
      String domain =
          switch (context.timeDomain()) {
            case EVENT_TIME -> "event";
            case PROCESSING_TIME -> "processing";
          };
      out.collect(domain + " " + context.getCurrentKey() + " " + value.value());
    }
  }
}
