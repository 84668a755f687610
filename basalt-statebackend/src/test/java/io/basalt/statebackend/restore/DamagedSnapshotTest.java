package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.basalt.statebackend.restore.PeerJob.TaskSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is damaged is refused with an error that names it, and leaves nothing behind. */
class DamagedSnapshotTest {

  private static final long SEED = System.nanoTime();
  private static final int KEY_GROUPS = 128;

  @TempDir Path temporary;

  /** What can happen to a file. */
  private enum Damage {
    GONE,
    EMPTIED,
    HALVED,
    ONE_BYTE_SHORT,
    ONE_BYTE_LONG;

    void inflict(Path file, byte[] whole) throws IOException {
      switch (this) {
        case GONE -> Files.delete(file);
        case EMPTIED -> Files.write(file, new byte[0]);
        case HALVED -> Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        case ONE_BYTE_SHORT -> Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        case ONE_BYTE_LONG -> Files.write(file, Arrays.copyOf(whole, whole.length + 1));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SnapshotKind.class,
      names = {"STOCK_INCREMENTAL_CHECKPOINT", "STOCK_FULL_CHECKPOINT", "STOCK_NATIVE_SAVEPOINT"})
  void everyFileOfADatabaseIsMissed(SnapshotKind kind) throws Exception {
    TaskSnapshot snapshot = take(kind);
    IncrementalRemoteKeyedStateHandle handle = files(snapshot);
    Map<String, StreamStateHandle> files = new TreeMap<>();
    handle.getSharedState().forEach(file -> files.put(file.getLocalPath(), file.getHandle()));
    handle.getPrivateState().forEach(file -> files.put(file.getLocalPath(), file.getHandle()));
    assertThat(files).containsKey("CURRENT").hasSizeGreaterThan(3);
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);

    for (Map.Entry<String, StreamStateHandle> file : files.entrySet()) {
      Path path = path(file.getValue());
      byte[] whole = Files.readAllBytes(path);
      for (Damage damage : Damage.values()) {
        damage.inflict(path, whole);

        assertThatThrownBy(() -> task.restore(snapshot.range(), List.of(handle)))
            .as("%s of %s", damage, file.getKey())
            .isInstanceOf(IOException.class)
            .hasMessageContaining("'" + file.getKey() + "'")
            .hasMessageContaining(path.toString())
            .hasMessageContaining("checkpoint 2 of key groups [0, 127]")
            .hasMessageContaining("restore from another checkpoint or savepoint");
        task.assertNothingIsLeft();
      }
      Files.write(path, whole);
    }
    task.assertOnlyTheDatabaseIsLeft(task.restore(snapshot.range(), List.of(handle)));
  }

  @Test
  void metadataOfADatabaseIsMissed() throws Exception {
    TaskSnapshot snapshot = take(SnapshotKind.STOCK_INCREMENTAL_CHECKPOINT);
    Path path = path(files(snapshot).getMetaDataStateHandle());
    byte[] whole = Files.readAllBytes(path);
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);

    for (Damage damage : Damage.values()) {
      damage.inflict(path, whole);

      assertThatThrownBy(() -> task.restore(snapshot.range(), List.of(files(snapshot))))
          .as("%s", damage)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("checkpoint 2 of key groups [0, 127]")
          .hasMessageContaining("restore from another checkpoint or savepoint");
      task.assertNothingIsLeft();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SnapshotKind.class,
      names = {
        "STOCK_CANONICAL_SAVEPOINT",
        "STOCK_COMPRESSED_CANONICAL_SAVEPOINT",
        "HEAP_CANONICAL_SAVEPOINT"
      })
  void aCanonicalStreamThatIsCutIsNotReadToItsEnd(SnapshotKind kind) throws Exception {
    TaskSnapshot snapshot = take(kind);
    Path path = path(canonical(snapshot).getDelegateStateHandle());
    byte[] whole = Files.readAllBytes(path);
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    Random random = new Random(SEED);

    for (int i = 0; i < 20; i++) {
      int length = i == 0 ? 0 : i == 1 ? whole.length - 1 : random.nextInt(whole.length);
      Files.write(path, Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> task.restore(snapshot.range(), List.of(canonical(snapshot))))
          .as("seed %s, cut to %s of %s bytes", SEED, length, whole.length)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(path.toString())
          .hasMessageContaining("restore from another checkpoint or savepoint");
      task.assertNothingIsLeft();
    }
    Files.delete(path);
    assertThatThrownBy(() -> task.restore(snapshot.range(), List.of(canonical(snapshot))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString());
    task.assertNothingIsLeft();
  }

  @Test
  void aFlippedBitOfACompressedStreamIsNeverReadAsData() throws Exception {
    TaskSnapshot snapshot = take(SnapshotKind.STOCK_COMPRESSED_CANONICAL_SAVEPOINT);
    Map<String, Map<String, String>> written =
        Contents.ofCanonical(List.of(snapshot.reference()), snapshot.range());
    int refused = 0;
    for (int i = 0; i < 30; i++) {
      if (restoreWithFlippedBit(snapshot, written, SEED + i) instanceof IOException) {
        refused++;
      }
    }
    assertThat(refused).as("seed %s", SEED).isGreaterThan(20);
  }

  @Test
  void aFlippedBitOfAnUncompressedStreamCannotEatTheMemory() throws Exception {
    TaskSnapshot snapshot = take(SnapshotKind.STOCK_CANONICAL_SAVEPOINT);
    for (int i = 0; i < 30; i++) {
      // Nothing guards the bytes of a value here; what can be noticed is noticed.
      assertThat(restoreWithFlippedBit(snapshot, null, SEED + i))
          .satisfiesAnyOf(
              failure -> assertThat(failure).isNull(),
              failure -> assertThat(failure).isInstanceOf(IOException.class));
    }
  }

  @Test
  void aDatabaseWithoutAFileThatItNeedsIsNotTakenForAnEmptyOne() throws Exception {
    TaskSnapshot snapshot = take(SnapshotKind.STOCK_FULL_CHECKPOINT);
    IncrementalRemoteKeyedStateHandle whole = files(snapshot);
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    for (HandleAndLocalPath missing : whole.getPrivateState()) {
      if (missing.getLocalPath().startsWith("OPTIONS")) {
        continue; // RocksDB does not read it
      }
      List<HandleAndLocalPath> rest =
          whole.getPrivateState().stream().filter(file -> !file.equals(missing)).toList();
      KeyedStateHandle handle = handle(whole, rest, whole.getMetaDataStateHandle());

      assertThatThrownBy(() -> task.restore(snapshot.range(), List.of(handle)))
          .as("without %s", missing.getLocalPath())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("checkpoint 2 of key groups [0, 127]")
          .hasMessageContaining("with the states [timers, value, ");
      task.assertNothingIsLeft();
    }
  }

  @Test
  void whatARescaleNeedsOfADatabaseIsMissedToo() throws Exception {
    List<TaskSnapshot> snapshots =
        new PeerJob(temporary, SnapshotKind.STOCK_FULL_CHECKPOINT, KEY_GROUPS, false, SEED).run(2);
    IncrementalRemoteKeyedStateHandle whole = files(snapshots.get(0));
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    for (HandleAndLocalPath missing : whole.getPrivateState()) {
      if (missing.getLocalPath().startsWith("OPTIONS")) {
        continue; // RocksDB does not read it
      }
      List<HandleAndLocalPath> rest =
          whole.getPrivateState().stream().filter(file -> !file.equals(missing)).toList();
      KeyedStateHandle handle = handle(whole, rest, whole.getMetaDataStateHandle());
      assertMissed(task, snapshots, handle, "without " + missing.getLocalPath());

      Path path = path(missing.getHandle());
      byte[] content = Files.readAllBytes(path);
      Files.write(path, Arrays.copyOf(content, content.length - 1));
      assertMissed(task, snapshots, whole, "cut: " + missing.getLocalPath());
      if (missing.getLocalPath().startsWith("MANIFEST-")) {
        byte[] damaged = content.clone();
        damaged[content.length / 2] ^= 1;
        Files.write(path, damaged);
        assertMissed(task, snapshots, whole, "damaged: " + missing.getLocalPath());
      }
      Files.write(path, content);
    }
  }

  private static void assertMissed(
      RestoringTask task, List<TaskSnapshot> snapshots, KeyedStateHandle handle, String what) {
    KeyGroupRange all = KeyGroupRange.of(0, KEY_GROUPS - 1);
    assertThatThrownBy(() -> task.restore(all, List.of(handle, files(snapshots.get(1)))))
        .as(what)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("checkpoint 2 of key groups [0, 63]")
        .hasMessageContaining("restore from another checkpoint or savepoint");
    task.assertNothingIsLeft();
  }

  @Test
  void metadataOfOtherStatesThanTheFilesHaveIsRefused() throws Exception {
    List<TaskSnapshot> snapshots =
        new PeerJob(temporary, SnapshotKind.STOCK_FULL_CHECKPOINT, KEY_GROUPS, false, SEED).run(2);
    IncrementalRemoteKeyedStateHandle first = files(snapshots.get(0));
    IncrementalRemoteKeyedStateHandle second = files(snapshots.get(1));
    KeyedStateHandle mixed =
        handle(first, first.getPrivateState(), second.getMetaDataStateHandle());
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);

    assertThatThrownBy(() -> task.restore(first.getKeyGroupRange(), List.of(mixed)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("only of task 1")
        .hasMessageContaining("of its meta data");
    task.assertNothingIsLeft();
  }

  private Throwable restoreWithFlippedBit(
      TaskSnapshot snapshot, Map<String, Map<String, String>> written, long seed) throws Exception {
    Path path = path(canonical(snapshot).getDelegateStateHandle());
    byte[] whole = Files.readAllBytes(path);
    long entries = Long.MAX_VALUE;
    for (int keyGroup : snapshot.range()) {
      long offset = canonical(snapshot).getOffsetForKeyGroup(keyGroup);
      entries = offset == 0 ? entries : Math.min(entries, offset);
    }
    Random random = new Random(seed);
    byte[] damaged = whole.clone();
    int position = (int) entries + random.nextInt(whole.length - (int) entries);
    damaged[position] ^= (byte) (1 << random.nextInt(8));
    Files.write(path, damaged);
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    Throwable failure =
        catchThrowable(
            () -> {
              RestoredState restored = task.restore(snapshot.range(), List.of(canonical(snapshot)));
              try {
                if (written != null) {
                  assertThat(Contents.of(restored)).isEqualTo(written);
                }
              } finally {
                restored.database().close();
                org.apache.flink.util.FileUtils.deleteDirectory(task.instance().toFile());
              }
            });
    Files.write(path, whole);
    task.assertNothingIsLeft();
    if (failure instanceof AssertionError) {
      throw new AssertionError("seed " + seed + ", byte " + position, failure);
    }
    return failure;
  }

  private TaskSnapshot take(SnapshotKind kind) throws Exception {
    return new PeerJob(temporary, kind, KEY_GROUPS, false, SEED).run(1).get(0);
  }

  private static IncrementalRemoteKeyedStateHandle files(TaskSnapshot snapshot) {
    return (IncrementalRemoteKeyedStateHandle) snapshot.snapshot().getJobManagerOwnedSnapshot();
  }

  private static KeyGroupsStateHandle canonical(TaskSnapshot snapshot) {
    return (KeyGroupsStateHandle) snapshot.snapshot().getJobManagerOwnedSnapshot();
  }

  private static KeyedStateHandle handle(
      IncrementalRemoteKeyedStateHandle like,
      List<HandleAndLocalPath> files,
      StreamStateHandle metadata) {
    return new IncrementalRemoteKeyedStateHandle(
        UUID.randomUUID(),
        like.getKeyGroupRange(),
        like.getCheckpointId(),
        List.of(),
        files,
        metadata);
  }

  private static Path path(StreamStateHandle handle) {
    return Path.of(handle.maybeGetPath().orElseThrow().toUri().getPath());
  }
}
