package io.basalt.statebackend.snapshot;

import static io.basalt.statebackend.snapshot.TestBackend.options;
import static io.basalt.statebackend.snapshot.TestBackend.remote;
import static io.basalt.statebackend.snapshot.TestBackend.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.basalt.statebackend.harness.ForwardingStream;
import io.basalt.statebackend.harness.ForwardingStreamFactory;
import io.basalt.statebackend.store.NativeCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.TaskStateSnapshot;
import org.apache.flink.runtime.clusterframework.types.AllocationID;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.LocalSnapshotDirectoryProviderImpl;
import org.apache.flink.runtime.state.PlaceholderStreamStateHandle;
import org.apache.flink.runtime.state.SharedStateRegistryImpl;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.TaskLocalStateStoreImpl;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The copy that a snapshot leaves on the local disk for local recovery. */
class LocalCopyTest {

  @TempDir Path temporary;
  private Path localCopies;
  private Path otherVolume;
  private TestBackend backend;
  private Map<NativeCount.Kind, Long> openBefore;

  @BeforeEach
  void open() throws IOException {
    openBefore = NativeCount.open();
    backend = TestBackend.create(temporary);
    keepLocalCopies(temporary.resolve("local"));
    backend.put(backend.addState("state"), 3, 30, "thirty");
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    if (otherVolume != null) {
      FileUtils.deleteDirectory(otherVolume.toFile());
    }
    assertThat(backend.leftOver()).isEmpty();
    backend.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void aCheckpointLeavesACopyThatKnowsWhatWasUploaded() throws Exception {
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    SnapshotResult<KeyedStateHandle> first =
        run(snapshots.snapshot(1, 0, backend.files(), options(CheckpointType.CHECKPOINT)));
    IncrementalLocalKeyedStateHandle local = local(first);
    assertThat(local.getBackendIdentifier()).isEqualTo(remote(first).getBackendIdentifier());
    assertThat(local.getSharedStateHandles()).isEqualTo(remote(first).getSharedState());
    assertThat(backend.contents(copy(local))).isEqualTo(backend.contents());
    try (var input = local.getMetaDataStateHandle().openInputStream();
        var remoteInput = remote(first).getMetaDataStateHandle().openInputStream()) {
      assertThat(input.readAllBytes()).isEqualTo(remoteInput.readAllBytes());
    }

    snapshots.notifyCheckpointComplete(1);
    SharedStateRegistryImpl registry = new SharedStateRegistryImpl();
    remote(first).registerSharedStates(registry, 1);
    SnapshotResult<KeyedStateHandle> second =
        run(snapshots.snapshot(2, 0, backend.files(), options(CheckpointType.CHECKPOINT)));
    // What the JobManager puts into its handle is not ours.
    remote(second).registerSharedStates(registry, 2);
    assertThat(local(second).getSharedStateHandles())
        .allMatch(file -> file.getHandle() instanceof PlaceholderStreamStateHandle);
    first.discardState();
    second.discardState();
    assertThat(filesOfLocalCopies()).isEmpty();
  }

  @Test
  void aSavepointLeavesNone() throws Exception {
    SnapshotResult<KeyedStateHandle> result =
        run(
            backend
                .snapshots()
                .snapshot(
                    1,
                    0,
                    backend.files(),
                    options(SavepointType.savepoint(SavepointFormatType.NATIVE))));
    assertThat(result.getTaskLocalSnapshot()).isNull();
    assertThat(filesOfLocalCopies()).isEmpty();
  }

  @Test
  void aCancelledCheckpointLeavesNone() throws Exception {
    var snapshot =
        backend.snapshots().snapshot(1, 0, backend.files(), options(CheckpointType.CHECKPOINT));
    assertThat(filesOfLocalCopies()).isNotEmpty();
    snapshot.cancel(true);
    assertThat(filesOfLocalCopies()).isEmpty();
  }

  @Test
  void aCheckpointSucceedsWithoutACopyWhereTheCopyFails() throws Exception {
    Files.delete(localCopies);
    Files.writeString(localCopies, "in the way");
    SnapshotResult<KeyedStateHandle> result =
        run(
            backend
                .snapshots()
                .snapshot(1, 0, backend.files(), options(CheckpointType.CHECKPOINT)));
    assertThat(result.getTaskLocalSnapshot()).isNull();
    assertThat(backend.contents(remote(result), temporary.resolve("restored")))
        .isEqualTo(backend.contents());
  }

  /** By the store that a TaskManager keeps: what is aborted or older than the last confirmed. */
  @Test
  void flinkPrunesThem() throws Exception {
    TaskLocalStateStoreImpl store =
        new TaskLocalStateStoreImpl(
            new JobID(),
            new AllocationID(),
            new JobVertexID(),
            0,
            backend.localRecovery(),
            Runnable::run);
    KeyedStateSnapshots<Integer> snapshots = backend.snapshots();
    Map<Long, IncrementalLocalKeyedStateHandle> copies = new TreeMap<>();
    for (long id = 1; id <= 4; id++) {
      SnapshotResult<KeyedStateHandle> taken =
          run(snapshots.snapshot(id, 0, backend.files(), options(CheckpointType.CHECKPOINT)));
      copies.put(id, local(taken));
      TaskStateSnapshot state = new TaskStateSnapshot();
      state.putSubtaskStateByOperatorID(
          new OperatorID(1, 2),
          OperatorSubtaskState.builder().setManagedKeyedState(local(taken)).build());
      store.storeLocalState(id, state);
    }

    store.confirmCheckpoint(2);
    assertKept(copies, 2L, 3L, 4L);
    store.abortCheckpoint(3);
    assertKept(copies, 2L, 4L);
    store.confirmCheckpoint(4);
    assertKept(copies, 4L);
    store.dispose().get();
    assertThat(filesOfLocalCopies()).isEmpty();
  }

  private void assertKept(Map<Long, IncrementalLocalKeyedStateHandle> copies, Long... kept)
      throws IOException {
    for (Map.Entry<Long, IncrementalLocalKeyedStateHandle> copy : copies.entrySet()) {
      Path directory = copy.getValue().getDirectoryStateHandle().getDirectory();
      if (List.of(kept).contains(copy.getKey())) {
        assertThat(directory).isNotEmptyDirectory();
      } else {
        assertThat(directory).doesNotExist();
      }
    }
    assertThat(filesOfLocalCopies())
        .as("nothing of the others, their meta data included")
        .allMatch(
            file -> List.of(kept).stream().anyMatch(id -> file.toString().contains("chk_" + id)));
  }

  @Test
  void onAnotherVolumeTheFilesAreCopiedWhileTheTaskGoesOn() throws Exception {
    onAnotherVolume();
    var snapshot =
        backend.snapshots().snapshot(1, 0, backend.files(), options(CheckpointType.CHECKPOINT));
    assertThat(filesOfLocalCopies()).as("the synchronous part").isEmpty();

    SnapshotResult<KeyedStateHandle> result = run(snapshot);

    assertThat(backend.contents(copy(local(result)))).isEqualTo(backend.contents());
    assertThat(local(result).getDirectoryStateHandle().getStateSize()).isPositive();
    result.discardState();
    assertThat(filesOfLocalCopies()).isEmpty();
  }

  @Test
  void aCopyToAnotherVolumeThatFailsLeavesNothingAndTheCheckpointSucceeds() throws Exception {
    onAnotherVolume();
    var snapshot =
        backend
            .snapshots()
            .snapshot(1, 0, losingWhatWasUploaded(), options(CheckpointType.CHECKPOINT));

    SnapshotResult<KeyedStateHandle> result = run(snapshot);

    assertThat(result.getTaskLocalSnapshot()).isNull();
    assertThat(filesOfLocalCopies()).as("the meta data's copy, too").isEmpty();
    assertThat(backend.contents(remote(result), temporary.resolve("restored")))
        .isEqualTo(backend.contents());
  }

  /** As soon as everything is uploaded, the files that would be copied are gone. */
  private CheckpointStreamFactory losingWhatWasUploaded() {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    return new ForwardingStreamFactory(backend.files()) {
      @Override
      public CheckpointStateOutputStream createCheckpointStateOutputStream(
          CheckpointedStateScope scope) throws IOException {
        opened.incrementAndGet();
        open.incrementAndGet();
        return new ForwardingStream(super.createCheckpointStateOutputStream(scope)) {
          @Override
          public StreamStateHandle closeAndGetHandle() throws IOException {
            StreamStateHandle handle = super.closeAndGetHandle();
            Path linked = backend.leftOver().get(0);
            int files = linked.toFile().list().length;
            if (open.decrementAndGet() == 0 && opened.get() == files + 1) {
              FileUtils.deleteDirectory(linked.toFile());
            }
            return handle;
          }
        };
      }
    };
  }

  @Test
  void aCancelledCopyToAnotherVolumeLeavesNothing() throws Exception {
    onAnotherVolume();
    var snapshot =
        backend.snapshots().snapshot(1, 0, backend.files(), options(CheckpointType.CHECKPOINT));
    snapshot.cancel(true);
    assertThat(filesOfLocalCopies()).isEmpty();
  }

  private void onAnotherVolume() throws IOException {
    Path memory = Path.of("/dev/shm");
    assumeThat(Files.isWritable(memory)).isTrue();
    assumeThat(Files.getFileStore(memory)).isNotEqualTo(Files.getFileStore(temporary));
    otherVolume = Files.createTempDirectory(memory, "basalt");
    keepLocalCopies(otherVolume.resolve("local"));
  }

  private void keepLocalCopies(Path directory) {
    localCopies = directory;
    backend.localRecovery(
        LocalRecoveryConfig.backupAndRecoveryEnabled(
            new LocalSnapshotDirectoryProviderImpl(
                localCopies.toFile(), new JobID(), new JobVertexID(), 0)));
  }

  private static IncrementalLocalKeyedStateHandle local(SnapshotResult<KeyedStateHandle> result) {
    return (IncrementalLocalKeyedStateHandle) result.getTaskLocalSnapshot();
  }

  /** A database writes into the directory that it opens, and the local copy must stay as it is. */
  private Path copy(IncrementalLocalKeyedStateHandle local) throws IOException {
    Path target = Files.createDirectory(temporary.resolve("copied"));
    try (Stream<Path> files = Files.list(local.getDirectoryStateHandle().getDirectory())) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
    return target;
  }

  private List<Path> filesOfLocalCopies() throws IOException {
    try (Stream<Path> walk = Files.walk(localCopies)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }
}
