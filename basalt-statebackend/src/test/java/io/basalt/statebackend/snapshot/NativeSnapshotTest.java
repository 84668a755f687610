package io.basalt.statebackend.snapshot;

import static io.basalt.statebackend.snapshot.TestBackend.names;
import static io.basalt.statebackend.snapshot.TestBackend.options;
import static io.basalt.statebackend.snapshot.TestBackend.remote;
import static io.basalt.statebackend.snapshot.TestBackend.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.catalog.SnapshotHistory;
import io.basalt.statebackend.harness.ForwardingStreamFactory;
import io.basalt.statebackend.store.NativeCount;
import io.basalt.statebackend.store.Table;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.PlaceholderStreamStateHandle;
import org.apache.flink.runtime.state.SharedStateRegistryImpl;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeSnapshotTest {

  private static final SnapshotType NATIVE_SAVEPOINT =
      SavepointType.savepoint(SavepointFormatType.NATIVE);

  @TempDir Path temporary;
  private TestBackend backend;
  private Table state;
  private Map<NativeCount.Kind, Long> openBefore;

  @BeforeEach
  void open() throws IOException {
    openBefore = NativeCount.open();
    backend = TestBackend.create(temporary);
    state = backend.addState("state");
    backend.put(state, 3, 30, "thirty");
    backend.put(state, 90, 31, "thirty-one");
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(backend.leftOver()).isEmpty();
    assertThat(backend.database.leases()).isZero();
    backend.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void aCheckpointRefersToTheFilesOfACompletedOneAndUploadsTheRest() throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    SharedStateRegistryImpl registry = new SharedStateRegistryImpl();
    IncrementalRemoteKeyedStateHandle first = remote(take(snapshots, 1, CheckpointType.CHECKPOINT));
    first.registerSharedStates(registry, 1);
    assertThat(placeholders(first)).isEmpty();
    assertThat(first.getCheckpointedSize()).isEqualTo(first.getStateSize());
    snapshots.notifyCheckpointComplete(1);

    backend.put(state, 3, 32, "thirty-two");
    IncrementalRemoteKeyedStateHandle second =
        remote(take(snapshots, 2, CheckpointType.CHECKPOINT));
    assertThat(placeholders(second)).isEqualTo(names(first.getSharedState()));
    assertThat(second.getSharedState()).hasSize(first.getSharedState().size() + 1);
    assertThat(second.getCheckpointedSize())
        .isEqualTo(second.getStateSize() - sharedSize(first))
        .isPositive();
    assertThat(second.getBackendIdentifier()).isEqualTo(first.getBackendIdentifier());

    second.registerSharedStates(registry, 2);
    assertThat(backend.contents(second, temporary.resolve("restored")))
        .isEqualTo(backend.contents());
  }

  @Test
  void filesOfUnconfirmedOrAbortedCheckpointsAreUploadedAgain() throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    take(snapshots, 1, CheckpointType.CHECKPOINT);
    assertThat(placeholders(remote(take(snapshots, 2, CheckpointType.CHECKPOINT)))).isEmpty();
    snapshots.notifyCheckpointAborted(1);
    snapshots.notifyCheckpointAborted(2);
    assertThat(placeholders(remote(take(snapshots, 3, CheckpointType.CHECKPOINT)))).isEmpty();
    snapshots.notifyCheckpointComplete(3);
    assertThat(placeholders(remote(take(snapshots, 4, CheckpointType.CHECKPOINT)))).isNotEmpty();
  }

  @Test
  void aFullCheckpointUploadsEverythingForLaterOnesToReferTo() throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    take(snapshots, 1, CheckpointType.CHECKPOINT);
    snapshots.notifyCheckpointComplete(1);
    IncrementalRemoteKeyedStateHandle full =
        remote(take(snapshots, 2, CheckpointType.FULL_CHECKPOINT));
    assertThat(placeholders(full)).isEmpty();
    assertThat(full.getCheckpointedSize()).isEqualTo(full.getStateSize());
    snapshots.notifyCheckpointComplete(2);
    IncrementalRemoteKeyedStateHandle third = remote(take(snapshots, 3, CheckpointType.CHECKPOINT));
    assertThat(placeholders(third)).isEqualTo(names(full.getSharedState()));
    assertThat(third.getSharedState().get(0).getHandle().getStreamStateHandleID())
        .isEqualTo(full.getSharedState().get(0).getHandle().getStreamStateHandleID());
  }

  @Test
  void aSavepointKeepsItsFilesToItselfAndCheckpointsGoOnAsIfItHadNotBeen() throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    IncrementalRemoteKeyedStateHandle first = remote(take(snapshots, 1, CheckpointType.CHECKPOINT));
    snapshots.notifyCheckpointComplete(1);
    IncrementalRemoteKeyedStateHandle savepoint = remote(take(snapshots, 2, NATIVE_SAVEPOINT));
    assertThat(savepoint.getSharedState()).isEmpty();
    assertThat(names(savepoint.getPrivateState())).containsAll(names(first.getSharedState()));
    snapshots.notifyCheckpointComplete(2);
    IncrementalRemoteKeyedStateHandle third = remote(take(snapshots, 3, CheckpointType.CHECKPOINT));
    assertThat(ids(third.getSharedState())).isEqualTo(ids(first.getSharedState()));
    assertThat(backend.contents(savepoint, temporary.resolve("restored")))
        .isEqualTo(backend.contents());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutIncrementalCheckpointsEveryFileIsPrivate(boolean full) throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.incremental(false).snapshots();
    SnapshotType type = full ? CheckpointType.FULL_CHECKPOINT : CheckpointType.CHECKPOINT;
    for (long id = 1; id < 3; id++) {
      IncrementalRemoteKeyedStateHandle handle = remote(take(snapshots, id, type));
      snapshots.notifyCheckpointComplete(id);
      assertThat(handle.getSharedState()).isEmpty();
      assertThat(placeholders(handle)).isEmpty();
      assertThat(backend.contents(handle, temporary.resolve("restored" + id)))
          .isEqualTo(backend.contents());
    }
    try (var shared = Files.list(backend.storage.resolve("shared"))) {
      assertThat(shared).isEmpty();
    }
  }

  @Test
  void aRestoredCheckpointIsReferredToOnlyWhereItsHistoryGoesOn() throws Exception {
    IncrementalRemoteKeyedStateHandle first =
        remote(take(backend.snapshots(), 1, CheckpointType.CHECKPOINT));
    SnapshotHistory goesOn = SnapshotHistory.of(first);
    IncrementalRemoteKeyedStateHandle continued =
        remote(take(backend.history(goesOn).snapshots(), 2, CheckpointType.CHECKPOINT));
    assertThat(continued.getBackendIdentifier()).isEqualTo(first.getBackendIdentifier());
    assertThat(placeholders(continued)).isEqualTo(names(first.getSharedState()));

    // The same local names, but nothing says that they mean the same files.
    IncrementalRemoteKeyedStateHandle begun =
        remote(
            take(
                backend.history(SnapshotHistory.begin()).snapshots(),
                2,
                CheckpointType.CHECKPOINT));
    assertThat(begun.getBackendIdentifier()).isNotEqualTo(first.getBackendIdentifier());
    assertThat(placeholders(begun)).isEmpty();
  }

  @Test
  void changesAfterTheSynchronousPartAreNotInTheSnapshot() throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    Map<String, Map<String, String>> before = backend.contents();
    var future = snapshots.snapshot(1, 0, backend.files(), options(CheckpointType.CHECKPOINT));
    backend.put(state, 3, 30, "changed");
    backend.put(state, 3, 33, "new");
    IncrementalRemoteKeyedStateHandle handle = remote(run(future));
    assertThat(backend.contents(handle, temporary.resolve("restored"))).isEqualTo(before);
  }

  @Test
  void theMetaDataNamesKeySerializerAndStatesInOrder() throws Exception {
    backend.addState("another");
    IncrementalRemoteKeyedStateHandle handle =
        remote(take(backend.snapshots(), 1, CheckpointType.CHECKPOINT));
    assertThat(describedStates(handle)).containsExactly("state", "another");
    assertThat(names(handle.getPrivateState())).contains("CURRENT");
  }

  @Test
  void aStateThatIsRegisteredAfterTheSynchronousPartIsNotInTheMetaData() throws Exception {
    var future =
        backend.snapshots().snapshot(1, 0, backend.files(), options(CheckpointType.CHECKPOINT));
    backend.addState("later");
    assertThat(describedStates(remote(run(future)))).containsExactly("state");
  }

  @Test
  void withoutStatesThereIsNoSnapshot() throws Exception {
    TestBackend empty = TestBackend.create(temporary.resolve("empty"));
    for (SnapshotType type :
        List.of(
            CheckpointType.CHECKPOINT,
            CheckpointType.FULL_CHECKPOINT,
            NATIVE_SAVEPOINT,
            SavepointType.savepoint(SavepointFormatType.CANONICAL))) {
      SnapshotResult<KeyedStateHandle> result =
          run(empty.snapshots().snapshot(1, 0, empty.files(), options(type)));
      assertThat(result).isSameAs(SnapshotResult.empty());
    }
    assertThat(empty.leftOver()).isEmpty();
    assertThat(empty.database.leases()).isZero();
    empty.close();
  }

  @Test
  void theStorageIsAskedBeforeAndToldAfterAFileIsReferredTo() throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    IncrementalRemoteKeyedStateHandle first = remote(take(snapshots, 1, CheckpointType.CHECKPOINT));
    snapshots.notifyCheckpointComplete(1);
    AskedStorage willing = new AskedStorage(backend.files(), true);
    run(snapshots.snapshot(2, 0, willing, options(CheckpointType.CHECKPOINT)));
    assertThat(willing.reused)
        .containsExactlyInAnyOrderElementsOf(
            first.getSharedState().stream().map(HandleAndLocalPath::getHandle).toList());
    snapshots.notifyCheckpointAborted(2);

    AskedStorage unwilling = new AskedStorage(backend.files(), false);
    IncrementalRemoteKeyedStateHandle third =
        remote(run(snapshots.snapshot(3, 0, unwilling, options(CheckpointType.CHECKPOINT))));
    assertThat(placeholders(third)).isEmpty();
    assertThat(unwilling.reused).isEmpty();
  }

  @Test
  void filesThatTravelInsideTheirHandlesAreReferredToWithoutTheirContent() throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    SharedStateRegistryImpl registry = new SharedStateRegistryImpl();
    CheckpointStreamFactory memory = new MemCheckpointStreamFactory(1 << 20);
    IncrementalRemoteKeyedStateHandle first =
        remote(run(snapshots.snapshot(1, 0, memory, options(CheckpointType.CHECKPOINT))));
    first.registerSharedStates(registry, 1);
    assertThat(first.getSharedState().get(0).getHandle()).isInstanceOf(ByteStreamStateHandle.class);
    snapshots.notifyCheckpointComplete(1);
    for (long id = 2; id < 4; id++) {
      IncrementalRemoteKeyedStateHandle next =
          remote(run(snapshots.snapshot(id, 0, memory, options(CheckpointType.CHECKPOINT))));
      snapshots.notifyCheckpointComplete(id);
      assertThat(placeholders(next)).isEqualTo(names(first.getSharedState()));
      next.registerSharedStates(registry, id);
      registry.unregisterUnusedState(id);
      assertThat(backend.contents(next, temporary.resolve("restored" + id)))
          .isEqualTo(backend.contents());
    }
  }

  @Test
  void aSnapshotThatCannotBeWrittenLocallyFailsAndLeavesThingsAsTheyWere() throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    IncrementalRemoteKeyedStateHandle first = remote(take(snapshots, 1, CheckpointType.CHECKPOINT));
    snapshots.notifyCheckpointComplete(1);
    Files.delete(backend.temporaryBase);
    assertThatThrownBy(
            () ->
                snapshots.snapshot(2, 0, backend.files(), options(CheckpointType.FULL_CHECKPOINT)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(backend.temporaryBase.toString());
    Files.createDirectory(backend.temporaryBase);
    assertThat(placeholders(remote(take(snapshots, 3, CheckpointType.CHECKPOINT))))
        .isEqualTo(names(first.getSharedState()));
  }

  private SnapshotResult<KeyedStateHandle> take(
      KeyedStateSnapshots<Integer> snapshots, long checkpointId, SnapshotType type)
      throws Exception {
    return run(snapshots.snapshot(checkpointId, 0, backend.files(), options(type)));
  }

  /** The states that the meta data names, in order. */
  private static List<String> describedStates(IncrementalRemoteKeyedStateHandle handle)
      throws IOException {
    KeyedBackendSerializationProxy<Integer> proxy =
        new KeyedBackendSerializationProxy<>(NativeSnapshotTest.class.getClassLoader());
    try (InputStream input = handle.getMetaDataStateHandle().openInputStream()) {
      proxy.read(new DataInputViewStreamWrapper(input));
    }
    return proxy.getStateMetaInfoSnapshots().stream().map(StateMetaInfoSnapshot::getName).toList();
  }

  private static List<String> placeholders(IncrementalRemoteKeyedStateHandle handle) {
    return names(
        handle.getSharedState().stream()
            .filter(file -> file.getHandle() instanceof PlaceholderStreamStateHandle)
            .toList());
  }

  private static List<String> ids(List<HandleAndLocalPath> files) {
    return files.stream()
        .map(file -> file.getHandle().getStreamStateHandleID().getKeyString())
        .sorted()
        .toList();
  }

  private static long sharedSize(IncrementalRemoteKeyedStateHandle handle) {
    return handle.getSharedState().stream()
        .map(HandleAndLocalPath::getHandle)
        .mapToLong(StateObject::getStateSize)
        .sum();
  }

  /** Checkpoint storage that has a say in what is referred to, as file merging has. */
  private static final class AskedStorage extends ForwardingStreamFactory {

    private final boolean willing;
    private List<StreamStateHandle> reused = List.of();

    AskedStorage(CheckpointStreamFactory storage, boolean willing) {
      super(storage);
      this.willing = willing;
    }

    @Override
    public boolean couldReuseStateHandle(StreamStateHandle handle) {
      return willing;
    }

    @Override
    public void reusePreviousStateHandle(Collection<? extends StreamStateHandle> handles) {
      reused = List.copyOf(handles);
    }
  }
}
