package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.exchange.CopyingFileSystem.Behaviour;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.SnapshotPlace;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.PathsCopyingFileSystem.CopyRequest;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.filesystem.FsCheckpointStreamFactory;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Checkpoint storage that copies files by itself ({@code PathsCopyingFileSystem}; in Flink's own
 * file systems: S3 with {@code s3.s5cmd.path}).
 */
class CopyingStorageTest {

  private static final SnapshotPlace PLACE = new SnapshotPlace(CopyingFileSystem::address, 0);

  private static final int MAX_PARALLELISM = 4;
  private static final int KEYS = 40;
  private static final int VALUE_BYTES = 64 * 1024;
  private static final List<String> STATES = List.of("one", "two", "three");

  @RegisterExtension final Workspace workspace = new Workspace();

  private final CopyingFileSystem fileSystem = CopyingFileSystem.instance();

  private final Map<String, byte[]> contents = new HashMap<>();

  @AfterEach
  void behave() {
    fileSystem.behave(Behaviour.COPIES);
  }

  @Test
  void aNativeSavepointIsFilledWithCopiesOfUploadedFiles() throws Exception {
    Snapshot<String> savepoint;
    try (KeyedOperator<Integer> job = start(BASALT)) {
      fill(job);
      take(job, SnapshotKind.CHECKPOINT);
      fileSystem.behave(Behaviour.COPIES);
      savepoint = take(job, SnapshotKind.NATIVE_SAVEPOINT);
      assertThat(fileSystem.copied()).as("one file is uploaded").hasSize(STATES.size() - 1);
    }
    // Whatever becomes of the checkpoint, and wherever the savepoint is moved to.
    Path moved = workspace.directory().resolve("moved");
    Files.move(Path.of(new org.apache.flink.core.fs.Path(savepoint.pointer()).getPath()), moved);
    for (Participant participant : List.of(BASALT, STOCK)) {
      try (KeyedOperator<Integer> job = restore(participant, savepoint.at(moved))) {
        verify(job);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Behaviour.class, mode = Mode.EXCLUDE, names = "COPIES")
  void whatWasNotCopiedIsUploaded(Behaviour behaviour) throws Exception {
    try (KeyedOperator<Integer> job = start(BASALT)) {
      fill(job);
      take(job, SnapshotKind.CHECKPOINT);
      fileSystem.behave(behaviour);
      Snapshot<String> savepoint = take(job, SnapshotKind.NATIVE_SAVEPOINT);
      assertThat(fileSystem.copied()).hasSize(STATES.size() - 1);
      assertThat(workspace.filesOfNoSnapshot()).isEmpty();
      fileSystem.behave(Behaviour.COPIES);
      try (KeyedOperator<Integer> restored = restore(BASALT, savepoint)) {
        verify(restored);
      }
    }
  }

  /** Two tasks may have been restored from one file, and a savepoint has one place for its copy. */
  @Test
  void filesThatOthersMayHaveUploadedAreNotCopied() throws Exception {
    try (KeyedOperator<Integer> job = start(BASALT)) {
      fill(job);
      Snapshot<String> checkpoint = take(job, SnapshotKind.CHECKPOINT);
      try (KeyedOperator<Integer> restored = restore(BASALT, checkpoint)) {
        take(restored, SnapshotKind.CHECKPOINT);
        fileSystem.behave(Behaviour.COPIES);
        take(restored, SnapshotKind.NATIVE_SAVEPOINT);
        assertThat(fileSystem.copied()).isEmpty();
      }
    }
  }

  @Test
  void filesAreDownloadedByCopies() throws Exception {
    try (KeyedOperator<Integer> job = start(BASALT)) {
      fill(job);
      Snapshot<String> checkpoint = take(job, SnapshotKind.CHECKPOINT);
      for (Participant participant : List.of(BASALT, STOCK)) {
        fileSystem.behave(Behaviour.COPIES);
        try (KeyedOperator<Integer> restored = restore(participant, checkpoint)) {
          verify(restored);
        }
        assertThat(fileSystem.copied().stream().map(CopyRequest::getSource))
            .as("copied for %s", participant)
            .containsExactlyInAnyOrderElementsOf(paths(checkpoint));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Behaviour.class, mode = Mode.EXCLUDE, names = "COPIES")
  void aDownloadThatDoesNotComeWholeFailsTheRestoreNamingFiles(Behaviour behaviour)
      throws Exception {
    try (KeyedOperator<Integer> job = start(BASALT)) {
      fill(job);
      Snapshot<String> checkpoint = take(job, SnapshotKind.CHECKPOINT);
      fileSystem.behave(behaviour);
      assertThatThrownBy(() -> restore(BASALT, checkpoint))
          .rootCause()
          .satisfiesAnyOf(
              failure -> assertThat(failure).hasMessageContaining("no copies today"),
              failure -> assertThat(failure).hasMessageContaining("one copy a day"),
              failure ->
                  assertThat(failure)
                      .hasMessageContaining("The length of file")
                      .hasMessageContaining("restore from another checkpoint"));
    }
  }

  /**
   * Why a checkpoint's files are never copied into the directory that checkpoints share: the copy
   * for a checkpoint that fails and the copy for the next one are one file, and the JobManager
   * deletes the first one's when it likes.
   */
  @Test
  void flinkGivesEveryCopyTheNameOfItsSource() throws Exception {
    org.apache.flink.core.fs.Path exclusive = CopyingFileSystem.address(workspace.directory());
    org.apache.flink.core.fs.Path shared = CopyingFileSystem.address(workspace.directory());
    Path file = Files.write(workspace.directory().resolve("file"), new byte[] {1, 2, 3});
    StreamStateHandle source = new FileStateHandle(CopyingFileSystem.address(file), 3);
    CheckpointStreamFactory storage =
        new FsCheckpointStreamFactory(fileSystem, exclusive, shared, 0, 1024);
    assertThat(storage.canFastDuplicate(source, CheckpointedStateScope.SHARED)).isTrue();
    StreamStateHandle first =
        storage.duplicate(List.of(source), CheckpointedStateScope.SHARED).get(0);
    StreamStateHandle second =
        storage.duplicate(List.of(source), CheckpointedStateScope.SHARED).get(0);
    first.discardState();
    assertThatThrownBy(second::openInputStream).isInstanceOf(java.io.FileNotFoundException.class);
  }

  private KeyedOperator<Integer> start(Participant participant) throws Exception {
    return KeyedOperator.start(
        workspace,
        participant,
        IntSerializer.INSTANCE,
        TtlTimeProvider.DEFAULT,
        1,
        MAX_PARALLELISM,
        PLACE);
  }

  private KeyedOperator<Integer> restore(Participant participant, Snapshot<String> snapshot)
      throws Exception {
    return KeyedOperator.restore(
        workspace,
        participant,
        IntSerializer.INSTANCE,
        TtlTimeProvider.DEFAULT,
        snapshot,
        1,
        RecoveryClaimMode.NO_CLAIM);
  }

  private static Snapshot<String> take(KeyedOperator<Integer> job, SnapshotKind kind)
      throws Exception {
    return job.complete(job.trigger(kind, ""));
  }

  /** A file of some megabytes for each state. */
  private void fill(KeyedOperator<Integer> job) throws Exception {
    Random random = new Random(workspace.seed());
    for (OperatorSubtask<Integer> subtask : job.subtasks()) {
      for (String name : STATES) {
        ValueState<byte[]> state = state(subtask.backend(), name);
        for (int key = 0; key < KEYS; key++) {
          byte[] value = new byte[VALUE_BYTES];
          random.nextBytes(value);
          subtask.backend().setCurrentKey(key);
          state.update(value);
          contents.put(name + key, value);
        }
      }
    }
  }

  private void verify(KeyedOperator<Integer> job) throws Exception {
    for (OperatorSubtask<Integer> subtask : job.subtasks()) {
      for (String name : STATES) {
        ValueState<byte[]> state = state(subtask.backend(), name);
        for (int key = 0; key < KEYS; key++) {
          subtask.backend().setCurrentKey(key);
          assertThat(state.value()).isEqualTo(contents.get(name + key));
        }
      }
    }
  }

  private static ValueState<byte[]> state(
      CheckpointableKeyedStateBackend<Integer> backend, String name) throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        new ValueStateDescriptor<>(name, BytePrimitiveArraySerializer.INSTANCE));
  }

  private static List<org.apache.flink.core.fs.Path> paths(Snapshot<String> snapshot) {
    return snapshot.handles().stream()
        .map(IncrementalRemoteKeyedStateHandle.class::cast)
        .flatMap(
            handle ->
                java.util.stream.Stream.concat(
                    handle.getSharedState().stream(), handle.getPrivateState().stream()))
        .flatMap(file -> file.getHandle().maybeGetPath().stream())
        .toList();
  }
}
