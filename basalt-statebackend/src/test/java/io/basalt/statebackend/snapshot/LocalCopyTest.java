package io.basalt.statebackend.snapshot;

import static io.basalt.statebackend.snapshot.TestBackend.options;
import static io.basalt.statebackend.snapshot.TestBackend.remote;
import static io.basalt.statebackend.snapshot.TestBackend.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.NativeCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.LocalSnapshotDirectoryProviderImpl;
import org.apache.flink.runtime.state.PlaceholderStreamStateHandle;
import org.apache.flink.runtime.state.SharedStateRegistryImpl;
import org.apache.flink.runtime.state.SnapshotResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The copy that a snapshot leaves on the local disk for local recovery. */
class LocalCopyTest {

  @TempDir Path temporary;
  private Path localCopies;
  private TestBackend backend;
  private Map<NativeCount.Kind, Long> openBefore;

  @BeforeEach
  void open() throws IOException {
    openBefore = NativeCount.open();
    localCopies = temporary.resolve("local");
    backend =
        TestBackend.create(temporary)
            .localRecovery(
                LocalRecoveryConfig.backupAndRecoveryEnabled(
                    new LocalSnapshotDirectoryProviderImpl(
                        localCopies.toFile(), new JobID(), new JobVertexID(), 0)));
    backend.put(backend.addState("state"), 3, 30, "thirty");
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
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
