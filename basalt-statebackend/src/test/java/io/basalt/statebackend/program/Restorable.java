package io.basalt.statebackend.program;

import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.program.Coverage.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.core.execution.RecoveryClaimMode;

/** The completed snapshots that Flink has not deleted, and the ways to go on from them. */
final class Restorable {

  private static final int MOST_SAVEPOINTS = 4;

  /** A snapshot, who wrote it and when it was complete. */
  private record Saved(
      Snapshot<Model> snapshot, SnapshotKind kind, Participant writer, long completed) {}

  private final Execution execution;
  private final List<Saved> savepoints = new ArrayList<>();
  private final List<Saved> restoredFrom = new ArrayList<>();

  /** The operator's last one, its own or the one that it has claimed. */
  private Saved checkpoint;

  private long checkpointId;

  Restorable(Execution execution) {
    this.execution = execution;
  }

  boolean isEmpty() {
    return checkpoint == null && savepoints.isEmpty();
  }

  /** Returns the checkpoint that this one subsumes, or 0. */
  long add(Snapshot<Model> completed, SnapshotKind kind, long id) {
    Saved saved = new Saved(completed, kind, execution.runningOn(), execution.now());
    if (kind.isSavepoint()) {
      savepoints.add(saved);
      if (savepoints.size() > MOST_SAVEPOINTS) {
        savepoints.remove(0);
      }
      return 0;
    }
    long subsumed = checkpointId;
    // Also if it is a savepoint that was claimed: Flink deletes it then.
    savepoints.remove(checkpoint);
    checkpoint = saved;
    checkpointId = id;
    return subsumed;
  }

  void restoreAny(Random random) throws Exception {
    List<Saved> all = new ArrayList<>(savepoints);
    if (checkpoint != null && !all.contains(checkpoint)) {
      all.add(checkpoint);
      // The usual one.
      all.add(checkpoint);
    }
    Saved saved = all.get(random.nextInt(all.size()));
    List<Participant> readers =
        execution.definition().participants().stream()
            .filter(reader -> canRead(reader, saved))
            .toList();
    Participant reader = readers.get(random.nextInt(readers.size()));
    RecoveryClaimMode mode =
        random.nextBoolean() && mayClaim(reader, saved)
            ? RecoveryClaimMode.CLAIM
            : RecoveryClaimMode.NO_CLAIM;
    int parallelism = 1 + random.nextInt(Math.min(3, execution.definition().keyGroups()));
    execution
        .journal()
        .add(
            "restore %s of %s on %s at %d, %s"
                .formatted(saved.kind(), saved.writer(), reader, parallelism, mode));
    execution.restore(saved.snapshot(), reader, parallelism, mode);
    // Of a seed of its own, for the seeds that documents name to go on meaning what they did.
    new JobChanges(execution, saved.completed()).make(execution.now() * 31 + parallelism);
    count(saved, reader);
    checkpoint = mode == RecoveryClaimMode.CLAIM ? saved : null;
    checkpointId = 0;
    if (random.nextInt(3) > 0) {
      execution.checkEverything(random);
    }
  }

  private static boolean canRead(Participant reader, Saved saved) {
    return saved.kind() == SnapshotKind.CANONICAL_SAVEPOINT
        || (reader.type() == Participant.Type.HEAP)
            == (saved.writer().type() == Participant.Type.HEAP);
  }

  /** FLINK-39964: what stock's checkpoints are worth after it claimed a native savepoint. */
  private static boolean mayClaim(Participant reader, Saved saved) {
    return reader.type() != Participant.Type.STOCK || saved.kind() != SnapshotKind.NATIVE_SAVEPOINT;
  }

  private void count(Saved saved, Participant reader) {
    Coverage coverage = execution.coverage();
    coverage.count(
        switch (saved.kind()) {
          case CHECKPOINT -> Event.RESTORE_OF_INCREMENTAL_CHECKPOINT;
          case FULL_CHECKPOINT -> Event.RESTORE_OF_FULL_CHECKPOINT;
          case NATIVE_SAVEPOINT -> Event.RESTORE_OF_NATIVE_SAVEPOINT;
          case CANONICAL_SAVEPOINT -> Event.RESTORE_OF_CANONICAL_SAVEPOINT;
        });
    if (reader.type() != saved.writer().type()) {
      coverage.count(Event.RESTORE_BY_ANOTHER_BACKEND);
    }
    if (restoredFrom.contains(saved)) {
      coverage.count(Event.RESTORE_OF_ONE_SNAPSHOT_AGAIN);
    }
    restoredFrom.add(saved);
    for (OperatorSubtask<Object> subtask : execution.operator().subtasks()) {
      if (subtask.restoredHandles() > 1) {
        coverage.count(Event.RESTORE_JOINING_HANDLES);
      }
    }
    if (execution.operator().subtasks().size()
        > saved.snapshot().operatorState().getParallelism()) {
      coverage.count(Event.RESTORE_OF_PART_OF_A_HANDLE);
    }
  }
}
