package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.SnapshotPlace;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Snapshots and restores of a job whose local disk, which is this process's temporary directory,
 * has less room each time: from none to enough, so that it is full at every step of the way.
 */
final class SmallDiskProgram {

  private static final long PAGE_BYTES = 4096;
  private static final long SMALL_STEPS_UNTIL = 64 * PAGE_BYTES;

  /** RocksDB may ask for room in advance, and do without it. */
  private static final long ENOUGH_BYTES = 12 << 20;

  private final Participant participant;
  private final Path storage;

  private SmallDiskProgram(Participant participant, Path storage) {
    this.participant = participant;
    this.storage = storage;
  }

  /**
   * Runs all.
   *
   * @param arguments the backend, and a directory on another disk for the snapshots
   */
  public static void main(String[] arguments) throws Exception {
    Participant participant =
        arguments[0].equals("basalt") ? Participant.BASALT : Participant.STOCK;
    SmallDiskProgram program = new SmallDiskProgram(participant, Path.of(arguments[1]));
    for (SnapshotKind kind : SnapshotKind.values()) {
      program.takeSnapshots(kind);
      program.restore(kind);
    }
  }

  private static List<Long> rooms() {
    List<Long> rooms = new ArrayList<>();
    for (long room = 0; room < SMALL_STEPS_UNTIL; room += 2 * PAGE_BYTES) {
      rooms.add(room);
    }
    for (long room = SMALL_STEPS_UNTIL; room <= ENOUGH_BYTES; room *= 2) {
      rooms.add(room);
    }
    return rooms;
  }

  private void takeSnapshots(SnapshotKind kind) throws Exception {
    int failures = 0;
    int restarts = 0;
    List<Long> rooms = rooms();
    try (Workspace workspace = Workspace.opened(0)) {
      ModelledJob job = ModelledJob.start(workspace, participant, place(workspace));
      Snapshot<Map<String, Integer>> completed = job.take(SnapshotKind.CHECKPOINT);
      for (long room : rooms) {
        job.change();
        Attempt attempt;
        try (Ballast unused = Ballast.leaving(room, workspace.root())) {
          attempt = attempt(job, kind);
        }
        if (attempt.failure() == null) {
          completed = attempt.snapshot();
          job.verify();
          continue;
        }
        failures++;
        assertDiskIsFull(attempt.failure());
        Throwable ended = catchThrowable(job::verify);
        if (ended == null) {
          Attempt next = attempt(job, SnapshotKind.CHECKPOINT);
          ended = next.failure();
          completed = ended == null ? next.snapshot() : completed;
        }
        if (ended != null) {
          // RocksDB has come to a halt: the job restarts from its last checkpoint.
          restarts++;
          assertDiskIsFull(ended);
          job.close();
          job = ModelledJob.restore(workspace, participant, completed, place(workspace));
          job.verify();
        }
        try (ModelledJob restored =
            ModelledJob.restore(workspace, participant, completed, place(workspace))) {
          restored.verify();
        }
      }
      // The synchronous part of a canonical savepoint writes nothing here.
      assertFailures(failures, kind == SnapshotKind.CANONICAL_SAVEPOINT ? 0 : 1, rooms);
      job.close();
      assertNothingIsLeft(workspace);
    }
    System.out.printf(
        "%s of %s: %d cases, %d failed, %d restarts%n",
        kind, participant, rooms.size(), failures, restarts);
  }

  private void restore(SnapshotKind kind) throws Exception {
    int failures = 0;
    List<Long> rooms = rooms();
    try (Workspace workspace = Workspace.opened(0)) {
      Snapshot<Map<String, Integer>> snapshot;
      try (ModelledJob job = ModelledJob.start(workspace, participant, place(workspace))) {
        job.take(SnapshotKind.CHECKPOINT);
        job.change();
        snapshot = job.take(kind);
      }
      ThrowingRunnable<Exception> restore =
          () -> {
            try (ModelledJob restored =
                ModelledJob.restore(workspace, participant, snapshot, place(workspace))) {
              restored.verify();
            }
          };
      restore.run();
      for (long room : rooms) {
        long before = Ballast.room(workspace.root());
        Throwable failure;
        try (Ballast unused = Ballast.leaving(room, workspace.root())) {
          failure = catchThrowable(restore::run);
        }
        if (failure != null) {
          failures++;
          assertDiskIsFull(failure);
          restore.run();
        }
        if (participant.type() == Participant.Type.BASALT) {
          // Directories have been made for the tasks, which take a page each on some disks.
          assertThat(before - Ballast.room(workspace.root()))
              .as("bytes left by a restore with %s bytes", room)
              .isLessThanOrEqualTo(16 * PAGE_BYTES);
        }
      }
      assertFailures(failures, 1, rooms);
      assertNothingIsLeft(workspace);
    }
    System.out.printf(
        "restore of %s of %s: %d cases, %d failed%n", kind, participant, rooms.size(), failures);
  }

  private record Attempt(Snapshot<Map<String, Integer>> snapshot, Throwable failure) {}

  private static Attempt attempt(ModelledJob job, SnapshotKind kind) throws Exception {
    PendingSnapshot<Map<String, Integer>> pending = null;
    try {
      pending = job.trigger(kind);
      return new Attempt(job.operator().complete(pending), null);
    } catch (Exception | Error e) {
      if (pending != null) {
        job.operator().abort(pending, List.of());
      }
      return new Attempt(null, e);
    }
  }

  private void assertDiskIsFull(Throwable failure) {
    if (participant.type() == Participant.Type.BASALT) {
      assertThat(failure).hasStackTraceContaining("No space left on device");
    }
  }

  /** No room was too little, if any is needed, and enough was enough. */
  private static void assertFailures(int failures, int least, List<Long> rooms) {
    assertThat(failures).as("cases that failed").isBetween(least, rooms.size() - 1);
  }

  private void assertNothingIsLeft(Workspace workspace) throws Exception {
    if (participant.type() == Participant.Type.BASALT) {
      workspace.assertNothingIsLeft();
    }
  }

  /** The same directories on the other disk. */
  private SnapshotPlace place(Workspace workspace) {
    return new SnapshotPlace(
        directory ->
            new org.apache.flink.core.fs.Path(
                storage.resolve(workspace.root().relativize(directory)).toUri()),
        0);
  }
}
