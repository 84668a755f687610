package io.basalt.statebackend.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No kind of snapshot loses a timer: an operator sets timers, is snapshotted, comes back from the
 * snapshot at the same or another parallelism, and every timer goes off once.
 */
final class TimersAcrossSnapshotsTest {

  private static final int MAX_PARALLELISM = 16;
  private static final int KEYS = 30;

  private static final List<SnapshotType> SNAPSHOTS =
      List.of(
          CheckpointType.CHECKPOINT,
          CheckpointType.FULL_CHECKPOINT,
          SavepointType.savepoint(SavepointFormatType.NATIVE),
          SavepointType.savepoint(SavepointFormatType.CANONICAL));

  /** A backend, where it keeps timers, and the number of subtasks. */
  record Side(BackendUnderTest backend, PriorityQueueStateType timers, int parallelism) {

    @Override
    public String toString() {
      return "%s, timers %s, parallelism %d".formatted(backend, timers, parallelism);
    }
  }

  /** A snapshot taken on one side and restored on the other. */
  record Passage(Side before, SnapshotType snapshot, Side after) {

    @Override
    public String toString() {
      return "%s -> %s -> %s".formatted(before, snapshot, after);
    }

    /** Whether stock can be trusted with its part: it loses timers in two of these cases. */
    boolean losesTimersOnStock() {
      boolean canonical =
          snapshot instanceof SavepointType savepoint
              && savepoint.getFormatType() == SavepointFormatType.CANONICAL;
      // Stock writes no timers of the heap into a native savepoint.
      boolean neverWritten =
          before.timers == PriorityQueueStateType.HEAP && snapshot.isSavepoint() && !canonical;
      // Stock's queues on the heap start empty over timers that lie in a column family.
      boolean neverRead =
          before.timers == PriorityQueueStateType.ROCKSDB
              && after.timers == PriorityQueueStateType.HEAP
              && !canonical;
      return (before.backend == BackendUnderTest.STOCK && neverWritten)
          || (after.backend == BackendUnderTest.STOCK && neverRead);
    }
  }

  @TempDir private Path localDirectory;

  static Stream<Passage> withinBasalt() {
    BackendUnderTest basalt = BackendUnderTest.BASALT;
    return Stream.of(
            passages(basalt, 1, basalt, 1),
            passages(basalt, 1, basalt, 3),
            passages(basalt, 2, basalt, 1))
        .flatMap(passages -> passages);
  }

  static Stream<Passage> fromAndToStock() {
    return Stream.concat(
            passages(BackendUnderTest.STOCK, 2, BackendUnderTest.BASALT, 3),
            passages(BackendUnderTest.BASALT, 2, BackendUnderTest.STOCK, 3))
        .filter(passage -> !passage.losesTimersOnStock());
  }

  static Stream<Passage> lostWithinStock() {
    return passages(BackendUnderTest.STOCK, 1, BackendUnderTest.STOCK, 1)
        .filter(Passage::losesTimersOnStock);
  }

  private static Stream<Passage> passages(
      BackendUnderTest before, int parallelism, BackendUnderTest after, int newParallelism) {
    return Stream.of(PriorityQueueStateType.values())
        .flatMap(
            timers ->
                Stream.of(PriorityQueueStateType.values())
                    .flatMap(
                        newTimers ->
                            SNAPSHOTS.stream()
                                .map(
                                    snapshot ->
                                        new Passage(
                                            new Side(before, timers, parallelism),
                                            snapshot,
                                            new Side(after, newTimers, newParallelism)))));
  }

  @ParameterizedTest
  @MethodSource("withinBasalt")
  void everyTimerGoesOff(Passage passage) throws Exception {
    assertThat(alarmsAfter(passage)).containsExactlyInAnyOrderElementsOf(allAlarms());
  }

  @ParameterizedTest
  @MethodSource("fromAndToStock")
  void everyTimerThatStockKeepsGoesOff(Passage passage) throws Exception {
    assertThat(alarmsAfter(passage)).containsExactlyInAnyOrderElementsOf(allAlarms());
  }

  /** Holds the documentation to what stock does: it would be good news if this failed. */
  @ParameterizedTest
  @MethodSource("lostWithinStock")
  void stockLosesTimers(Passage passage) throws Exception {
    assertThat(alarmsAfter(passage)).isEmpty();
  }

  private List<String> alarmsAfter(Passage passage) throws Exception {
    OperatorSubtaskState snapshot = snapshot(passage.before, passage.snapshot);
    List<String> alarms = new ArrayList<>();
    for (int subtask = 0; subtask < passage.after.parallelism; subtask++) {
      OperatorSubtaskState share =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              snapshot,
              MAX_PARALLELISM,
              passage.before.parallelism,
              passage.after.parallelism,
              subtask);
      try (var harness = harness(passage.after, subtask)) {
        harness.initializeState(share);
        harness.open();
        harness.processWatermark(KEYS);
        harness.setProcessingTime(KEYS);
        alarms.addAll(harness.extractOutputValues());
      }
    }
    return alarms;
  }

  private OperatorSubtaskState snapshot(Side side, SnapshotType type) throws Exception {
    List<OperatorSubtaskState> parts = new ArrayList<>();
    for (int subtask = 0; subtask < side.parallelism; subtask++) {
      try (var harness = harness(side, subtask)) {
        harness.open();
        for (int key = 0; key < KEYS; key++) {
          if (subtask
              == KeyGroupRangeAssignment.assignKeyToParallelOperator(
                  key, MAX_PARALLELISM, side.parallelism)) {
            harness.processElement(key, key);
          }
        }
        parts.add(harness.snapshotWithLocalState(1L, 1L, type).getJobManagerOwnedState());
      }
    }
    return AbstractStreamOperatorTestHarness.repackageState(
        parts.toArray(OperatorSubtaskState[]::new));
  }

  private KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String> harness(
      Side side, int subtask) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new AlarmFunction()),
            number -> number,
            Types.INT,
            MAX_PARALLELISM,
            side.parallelism,
            subtask);
    harness.setStateBackend(
        side.backend.load(SuiteVariant.configuration(true, side.timers, localDirectory)));
    harness.setCheckpointStorage(new JobManagerCheckpointStorage());
    return harness;
  }

  private static List<String> allAlarms() {
    return IntStream.range(0, KEYS)
        .boxed()
        .flatMap(
            key ->
                Stream.of(TimeDomain.values())
                    .map(domain -> AlarmFunction.alarm(key, domain.name(), key, key * 10L)))
        .toList();
  }
}
