package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.restore.PeerJob.TaskSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/** A restore that is cancelled or fails, wherever it is, ends and leaves nothing. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CancelledRestoreTest {

  private static final long SEED = System.nanoTime();
  private static final int KEY_GROUPS = 128;
  private static final KeyGroupRange ALL = KeyGroupRange.of(0, KEY_GROUPS - 1);

  @TempDir Path temporary;

  @Test
  void beforeItBegins() throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    List<KeyedStateHandle> handles = handles(SnapshotKind.STOCK_FULL_CHECKPOINT, 1);
    task.cancellation().close();

    assertThatThrownBy(() -> task.restore(ALL, handles)).isInstanceOf(CancellationException.class);
    task.assertNothingIsLeft();
  }

  @Test
  void whileADownloadHangs() throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    IncrementalRemoteKeyedStateHandle whole =
        (IncrementalRemoteKeyedStateHandle) handles(SnapshotKind.STOCK_FULL_CHECKPOINT, 1).get(0);
    HangingFile hanging = new HangingFile(whole.getPrivateState().get(0).getHandle());
    List<HandleAndLocalPath> files = new ArrayList<>(whole.getPrivateState());
    files.set(0, HandleAndLocalPath.of(hanging, files.get(0).getLocalPath()));
    KeyedStateHandle handle =
        new IncrementalRemoteKeyedStateHandle(
            UUID.randomUUID(), ALL, 2, List.of(), files, whole.getMetaDataStateHandle());

    FutureTask<RestoredState> restore = start(task, List.of(handle));
    hanging.reached.await();
    task.cancellation().close();

    assertThatThrownBy(restore::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CancellationException.class);
    task.assertNothingIsLeft();
  }

  @Test
  void whileACanonicalStreamHangs() throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    KeyGroupsStateHandle whole =
        (KeyGroupsStateHandle) handles(SnapshotKind.STOCK_CANONICAL_SAVEPOINT, 1).get(0);
    HangingFile hanging = new HangingFile(whole.getDelegateStateHandle());
    KeyedStateHandle handle = new KeyGroupsStateHandle(whole.getGroupRangeOffsets(), hanging);

    FutureTask<RestoredState> restore = start(task, List.of(handle));
    hanging.reached.await();
    task.cancellation().close();

    assertThatThrownBy(restore::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CancellationException.class);
    task.assertNothingIsLeft();
  }

  /** Threads of the restore wait for the storage, and the task's for them. */
  @Test
  void byAnInterruptWhileTheEntriesOfACanonicalStreamHang() throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    KeyGroupsStateHandle whole =
        (KeyGroupsStateHandle) handles(SnapshotKind.STOCK_CANONICAL_SAVEPOINT, 1).get(0);
    long firstEntry = Long.MAX_VALUE;
    for (int keyGroup : ALL) {
      firstEntry = Math.min(firstEntry, whole.getOffsetForKeyGroup(keyGroup));
    }
    HangingFile hanging = new HangingFile(whole.getDelegateStateHandle(), (int) firstEntry);
    KeyedStateHandle handle = new KeyGroupsStateHandle(whole.getGroupRangeOffsets(), hanging);

    FutureTask<RestoredState> restore = new FutureTask<>(() -> task.restore(ALL, List.of(handle)));
    Thread thread = new Thread(restore, "restore");
    thread.start();
    hanging.reached.await();
    thread.interrupt();

    assertThatThrownBy(restore::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CancellationException.class);
    task.assertNothingIsLeft();
  }

  @Test
  void byAnInterruptWhileADownloadHangs() throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    IncrementalRemoteKeyedStateHandle whole =
        (IncrementalRemoteKeyedStateHandle) handles(SnapshotKind.STOCK_FULL_CHECKPOINT, 1).get(0);
    HangingFile hanging = new HangingFile(whole.getPrivateState().get(0).getHandle());
    KeyedStateHandle handle =
        new IncrementalRemoteKeyedStateHandle(
            UUID.randomUUID(),
            ALL,
            2,
            List.of(),
            List.of(HandleAndLocalPath.of(hanging, "CURRENT")),
            whole.getMetaDataStateHandle());

    FutureTask<RestoredState> restore =
        new FutureTask<>(
            () -> {
              try {
                return task.restore(ALL, List.of(handle));
              } finally {
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
              }
            });
    Thread thread = new Thread(restore, "restore");
    thread.start();
    hanging.reached.await();
    thread.interrupt();

    assertThatThrownBy(restore::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CancellationException.class);
    task.assertNothingIsLeft();
  }

  @Test
  void whileEntriesAreCopied() throws Exception {
    List<KeyedStateHandle> handles = handles(SnapshotKind.STOCK_FULL_CHECKPOINT, 2);
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS).withoutJoining();
    // The second database that is opened is the one that entries are copied from.
    task.withOptionsFactory(new OpeningHook(2, () -> IOUtils.closeQuietly(task.cancellation())));

    assertThatThrownBy(() -> task.restore(ALL, handles)).isInstanceOf(CancellationException.class);
    task.assertNothingIsLeft();
  }

  /** With some files written and most to come. What it was restored from is as good as before. */
  @ParameterizedTest(name = "by an interrupt: {0}")
  @ValueSource(booleans = {false, true})
  void inTheMiddleOfACopy(boolean byInterrupt) throws Exception {
    List<TaskSnapshot> snapshots =
        new PeerJob(temporary, SnapshotKind.STOCK_FULL_CHECKPOINT, KEY_GROUPS, false, SEED)
            .withValuesUpTo(1 << 20)
            .run(2);
    List<KeyedStateHandle> handles =
        snapshots.stream().map(s -> s.snapshot().getJobManagerOwnedSnapshot()).toList();
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS).withoutJoining();
    FutureTask<RestoredState> restore = new FutureTask<>(() -> task.restore(ALL, handles));
    Thread thread = new Thread(restore, "restore");

    thread.start();
    while (!isCopying(task)) {
      assertThat(restore.isDone()).as("done before anything was copied").isFalse();
      Thread.onSpinWait();
    }
    if (byInterrupt) {
      thread.interrupt();
    } else {
      task.cancellation().close();
    }

    assertThatThrownBy(restore::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CancellationException.class);
    task.assertNothingIsLeft();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("basalt-restore"));

    RestoringTask next = new RestoringTask(temporary, KEY_GROUPS).withoutJoining();
    RestoredState restored = next.restore(ALL, handles);
    assertThat(Contents.of(restored))
        .as("seed %s", SEED)
        .isEqualTo(
            Contents.ofCanonical(snapshots.stream().map(TaskSnapshot::reference).toList(), ALL));
    next.assertOnlyTheDatabaseIsLeft(restored);
  }

  /** Whether there is a file that is to be added to the database. */
  private static boolean isCopying(RestoringTask task) throws IOException {
    if (!Files.exists(task.instance())) {
      return false;
    }
    try (Stream<Path> files = Files.walk(task.instance(), 2)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("run-"));
    } catch (UncheckedIOException | NoSuchFileException e) {
      // A file has come or gone while it was looked at.
      return false;
    }
  }

  /** The first files that are read, before there is a plan. */
  @Test
  void whileAManifestHangs() throws Exception {
    List<KeyedStateHandle> handles = handles(SnapshotKind.STOCK_FULL_CHECKPOINT, 2);
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    IncrementalRemoteKeyedStateHandle whole = (IncrementalRemoteKeyedStateHandle) handles.get(1);
    List<HandleAndLocalPath> files = new ArrayList<>();
    HangingFile hanging = null;
    for (HandleAndLocalPath file : whole.getPrivateState()) {
      if (file.getLocalPath().startsWith("MANIFEST-")) {
        hanging = new HangingFile(file.getHandle());
        files.add(HandleAndLocalPath.of(hanging, file.getLocalPath()));
      } else {
        files.add(file);
      }
    }
    KeyedStateHandle handle =
        new IncrementalRemoteKeyedStateHandle(
            UUID.randomUUID(),
            whole.getKeyGroupRange(),
            2,
            List.of(),
            files,
            whole.getMetaDataStateHandle());

    FutureTask<RestoredState> restore = start(task, List.of(handles.get(0), handle));
    hanging.reached.await();
    task.cancellation().close();

    assertThatThrownBy(restore::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CancellationException.class);
    task.assertNothingIsLeft();
  }

  @Test
  void everyDatabaseThatCannotBeOpenedIsAFailureThatLeavesNothing() throws Exception {
    List<KeyedStateHandle> handles = handles(SnapshotKind.STOCK_FULL_CHECKPOINT, 3);
    for (int database = 1; database <= 3; database++) {
      RestoringTask task = new RestoringTask(temporary, KEY_GROUPS).withoutJoining();
      task.withOptionsFactory(
          new OpeningHook(
              database,
              () -> {
                throw new IllegalStateException("the user's factory fails");
              }));

      assertThatThrownBy(() -> task.restore(ALL, handles))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the user's factory fails");
      task.assertNothingIsLeft();
    }
  }

  @Test
  void aDatabaseThatIsThereAlreadyIsNeitherOpenedNorDeleted() throws Exception {
    RestoringTask task = new RestoringTask(temporary, KEY_GROUPS);
    RestoredState first = task.restore(ALL, List.of());

    assertThatThrownBy(() -> task.restore(ALL, List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(task.instance().resolve("db").toString());
    assertThat(first.database().directory().resolve("CURRENT")).exists();
    task.assertOnlyTheDatabaseIsLeft(first);
  }

  private List<KeyedStateHandle> handles(SnapshotKind kind, int parallelism) throws Exception {
    List<TaskSnapshot> snapshots =
        new PeerJob(temporary, kind, KEY_GROUPS, false, SEED).run(parallelism);
    return snapshots.stream().map(s -> s.snapshot().getJobManagerOwnedSnapshot()).toList();
  }

  private static FutureTask<RestoredState> start(
      RestoringTask task, List<KeyedStateHandle> handles) {
    FutureTask<RestoredState> restore = new FutureTask<>(() -> task.restore(ALL, handles));
    new Thread(restore, "restore").start();
    return restore;
  }

  /** Does something when a database is opened. */
  private static final class OpeningHook implements RocksDBOptionsFactory {

    private final int which;
    private final Runnable action;
    private int opened;

    OpeningHook(int which, Runnable action) {
      this.which = which;
      this.action = action;
    }

    @Override
    public DBOptions createDBOptions(
        DBOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
      if (++opened == which) {
        action.run();
      }
      return currentOptions;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
      return currentOptions;
    }
  }
}
