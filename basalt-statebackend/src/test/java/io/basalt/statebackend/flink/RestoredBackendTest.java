package io.basalt.statebackend.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.NativeCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.metrics.MetricNames;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.LocalSnapshotDirectoryProviderImpl;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a task sees of a restore besides the state: metrics, and the choice among copies. */
final class RestoredBackendTest {

  private static final int KEY_GROUPS = 8;
  private static final int KEYS = 100;
  private static final String DOWNLOADED = MetricNames.DOWNLOAD_STATE_DURATION;
  private static final KeyGroupRange ALL = KeyGroupRange.of(0, KEY_GROUPS - 1);
  private static final KeyGroupRange LOWER = KeyGroupRange.of(0, 3);
  private static final KeyGroupRange UPPER = KeyGroupRange.of(4, KEY_GROUPS - 1);

  @TempDir private Path directory;

  static List<SnapshotType> snapshotsOfFiles() {
    return List.of(
        CheckpointType.CHECKPOINT,
        CheckpointType.FULL_CHECKPOINT,
        SavepointType.savepoint(SavepointFormatType.NATIVE));
  }

  /** The web UI and the checkpoint statistics show these under their names. */
  @ParameterizedTest
  @MethodSource("snapshotsOfFiles")
  void durationsAreReportedUnderTheNamesThatStockReportsThem(SnapshotType type) throws Exception {
    assertThat(reported(BackendUnderTest.BASALT, type, List.of(ALL), ALL))
        .as("same key groups")
        .isEqualTo(reported(BackendUnderTest.STOCK, type, List.of(ALL), ALL));
    assertThat(reported(BackendUnderTest.BASALT, type, List.of(ALL), UPPER))
        .as("part of the key groups")
        .isEqualTo(reported(BackendUnderTest.STOCK, type, List.of(ALL), UPPER));
    assertThat(reported(BackendUnderTest.BASALT, type, List.of(LOWER, UPPER), ALL))
        .as("key groups of two")
        .isEqualTo(reported(BackendUnderTest.STOCK, type, List.of(LOWER, UPPER), ALL));
  }

  @Test
  void ofACanonicalSavepointStockReportsNothingAndWeHowLongItTook() throws Exception {
    SnapshotType canonical = SavepointType.savepoint(SavepointFormatType.CANONICAL);

    assertThat(reported(BackendUnderTest.STOCK, canonical, List.of(ALL), ALL)).isEmpty();
    assertThat(reported(BackendUnderTest.BASALT, canonical, List.of(ALL), ALL))
        .containsExactly(MetricNames.RESTORE_STATE_DURATION);
  }

  @Test
  void withoutStateNothingIsReported() throws Exception {
    assertThat(reported(BackendUnderTest.BASALT, CheckpointType.CHECKPOINT, List.of(), ALL))
        .isEqualTo(reported(BackendUnderTest.STOCK, CheckpointType.CHECKPOINT, List.of(), ALL))
        .isEmpty();
  }

  @Test
  void theLocalCopyIsPreferred() throws Exception {
    SnapshotResult<KeyedStateHandle> snapshot = checkpointWithLocalCopy();

    assertThat(restoreFirstCopy(snapshot)).doesNotContain(DOWNLOADED);
  }

  @Test
  void whereTheLocalCopyIsBadTheRemoteOneIsRestored() throws Exception {
    SnapshotResult<KeyedStateHandle> snapshot = checkpointWithLocalCopy();
    Path copy =
        ((IncrementalLocalKeyedStateHandle) snapshot.getTaskLocalSnapshot())
            .getDirectoryStateHandle()
            .getDirectory();
    for (Path file : filesBelow(copy)) {
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, new byte[whole.length / 2]);
      assertThat(restoreFirstCopy(snapshot)).as("half of %s", file).contains(DOWNLOADED);
      Files.delete(file);
      assertThat(restoreFirstCopy(snapshot)).as("no %s", file).contains(DOWNLOADED);
      Files.write(file, whole);
    }
    FileUtils.deleteDirectory(copy.toFile());
    assertThat(restoreFirstCopy(snapshot)).as("nothing").contains(DOWNLOADED);
  }

  /** Restores from one of both copies, checks that nothing is left of it, and gives the metrics. */
  private Set<String> restoreFirstCopy(SnapshotResult<KeyedStateHandle> snapshot) throws Exception {
    Map<NativeCount.Kind, Long> openBefore = NativeCount.open();
    Path local = Files.createTempDirectory(directory, "restored");
    Set<String> reported;
    try (KeyedBackendFixture fixture =
        new KeyedBackendFixture(load(BackendUnderTest.BASALT, local))) {
      CheckpointableKeyedStateBackend<Integer> backend =
          fixture.restoreFirst(
              IntSerializer.INSTANCE,
              KEY_GROUPS,
              ALL,
              List.of(
                  List.of(snapshot.getTaskLocalSnapshot()),
                  List.of(snapshot.getJobManagerOwnedSnapshot())));
      assertHoldsAll(backend, ALL);
      reported = new TreeSet<>(fixture.initializationMetrics().keySet());
    }
    assertThat(filesBelow(local)).isEmpty();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
    return reported;
  }

  private SnapshotResult<KeyedStateHandle> checkpointWithLocalCopy() throws Exception {
    LocalRecoveryConfig localRecovery =
        LocalRecoveryConfig.backupAndRecoveryEnabled(
            new LocalSnapshotDirectoryProviderImpl(
                directory.resolve("copies").toFile(), new JobID(), new JobVertexID(), 0));
    Path local = Files.createTempDirectory(directory, "local");
    try (KeyedBackendFixture fixture =
        new KeyedBackendFixture(load(BackendUnderTest.BASALT, local), localRecovery)) {
      CheckpointableKeyedStateBackend<Integer> backend =
          fixture.create(IntSerializer.INSTANCE, KEY_GROUPS, ALL);
      fill(backend, ALL);
      return fixture.snapshotAndLocalCopy(backend, CheckpointType.CHECKPOINT);
    }
  }

  /** The names of what a backend reports when it restores key groups from snapshots of some. */
  private Set<String> reported(
      BackendUnderTest backend, SnapshotType type, List<KeyGroupRange> before, KeyGroupRange after)
      throws Exception {
    Path local = Files.createTempDirectory(directory, "local");
    try (KeyedBackendFixture fixture = new KeyedBackendFixture(load(backend, local))) {
      List<KeyedStateHandle> handles = new ArrayList<>();
      for (KeyGroupRange range : before) {
        CheckpointableKeyedStateBackend<Integer> writer =
            fixture.create(IntSerializer.INSTANCE, KEY_GROUPS, range);
        fill(writer, range);
        handles.add(fixture.snapshot(writer, type));
      }
      CheckpointableKeyedStateBackend<Integer> restored =
          fixture.restore(IntSerializer.INSTANCE, KEY_GROUPS, after, handles);
      if (!handles.isEmpty()) {
        assertHoldsAll(restored, after);
      }
      return new TreeSet<>(fixture.initializationMetrics().keySet());
    }
  }

  private static StateBackend load(BackendUnderTest backend, Path localDirectory) {
    return backend.load(
        SuiteVariant.configuration(true, PriorityQueueStateType.ROCKSDB, localDirectory));
  }

  private static void fill(CheckpointableKeyedStateBackend<Integer> backend, KeyGroupRange range)
      throws Exception {
    ValueState<String> state = state(backend);
    for (int key = 0; key < KEYS; key++) {
      if (range.contains(KeyGroupRangeAssignment.assignToKeyGroup(key, KEY_GROUPS))) {
        backend.setCurrentKey(key);
        state.update("value " + key);
      }
    }
  }

  private static void assertHoldsAll(
      CheckpointableKeyedStateBackend<Integer> backend, KeyGroupRange range) throws Exception {
    ValueState<String> state = state(backend);
    for (int key = 0; key < KEYS; key++) {
      if (range.contains(KeyGroupRangeAssignment.assignToKeyGroup(key, KEY_GROUPS))) {
        backend.setCurrentKey(key);
        assertThat(state.value()).isEqualTo("value " + key);
      }
    }
  }

  private static ValueState<String> state(CheckpointableKeyedStateBackend<Integer> backend)
      throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        new ValueStateDescriptor<>("state", StringSerializer.INSTANCE));
  }

  private static List<Path> filesBelow(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
