package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.exchange.ProgramStates.Nulls;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Checkpoints that are taken while others are under way, each of which may be the one whose
 * completion lets Flink delete the files of the one before.
 *
 * <pre>
 *   first    taken, completed
 *   second   taken -------------- completed
 *   third        taken (uploads what the second does, too) ----- completed: the second is deleted
 *   fourth                             taken: may it refer to the second? ------ completed
 * </pre>
 */
class ConcurrentCheckpointsTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void basaltRefersToNothingThatMayBeDeletedMeanwhile() throws Exception {
    StateProgram<Integer> program = program();
    Snapshot<Contents> fourth = fourthCheckpointOf(BASALT, program);
    try (Job<Integer> job =
        Job.restore(workspace, BASALT, program, fourth, 1, RecoveryClaimMode.CLAIM)) {
      job.verify();
    }
  }

  /** What stock does; once this fails, stock has been mended. */
  @Test
  void stockRefersToFilesThatAreGoneWhenTheCheckpointCompletes() {
    assertThatThrownBy(() -> fourthCheckpointOf(STOCK, program()))
        .hasMessageContaining("Attempt to reference unknown state");
  }

  private Snapshot<Contents> fourthCheckpointOf(
      Participant participant, StateProgram<Integer> program) throws Exception {
    try (Job<Integer> job = Job.start(workspace, participant, program, 1, 128)) {
      job.change(100);
      job.take(SnapshotKind.CHECKPOINT);
      job.change(100);
      PendingSnapshot<Contents> second = job.trigger(SnapshotKind.CHECKPOINT);
      PendingSnapshot<Contents> third = job.trigger(SnapshotKind.CHECKPOINT);
      job.complete(second);
      PendingSnapshot<Contents> fourth = job.trigger(SnapshotKind.CHECKPOINT);
      job.complete(third);
      return job.complete(fourth);
    }
  }

  private StateProgram<Integer> program() {
    return new StateProgram<>(KeyType.INTEGER, workspace.seed(), true, Nulls.WITH_EVERY_SERIALIZER);
  }
}
