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

  @TempDir private Path directory;

  static Stream<Arguments> nativeSnapshots() {
    List<SnapshotType> types =
        List.of(
            CheckpointType.CHECKPOINT,
            CheckpointType.FULL_CHECKPOINT,
            SavepointType.savepoint(SavepointFormatType.NATIVE));
    return LayoutProgram.all()
        .flatMap(program -> types.stream().map(type -> Arguments.of(program, type)));
  }

  static Stream<LayoutProgram<?>> programs() {
    return LayoutProgram.all();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("nativeSnapshots")
  <K> void nativeSnapshotsHoldTheSameBytes(LayoutProgram<K> program, SnapshotType type)
      throws Exception {
    DatabaseDump stock = nativeSnapshot(BackendUnderTest.STOCK, program, type);
    DatabaseDump basalt = nativeSnapshot(BackendUnderTest.BASALT, program, type);

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

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  <K> void canonicalSavepointsHoldTheSameBytes(LayoutProgram<K> program) throws Exception {
    List<String> stock = canonicalSavepoint(BackendUnderTest.STOCK, program);
    List<String> basalt = canonicalSavepoint(BackendUnderTest.BASALT, program);

    assertThat(basalt).isEqualTo(stock);
  }

  private <K> DatabaseDump nativeSnapshot(
      BackendUnderTest backend, LayoutProgram<K> program, SnapshotType type) throws Exception {
    KeyedStateHandle handle = snapshot(backend, program, type);
    Path files = Files.createDirectory(directory.resolve("files of " + backend));
    return DatabaseDump.of((IncrementalRemoteKeyedStateHandle) handle, files);
  }

  /** The stream's parts: what stands before the first key group, and each key group. */
  private <K> List<String> canonicalSavepoint(BackendUnderTest backend, LayoutProgram<K> program)
      throws Exception {
    SavepointType type = SavepointType.savepoint(SavepointFormatType.CANONICAL);
    KeyGroupsStateHandle handle = (KeyGroupsStateHandle) snapshot(backend, program, type);
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
      BackendUnderTest backend, LayoutProgram<K> program, SnapshotType type) throws Exception {
    Path local = Files.createDirectory(directory.resolve("local state of " + backend));
    try (KeyedBackendFixture fixture =
        new KeyedBackendFixture(
            backend.load(
                SuiteVariant.configuration(true, PriorityQueueStateType.ROCKSDB, local)))) {
      CheckpointableKeyedStateBackend<K> keyed =
          fixture.create(
              program.keySerializer(),
              program.maxParallelism(),
              KeyGroupRange.of(0, program.maxParallelism() - 1));
      program.write(keyed);
      return fixture.snapshot(keyed, type);
    }
  }
}
