package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.catalog.SnapshotHistory;
import io.basalt.statebackend.restore.PeerJob.TaskSnapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.RegisteredPriorityQueueStateBackendMetaInfo;
import org.apache.flink.runtime.state.changelog.SequenceNumber;
import org.apache.flink.runtime.state.changelog.inmemory.InMemoryChangelogStateHandle;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyedStateRestoreTest {

  private static final long SEED = System.nanoTime();
  private static final int KEY_GROUPS = 128;
  private static final KeyGroupRange ALL = KeyGroupRange.of(0, KEY_GROUPS - 1);

  @TempDir Path temporary;

  @Test
  void withoutHandlesThereIsAnEmptyDatabaseAndANewHistory() throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);

    RestoredState restored = task.restore(ALL, List.of());

    assertThat(restored.database().tables()).isEmpty();
    assertThat(restored.catalog().all()).isEmpty();
    assertThat(task.metrics()).isEmpty();
    assertNewHistory(restored);
    task.assertOnlyTheDatabaseIsLeft(restored);
  }

  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void statesComeInTheOrderOfTheSnapshotAndAsWhatTheyWere(SnapshotKind kind) throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);

    RestoredState restored = task.restore(ALL, handles(kind, 1));

    assertThat(restored.catalog().all().stream().map(RegisteredState::name))
        .containsExactlyInAnyOrder("timers", "value", "list", "map", "only of task 0");
    if (kind == SnapshotKind.STOCK_INCREMENTAL_CHECKPOINT) {
      assertThat(restored.catalog().all().stream().map(RegisteredState::name))
          .containsExactly("timers", "value", "list", "map", "only of task 0");
    }
    for (RegisteredState state : restored.catalog().all()) {
      assertThat(state.metaInfo())
          .isInstanceOf(
              state.name().equals("timers")
                  ? RegisteredPriorityQueueStateBackendMetaInfo.class
                  : RegisteredKeyValueStateBackendMetaInfo.class);
    }
    task.assertOnlyTheDatabaseIsLeft(restored);
  }

  @Test
  void anIncrementalCheckpointIsContinuedOrBranchedOff() throws Exception {
    IncrementalRemoteKeyedStateHandle incremental =
        (IncrementalRemoteKeyedStateHandle)
            handles(SnapshotKind.STOCK_INCREMENTAL_CHECKPOINT, 1).get(0);
    RestoringTask same = new RestoringTask(temporary.resolve("same"), KEY_GROUPS);
    RestoredState restored = same.restore(ALL, List.of(incremental));
    assertThat(restored.history().backendIdentifier())
        .isEqualTo(incremental.getBackendIdentifier());
    assertThat(restored.history().lastCompletedCheckpoint()).isEqualTo(2);
    assertThat(restored.history().sharedFiles()).containsOnlyKeys(2L);
    assertThat(restored.history().sharedFiles().get(2L))
        .isNotEmpty()
        .containsExactlyElementsOf(incremental.getSharedState());
    same.assertOnlyTheDatabaseIsLeft(restored);

    RestoringTask half = new RestoringTask(temporary.resolve("half"), KEY_GROUPS);
    restored = half.restore(KeyGroupRange.of(0, 63), List.of(incremental));
    assertThat(restored.history().backendIdentifier())
        .as("another half may do the same")
        .isNotEqualTo(incremental.getBackendIdentifier());
    assertThat(restored.history().lastCompletedCheckpoint()).isEqualTo(2);
    assertThat(restored.history().sharedFiles().get(2L))
        .isNotEmpty()
        .containsExactlyElementsOf(incremental.getSharedState());
    half.assertOnlyTheDatabaseIsLeft(restored);
  }

  @ParameterizedTest
  @EnumSource(
      value = SnapshotKind.class,
      names = {"STOCK_FULL_CHECKPOINT", "STOCK_NATIVE_SAVEPOINT", "STOCK_CANONICAL_SAVEPOINT"})
  void everyOtherSnapshotBeginsANewHistory(SnapshotKind kind) throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);

    RestoredState restored = task.restore(ALL, handles(kind, 1));

    assertNewHistory(restored);
    task.assertOnlyTheDatabaseIsLeft(restored);
  }

  @Test
  void differentKindsOfHandlesCanBeMixed() throws Exception {
    RestoringTask task = new RestoringTask(temporary.resolve("task"), KEY_GROUPS);
    List<TaskSnapshot> files = job("files", SnapshotKind.STOCK_INCREMENTAL_CHECKPOINT).run(2);
    List<TaskSnapshot> canonical = job("heap", SnapshotKind.HEAP_CANONICAL_SAVEPOINT).run(2);
    List<KeyedStateHandle> handles = new ArrayList<>();
    handles.add(canonical.get(1).snapshot().getJobManagerOwnedSnapshot());
    handles.add(null);
    handles.add(files.get(0).snapshot().getJobManagerOwnedSnapshot());

    RestoredState restored = task.restore(ALL, handles);

    assertThat(Contents.of(restored))
        .as("seed %s", SEED)
        .isEqualTo(
            Contents.ofCanonical(
                List.of(files.get(0).reference(), canonical.get(1).reference()), ALL));
    task.assertOnlyTheDatabaseIsLeft(restored);
  }

  /** Each is a request to the storage, and there may be hundreds. */
  @Test
  @Timeout(60)
  void theHeadsOfAllHandlesAreReadAtOnce() throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    CountDownLatch missing = new CountDownLatch(3);
    List<KeyedStateHandle> handles = new ArrayList<>();
    for (KeyedStateHandle handle : handles(SnapshotKind.STOCK_INCREMENTAL_CHECKPOINT, 3)) {
      IncrementalRemoteKeyedStateHandle whole = (IncrementalRemoteKeyedStateHandle) handle;
      handles.add(
          new IncrementalRemoteKeyedStateHandle(
              whole.getBackendIdentifier(),
              whole.getKeyGroupRange(),
              whole.getCheckpointId(),
              whole.getSharedState(),
              whole.getPrivateState(),
              new MeetingFile(whole.getMetaDataStateHandle(), missing)));
    }

    RestoredState restored = task.restore(ALL, handles);

    assertThat(restored.catalog().all()).hasSize(7);
    task.assertOnlyTheDatabaseIsLeft(restored);
  }

  @Test
  void durationsAreReportedUnderStocksNames() throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    RestoredState restored = task.restore(ALL, handles(SnapshotKind.STOCK_FULL_CHECKPOINT, 2));

    assertThat(task.metrics())
        .containsOnlyKeys("DownloadStateDurationMs", "RestoreStateDurationMs")
        .allSatisfy((name, duration) -> assertThat(duration).isNotNegative());
    task.assertOnlyTheDatabaseIsLeft(restored);
  }

  @ParameterizedTest
  @EnumSource(
      value = SnapshotKind.class,
      names = {"STOCK_CANONICAL_SAVEPOINT", "STOCK_INCREMENTAL_CHECKPOINT"})
  @SuppressWarnings({"unchecked", "rawtypes"}) // the wrong type is the point
  void anotherTypeOfKeyIsRefused(SnapshotKind kind) throws Exception {
    RestoringTask task =
        new RestoringTask(temporary, KEY_GROUPS)
            .withKeySerializer((TypeSerializer) StringSerializer.INSTANCE);
    List<KeyedStateHandle> handles = handles(kind, 1);

    assertThatThrownBy(() -> task.restore(ALL, handles))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("StringSerializer")
        .hasMessageContaining("IntSerializer")
        .hasMessageContaining("Keys cannot be migrated");
    task.assertNothingIsLeft();
  }

  @Test
  void anUnknownHandleIsNamed() throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    KeyedStateHandle unknown =
        new InMemoryChangelogStateHandle(
            List.of(), SequenceNumber.of(0), SequenceNumber.of(0), ALL);

    assertThatThrownBy(() -> task.restore(ALL, List.of(unknown)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(InMemoryChangelogStateHandle.class.getName())
        .hasMessageContaining("take a canonical savepoint");
    task.assertNothingIsLeft();
  }

  private PeerJob job(String directory, SnapshotKind kind) {
    return new PeerJob(temporary.resolve(directory), kind, KEY_GROUPS, false, SEED);
  }

  private List<KeyedStateHandle> handles(SnapshotKind kind, int parallelism) throws Exception {
    return job("peer", kind).run(parallelism).stream()
        .map(snapshot -> snapshot.snapshot().getJobManagerOwnedSnapshot())
        .toList();
  }

  private static void assertNewHistory(RestoredState restored) {
    assertThat(restored.history().lastCompletedCheckpoint())
        .isEqualTo(SnapshotHistory.NO_CHECKPOINT);
    assertThat(restored.history().sharedFiles()).isEmpty();
  }
}
