package io.basalt.statebackend.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same writes leave the same bytes in Basalt's snapshots as in stock's. */
final class StockLayoutTest {

  /** Up to 128 key groups take one byte in front of every key, more take two. */
  private static final List<Integer> MAX_PARALLELISMS = List.of(128, 1000);

  @TempDir private Path directory;

  static Stream<Arguments> nativeSnapshots() {
    List<SnapshotType> types =
        List.of(
            CheckpointType.CHECKPOINT,
            CheckpointType.FULL_CHECKPOINT,
            SavepointType.savepoint(SavepointFormatType.NATIVE));
    return programs()
        .flatMap(program -> types.stream().map(type -> Arguments.of(program[0], program[1], type)));
  }

  static Stream<Arguments> canonicalSavepoints() {
    return programs().map(Arguments::of);
  }

  private static Stream<Object[]> programs() {
    return Stream.of(LayoutProgram.fixedLengthKeys(), LayoutProgram.variableLengthKeys())
        .flatMap(
            program ->
                MAX_PARALLELISMS.stream()
                    .map(maxParallelism -> new Object[] {program, maxParallelism}));
  }

  @ParameterizedTest(name = "{0}, max parallelism {1}, {2}")
  @MethodSource("nativeSnapshots")
  <K> void nativeSnapshotsHoldTheSameBytes(
      LayoutProgram<K> program, int maxParallelism, SnapshotType type) throws Exception {
    DatabaseDump stock = nativeSnapshot(BackendUnderTest.STOCK, program, maxParallelism, type);
    DatabaseDump basalt = nativeSnapshot(BackendUnderTest.BASALT, program, maxParallelism, type);

    assertThat(stock.contents()).hasSizeGreaterThan(20);
    assertThat(basalt.contents().keySet()).isEqualTo(stock.contents().keySet());
    stock
        .contents()
        .forEach(
            (family, entries) ->
                assertThat(basalt.contents().get(family))
                    .as("column family '%s'", family)
                    .isEqualTo(entries));
    assertThat(basalt.options()).isEqualTo(stock.options());
  }

  @ParameterizedTest(name = "{0}, max parallelism {1}")
  @MethodSource("canonicalSavepoints")
  <K> void canonicalSavepointsHoldTheSameBytes(LayoutProgram<K> program, int maxParallelism)
      throws Exception {
    List<String> stock = canonicalSavepoint(BackendUnderTest.STOCK, program, maxParallelism);
    List<String> basalt = canonicalSavepoint(BackendUnderTest.BASALT, program, maxParallelism);

    assertThat(basalt).isEqualTo(stock);
  }

  private <K> DatabaseDump nativeSnapshot(
      BackendUnderTest backend, LayoutProgram<K> program, int maxParallelism, SnapshotType type)
      throws Exception {
    KeyedStateHandle handle = snapshot(backend, program, maxParallelism, type);
    Path files = Files.createDirectory(directory.resolve("files of " + backend));
    return DatabaseDump.of((IncrementalRemoteKeyedStateHandle) handle, files);
  }

  /** The stream's parts: what stands before the first key group, and each key group. */
  private <K> List<String> canonicalSavepoint(
      BackendUnderTest backend, LayoutProgram<K> program, int maxParallelism) throws Exception {
    SavepointType type = SavepointType.savepoint(SavepointFormatType.CANONICAL);
    KeyGroupsStateHandle handle =
        (KeyGroupsStateHandle) snapshot(backend, program, maxParallelism, type);
    byte[] bytes;
    try (InputStream stream = handle.openInputStream()) {
      bytes = stream.readAllBytes();
    }
    TreeMap<Long, Long> starts = new TreeMap<>();
    starts.put(0L, 0L);
    handle.getGroupRangeOffsets().forEach(group -> starts.put(group.f1, group.f1));
    List<String> parts = new ArrayList<>();
    for (long start : starts.keySet()) {
      Long end = starts.higherKey(start);
      parts.add(
          HexFormat.of()
              .formatHex(bytes, (int) start, end == null ? bytes.length : end.intValue()));
    }
    return parts;
  }

  private <K> KeyedStateHandle snapshot(
      BackendUnderTest backend, LayoutProgram<K> program, int maxParallelism, SnapshotType type)
      throws Exception {
    Path local = Files.createDirectory(directory.resolve("local state of " + backend));
    try (KeyedBackendFixture fixture =
        new KeyedBackendFixture(
            backend.load(
                SuiteVariant.configuration(true, PriorityQueueStateType.ROCKSDB, local)))) {
      CheckpointableKeyedStateBackend<K> keyed =
          fixture.create(
              program.keySerializer(), maxParallelism, KeyGroupRange.of(0, maxParallelism - 1));
      program.write(keyed);
      return fixture.snapshot(keyed, type);
    }
  }
}
