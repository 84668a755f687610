package io.basalt.statebackend.exchange;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;

/** A keyed operator that sets one timer of each kind for every key it meets. */
final class TimerOperator implements AutoCloseable {

  private static final int KEYS = 20;

  private static final int MAX_PARALLELISM = 128;

  private static final int PARALLELISM_AFTER_RESTORE = 2;

  private final Workspace workspace;
  private final KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String> harness;

  TimerOperator(Participant participant, Workspace workspace) throws Exception {
    this.workspace = workspace;
    harness = harness(participant, 1, 0);
    harness.open();
  }

  void setTimers() throws Exception {
    for (int key = 0; key < KEYS; key++) {
      harness.processElement(key, 0);
    }
  }

  static List<String> everyTimer() {
    return IntStream.range(0, KEYS)
        .boxed()
        .flatMap(key -> Stream.of("EVENT_TIME " + key, "PROCESSING_TIME " + key))
        .toList();
  }

  /** What fires where the reader goes on from a snapshot, at twice the parallelism. */
  List<String> snapshotAndFire(SnapshotType type, Participant reader) throws Exception {
    OperatorSubtaskState state =
        harness.snapshotWithLocalState(1, 1, type).getJobManagerOwnedState();
    List<String> fired = new ArrayList<>();
    for (int subtask = 0; subtask < PARALLELISM_AFTER_RESTORE; subtask++) {
      try (var restored = harness(reader, PARALLELISM_AFTER_RESTORE, subtask)) {
        restored.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                state, MAX_PARALLELISM, 1, PARALLELISM_AFTER_RESTORE, subtask));
        restored.open();
        restored.processWatermark(Long.MAX_VALUE);
        restored.setProcessingTime(Long.MAX_VALUE);
        fired.addAll(restored.extractOutputValues());
      }
    }
    return fired;
  }

  private KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String> harness(
      Participant participant, int parallelism, int subtask) throws Exception {
    KeySelector<Integer, Integer> itself = value -> value;
    KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String> created =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new TimerOfEachKind()),
            itself,
            Types.INT,
            MAX_PARALLELISM,
            parallelism,
            subtask);
    Path directory = workspace.localDirectory(participant);
    created.setStateBackend(Participant.load(participant.configuration(directory)));
    created.setCheckpointStorage(new FileSystemCheckpointStorage(workspace.directory().toUri(), 0));
    created.setup();
    return created;
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }

  private static final class TimerOfEachKind
      extends KeyedProcessFunction<Integer, Integer, String> {
    @Override
    public void processElement(Integer key, Context context, Collector<String> output) {
      context.timerService().registerEventTimeTimer(1_000L + key);
      context.timerService().registerProcessingTimeTimer(1_000L + key);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<String> output) {
      output.collect(context.timeDomain() + " " + context.getCurrentKey());
    }
  }
}
