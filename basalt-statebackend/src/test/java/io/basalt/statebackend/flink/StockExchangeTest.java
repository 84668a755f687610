package io.basalt.statebackend.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every snapshot of Basalt restores on stock and every snapshot of stock on Basalt, at the same and
 * at another parallelism, with every entry of every state in its place.
 */
final class StockExchangeTest {

  private static final SnapshotType CANONICAL =
      SavepointType.savepoint(SavepointFormatType.CANONICAL);

  private static final List<SnapshotType> NATIVE =
      List.of(
          CheckpointType.CHECKPOINT,
          CheckpointType.FULL_CHECKPOINT,
          SavepointType.savepoint(SavepointFormatType.NATIVE));

  /** Who takes which snapshot with how many subtasks, and who restores it with how many. */
  record Exchange(
      BackendUnderTest writer,
      int subtasks,
      SnapshotType snapshot,
      BackendUnderTest reader,
      int newSubtasks,
      LayoutProgram<?> program) {

    @Override
    public String toString() {
      return "%s with %d, %s, to %s with %d, %s"
          .formatted(writer, subtasks, snapshot.getName(), reader, newSubtasks, program);
    }
  }

  @TempDir private Path directory;

  static Stream<Exchange> exchanges() {
    return Stream.of(
            exchanges(BackendUnderTest.STOCK, NATIVE, BackendUnderTest.BASALT),
            exchanges(BackendUnderTest.BASALT, NATIVE, BackendUnderTest.STOCK),
            exchanges(BackendUnderTest.BASALT, NATIVE, BackendUnderTest.BASALT),
            exchanges(BackendUnderTest.STOCK, List.of(CANONICAL), BackendUnderTest.BASALT),
            exchanges(BackendUnderTest.BASALT, List.of(CANONICAL), BackendUnderTest.STOCK),
            exchanges(BackendUnderTest.BASALT, List.of(CANONICAL), BackendUnderTest.BASALT),
            exchanges(BackendUnderTest.HASHMAP, List.of(CANONICAL), BackendUnderTest.BASALT),
            exchanges(BackendUnderTest.BASALT, List.of(CANONICAL), BackendUnderTest.HASHMAP))
        .flatMap(exchanges -> exchanges);
  }

  private static Stream<Exchange> exchanges(
      BackendUnderTest writer, List<SnapshotType> snapshots, BackendUnderTest reader) {
    return snapshots.stream()
        .flatMap(
            snapshot ->
                Stream.of(
                        LayoutProgram.fixedLengthKeys(128), LayoutProgram.variableLengthKeys(1000))
                    .flatMap(
                        program ->
                            Stream.of(
                                new Exchange(writer, 1, snapshot, reader, 1, program),
                                new Exchange(writer, 2, snapshot, reader, 3, program),
                                new Exchange(writer, 3, snapshot, reader, 1, program))));
  }

  @ParameterizedTest
  @MethodSource("exchanges")
  void everyEntryArrives(Exchange exchange) throws Exception {
    exchange(exchange, exchange.program);
  }

  private <K> void exchange(Exchange exchange, LayoutProgram<K> program) throws Exception {
    List<KeyedStateHandle> reference =
        write(BackendUnderTest.STOCK, exchange.subtasks, CANONICAL, program);
    List<KeyedStateHandle> written =
        write(exchange.writer, exchange.subtasks, exchange.snapshot, program);
    List<KeyedStateHandle> readAgain = new ArrayList<>();
    for (KeyGroupRange range : ranges(exchange.newSubtasks, program)) {
      try (KeyedBackendFixture fixture = fixture(exchange.reader)) {
        List<KeyedStateHandle> share =
            written.stream()
                .filter(
                    handle ->
                        handle.getKeyGroupRange().getIntersection(range).getNumberOfKeyGroups() > 0)
                .map(handle -> handle.getIntersection(range))
                .toList();
        CheckpointableKeyedStateBackend<K> backend =
            fixture.restore(program.keySerializer(), program.maxParallelism(), range, share);
        readAgain.add(fixture.snapshot(backend, CANONICAL));
      }
    }

    assertThat(dump(readAgain, program)).isEqualTo(dump(reference, program));
  }

  private <K> List<KeyedStateHandle> write(
      BackendUnderTest writer, int subtasks, SnapshotType snapshot, LayoutProgram<K> program)
      throws Exception {
    List<KeyedStateHandle> handles = new ArrayList<>();
    for (KeyGroupRange range : ranges(subtasks, program)) {
      try (KeyedBackendFixture fixture = fixture(writer)) {
        CheckpointableKeyedStateBackend<K> backend =
            fixture.create(program.keySerializer(), program.maxParallelism(), range);
        program.write(backend);
        handles.add(fixture.snapshot(backend, snapshot));
      }
    }
    return handles;
  }

  private KeyedBackendFixture fixture(BackendUnderTest backend) throws Exception {
    Path local = Files.createTempDirectory(directory, "local");
    return new KeyedBackendFixture(
        backend.load(SuiteVariant.configuration(true, PriorityQueueStateType.ROCKSDB, local)));
  }

  private static List<KeyGroupRange> ranges(int subtasks, LayoutProgram<?> program) {
    List<KeyGroupRange> ranges = new ArrayList<>();
    for (int subtask = 0; subtask < subtasks; subtask++) {
      ranges.add(
          KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
              program.maxParallelism(), subtasks, subtask));
    }
    return ranges;
  }

  private static <K> SavepointDump dump(List<KeyedStateHandle> handles, LayoutProgram<K> program)
      throws Exception {
    return SavepointDump.of(
        handles, KeyGroupRange.of(0, program.maxParallelism() - 1), program.keySerializer());
  }
}
