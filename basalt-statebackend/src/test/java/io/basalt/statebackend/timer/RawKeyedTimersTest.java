package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which snapshots Flink is asked to write the timers into itself. */
class RawKeyedTimersTest {

  @TempDir Path temporary;

  static Stream<SnapshotType> withAStreamOfTheirOwn() {
    return savepoints(SavepointFormatType.CANONICAL);
  }

  static Stream<SnapshotType> ofFilesOnly() {
    return Stream.concat(
        Stream.of(CheckpointType.CHECKPOINT, CheckpointType.FULL_CHECKPOINT),
        savepoints(SavepointFormatType.NATIVE));
  }

  @ParameterizedTest
  @MethodSource("ofFilesOnly")
  void heapTimersOfASnapshotOfFilesAreRaw(SnapshotType type) throws IOException {
    assertThat(isRaw(PriorityQueueStateType.HEAP, type)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("withAStreamOfTheirOwn")
  void heapTimersOfACanonicalSavepointAreInItsStream(SnapshotType type) throws IOException {
    assertThat(isRaw(PriorityQueueStateType.HEAP, type)).isFalse();
  }

  @ParameterizedTest
  @MethodSource({"withAStreamOfTheirOwn", "ofFilesOnly"})
  void timersInTablesAreNeverRaw(SnapshotType type) throws IOException {
    assertThat(isRaw(PriorityQueueStateType.ROCKSDB, type)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void everyFormatOfSavepointsIsKnown(SavepointFormatType format) {
    // A third one would need a third answer.
    assertThat(format).isIn(SavepointFormatType.CANONICAL, SavepointFormatType.NATIVE);
  }

  private boolean isRaw(PriorityQueueStateType kind, SnapshotType type) throws IOException {
    try (TimerDatabase timers = TimerDatabase.open(temporary)) {
      return timers.queues(kind, new KeyGroupRange(0, 0), 1).requiresRawKeyedState(type);
    }
  }

  private static Stream<SnapshotType> savepoints(SavepointFormatType format) {
    return Stream.of(
        SavepointType.savepoint(format),
        SavepointType.terminate(format),
        SavepointType.suspend(format));
  }
}
