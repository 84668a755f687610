package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.HEAP;
import static io.basalt.statebackend.harness.Participant.STOCK;

import io.basalt.statebackend.exchange.ProgramStates.Nulls;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.List;
import java.util.Set;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * States and timers that a job does not use stay in its snapshots and come back when it uses them
 * again, also across rescaling.
 */
class UnclaimedStateTest {

  private static final Set<String> DROPPED =
      Set.of("value", "list", "map of windows", "aggregating", "expiring map");

  @RegisterExtension final Workspace workspace = new Workspace();

  /** Who has all states, how they are handed over, and who keeps some of them unused. */
  record Interlude(Participant writer, SnapshotKind there, Participant reader, SnapshotKind back) {
    @Override
    public String toString() {
      return writer + ", " + there + ", " + reader + ", " + back;
    }
  }

  static List<Interlude> interludes() {
    return List.of(
        new Interlude(BASALT, SnapshotKind.CHECKPOINT, BASALT, SnapshotKind.CHECKPOINT),
        new Interlude(BASALT, SnapshotKind.CHECKPOINT, BASALT, SnapshotKind.CANONICAL_SAVEPOINT),
        new Interlude(
            BASALT, SnapshotKind.CANONICAL_SAVEPOINT, BASALT, SnapshotKind.NATIVE_SAVEPOINT),
        new Interlude(
            BASALT.withHeapTimers(),
            SnapshotKind.CANONICAL_SAVEPOINT,
            BASALT.withHeapTimers(),
            SnapshotKind.CANONICAL_SAVEPOINT),
        new Interlude(STOCK, SnapshotKind.CHECKPOINT, BASALT, SnapshotKind.CHECKPOINT),
        new Interlude(BASALT, SnapshotKind.CHECKPOINT, STOCK, SnapshotKind.CHECKPOINT),
        new Interlude(
            HEAP,
            SnapshotKind.CANONICAL_SAVEPOINT,
            BASALT.withHeapTimers(),
            SnapshotKind.CANONICAL_SAVEPOINT),
        new Interlude(STOCK, SnapshotKind.CHECKPOINT, STOCK, SnapshotKind.CANONICAL_SAVEPOINT));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("interludes")
  void comesBack(Interlude interlude) throws Exception {
    StateProgram<String> whole =
        new StateProgram<>(
            KeyType.STRING, workspace.seed(), true, Nulls.WITH_SERIALIZERS_THAT_WRITE_THEM);
    StateProgram<String> part = whole.without(DROPPED, false);
    Snapshot<Contents> there;
    try (Job<String> job = Job.start(workspace, interlude.writer(), whole, 1, 128)) {
      job.change(400);
      there = job.take(interlude.there());
    }
    Snapshot<Contents> back;
    try (Job<String> job = restored(interlude.reader(), part, there, 2)) {
      job.verify();
      job.change(100);
      job.take(interlude.back());
      job.change(100);
      back = job.take(interlude.back());
    }
    try (Job<String> job = restored(interlude.writer(), whole, back, 1)) {
      job.verify();
    }
  }

  private Job<String> restored(
      Participant participant,
      StateProgram<String> program,
      Snapshot<Contents> snapshot,
      int parallelism)
      throws Exception {
    return Job.restore(
        workspace, participant, program, snapshot, parallelism, RecoveryClaimMode.CLAIM);
  }
}
