package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.restore.PeerJob.TaskSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The copy of a checkpoint on the task's own machine, taken by stock. */
class LocalRecoveryTest {

  private static final long SEED = System.nanoTime();
  private static final int KEY_GROUPS = 128;

  @TempDir Path temporary;
  private TaskSnapshot snapshot;
  private IncrementalLocalKeyedStateHandle local;
  private RestoringTask task;

  @BeforeEach
  void takeAnIncrementalCheckpoint() throws Exception {
    take(SnapshotKind.STOCK_INCREMENTAL_CHECKPOINT);
  }

  private void take(SnapshotKind kind) throws Exception {
    snapshot = new PeerJob(temporary, kind, KEY_GROUPS, true, SEED).run(1).get(0);
    local = (IncrementalLocalKeyedStateHandle) snapshot.snapshot().getTaskLocalSnapshot();
    task = new RestoringTask(temporary, KEY_GROUPS);
  }

  @ParameterizedTest
  @EnumSource(
      value = SnapshotKind.class,
      names = {"STOCK_INCREMENTAL_CHECKPOINT", "STOCK_FULL_CHECKPOINT"})
  void isLinkedAndLeftAsItIs(SnapshotKind kind) throws Exception {
    FileUtils.cleanDirectory(temporary.toFile());
    take(kind);
    Path directory = local.getDirectoryStateHandle().getDirectory();
    List<String> before = listing(directory);

    RestoredState restored = task.restore(snapshot.range(), List.of(local));

    assertThat(Contents.of(restored))
        .as("seed %s", SEED)
        .isEqualTo(Contents.ofCanonical(List.of(snapshot.reference()), snapshot.range()));
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.filter(file -> file.toString().endsWith(".sst")))
          .isNotEmpty()
          .allMatch(file -> isSame(file, restored.database().directory()));
    }
    assertThat(task.metrics()).containsOnlyKeys("RestoreStateDurationMs");
    restored.database().tables().forEach(table -> table.put(new byte[] {1}, new byte[] {1}));
    task.assertOnlyTheDatabaseIsLeft(restored);
    assertThat(listing(directory)).as("the local copy").isEqualTo(before);
  }

  @Test
  void continuesTheHistoryOfTheRemoteFiles() throws Exception {
    RestoredState restored = task.restore(snapshot.range(), List.of(local));

    assertThat(restored.history().backendIdentifier()).isEqualTo(local.getBackendIdentifier());
    assertThat(restored.history().lastCompletedCheckpoint()).isEqualTo(2);
    assertThat(restored.history().sharedFiles().get(2L))
        .isNotEmpty()
        .containsExactlyElementsOf(local.getSharedStateHandles());
    task.assertOnlyTheDatabaseIsLeft(restored);
  }

  @Test
  void whatIsDamagedIsNamedAndTheRemoteCopyCanFollow() throws Exception {
    Path directory = local.getDirectoryStateHandle().getDirectory();
    List<Path> files;
    try (Stream<Path> listed = Files.list(directory)) {
      files = listed.toList();
    }
    for (Path file : files) {
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, new byte[whole.length / 2]);
      assertRefused(directory);
      Files.delete(file);
      assertRefused(directory);
      Files.write(file, whole);
    }
    FileUtils.deleteDirectory(directory.toFile());
    assertRefused(directory);

    KeyedStateHandle remote = snapshot.snapshot().getJobManagerOwnedSnapshot();
    task.assertOnlyTheDatabaseIsLeft(task.restore(snapshot.range(), List.of(remote)));
  }

  private void assertRefused(Path directory) {
    assertThatThrownBy(() -> task.restore(snapshot.range(), List.of(local)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("The local copy of checkpoint 2")
        .hasMessageContaining(directory.toString());
    task.assertNothingIsLeft();
  }

  private static boolean isSame(Path file, Path database) {
    try {
      return Files.isSameFile(file, database.resolve(file.getFileName()));
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> listing(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName() + " " + file.toFile().length()).sorted().toList();
    }
  }
}
