package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.basalt.statebackend.failures.StorageFault.Direction;
import io.basalt.statebackend.failures.StorageFault.Manner;
import io.basalt.statebackend.failures.StorageFault.Place;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Storage that does not answer, in every file of a snapshot, up and down. It comes back only after
 * everybody has left: a cancel, a disposal or a next checkpoint that waited for it would never end.
 * All files and places hang at once, since each cancel may take the time of Basalt's patience.
 */
@Timeout(90)
class HangingStorageTest {

  private static final int NO_FILE = Integer.MAX_VALUE;

  /** Flink writes canonical savepoints, and closes their file on the thread that cancels. */
  @ParameterizedTest
  @CsvSource({
    "CHECKPOINT, STALLS",
    "CHECKPOINT, HANGS",
    "NATIVE_SAVEPOINT, HANGS",
    "CANONICAL_SAVEPOINT, STALLS",
    "CANONICAL_SAVEPOINT, IGNORES_CLOSE"
  })
  void theWriteOfEveryFile(SnapshotKind kind, Manner manner) throws Exception {
    try (Workspace workspace = Workspace.opened(0)) {
      List<HeldSnapshot> held = new ArrayList<>();
      try {
        int files = filesWritten(workspace, kind);
        for (int file = 0; file < files; file++) {
          for (Place place : Place.values()) {
            held.add(
                HeldSnapshot.start(
                    workspace, kind, new StorageFault(Direction.WRITE, file, place, manner)));
          }
        }
        inParallel(held, HeldSnapshot::leave);
      } finally {
        held.forEach(HeldSnapshot::heal);
      }
      inParallel(held, HeldSnapshot::awaitFailure);
      awaitThreads();
      int left = 0;
      if (kind == SnapshotKind.CANONICAL_SAVEPOINT) {
        // Flink writes it, and its stream leaves the file if it is closed while it is closing.
        for (HeldSnapshot snapshot : held) {
          left += snapshot.deleteFilesLeft();
        }
      }
      for (HeldSnapshot snapshot : held) {
        snapshot.verifyRestored(workspace);
      }
      workspace.assertNothingIsLeft();
      System.out.printf(
          "Writes that hang, %s, %s: %d cases, %d files left%n", kind, manner, held.size(), left);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CHECKPOINT, STALLS",
    "CHECKPOINT, HANGS",
    "CANONICAL_SAVEPOINT, STALLS",
    "CANONICAL_SAVEPOINT, IGNORES_CLOSE",
    "CANONICAL_SAVEPOINT, HANGS"
  })
  void theReadOfEveryFile(SnapshotKind kind, Manner manner) throws Exception {
    try (Workspace workspace = Workspace.opened(0)) {
      List<Snapshot<Map<String, Integer>>> snapshots = new ArrayList<>();
      List<Path> directories = new ArrayList<>();
      List<HeldRestore> held = new ArrayList<>();
      try {
        int files = filesRead(workspace, kind);
        for (int file = 0; file < files; file++) {
          for (Place place : Place.values()) {
            try (ModelledJob job = ModelledJob.start(workspace, Participant.BASALT)) {
              directories.add(job.operator().directory());
              snapshots.add(job.take(kind));
            }
            StorageFault fault =
                FaultyFileSystem.use(
                    directories.get(held.size()),
                    new StorageFault(Direction.READ, file, place, manner));
            held.add(HeldRestore.start(workspace, Participant.BASALT, snapshots.get(held.size())));
            assertThat(fault.awaitStrike()).isTrue();
          }
        }
        // Flink closes the registry and interrupts; each has to be enough.
        for (int i = 0; i < held.size(); i++) {
          if (i % 2 == 0) {
            held.get(i).closeRegistry();
          } else {
            held.get(i).interrupt();
          }
        }
        for (HeldRestore restore : held) {
          restore.awaitCancelled();
        }
      } finally {
        directories.forEach(FaultyFileSystem::heal);
      }
      for (Snapshot<Map<String, Integer>> snapshot : snapshots) {
        try (ModelledJob restored = ModelledJob.restore(workspace, Participant.BASALT, snapshot)) {
          restored.verify();
        }
      }
      workspace.assertNothingIsLeft();
      System.out.printf("Reads that hang, %s, %s: %d cases%n", kind, manner, held.size());
    }
  }

  private static int filesWritten(Workspace workspace, SnapshotKind kind) throws Exception {
    try (ModelledJob job = ModelledJob.start(workspace, Participant.BASALT)) {
      Path directory = job.operator().directory();
      StorageFault counter = counter(directory, Direction.WRITE);
      job.take(kind);
      FaultyFileSystem.heal(directory);
      return counter.files();
    }
  }

  private static int filesRead(Workspace workspace, SnapshotKind kind) throws Exception {
    try (ModelledJob job = ModelledJob.start(workspace, Participant.BASALT)) {
      Snapshot<Map<String, Integer>> snapshot = job.take(kind);
      Path directory = job.operator().directory();
      StorageFault counter = counter(directory, Direction.READ);
      ModelledJob.restore(workspace, Participant.BASALT, snapshot).close();
      FaultyFileSystem.heal(directory);
      return counter.files();
    }
  }

  private static StorageFault counter(Path directory, Direction direction) {
    return FaultyFileSystem.use(
        directory, new StorageFault(direction, NO_FILE, Place.OPEN, Manner.BREAKS_OFF));
  }

  /** What is done to each of many. */
  private interface Step {
    void of(HeldSnapshot held) throws Exception;
  }

  private static void inParallel(List<HeldSnapshot> all, Step step) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(all.size());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (HeldSnapshot held : all) {
        running.add(
            threads.submit(
                () -> {
                  step.of(held);
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  /** What Basalt has left to threads ends once storage has answered. */
  private static void awaitThreads() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("basalt-")) {
        thread.join();
      }
    }
  }

  /** A job whose snapshot storage holds up. */
  private static final class HeldSnapshot {

    private final ModelledJob job;
    private final PendingSnapshot<Map<String, Integer>> pending;
    private final FutureTask<Throwable> run;
    private final boolean copiesHang;
    private @Nullable Snapshot<Map<String, Integer>> completed;

    private HeldSnapshot(
        ModelledJob job,
        PendingSnapshot<Map<String, Integer>> pending,
        FutureTask<Throwable> run,
        boolean copiesHang) {
      this.job = job;
      this.pending = pending;
      this.run = run;
      this.copiesHang = copiesHang;
    }

    static HeldSnapshot start(Workspace workspace, SnapshotKind kind, StorageFault fault)
        throws Exception {
      ModelledJob job = ModelledJob.start(workspace, Participant.BASALT);
      workspace.doNotCountOpenFilesOf(job.operator());
      job.take(SnapshotKind.CHECKPOINT);
      job.change();
      PendingSnapshot<Map<String, Integer>> pending = job.trigger(kind);
      FaultyFileSystem.use(job.operator().directory(), fault);
      FutureTask<Throwable> run = new FutureTask<>(() -> catchThrowable(pending::run));
      Thread snapshot = new Thread(run, "snapshot");
      snapshot.start();
      assertThat(fault.awaitStrike()).isTrue();
      return new HeldSnapshot(job, pending, run, fault.held() != snapshot);
    }

    /** The checkpoint times out, the next one comes, then the task ends. */
    void leave() throws Exception {
      job.operator().abortBeforeReports(pending);
      job.change();
      job.verify();
      completed = job.take(SnapshotKind.CHECKPOINT);
      job.end();
      if (copiesHang) {
        // Flink's thread, which has checkpoints of other tasks to write.
        awaitFailure();
      }
    }

    void heal() {
      FaultyFileSystem.heal(job.operator().directory());
    }

    void awaitFailure() throws Exception {
      assertThat(run.get()).isNotNull();
    }

    int deleteFilesLeft() throws Exception {
      List<Path> left = job.filesOfNoSnapshot();
      for (Path file : left) {
        Files.delete(file);
      }
      return left.size();
    }

    void verifyRestored(Workspace workspace) throws Exception {
      job.close();
      try (ModelledJob restored =
          ModelledJob.restore(workspace, Participant.BASALT, Objects.requireNonNull(completed))) {
        restored.verify();
      }
    }
  }
}
