package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.HEAP;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.exchange.ProgramStates.Nulls;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Null values of maps whose serializer cannot write null. */
class NullValuesOfMapsTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void theHeapReadsThemInACanonicalSavepointOfBasalt() throws Exception {
    Snapshot<Contents> savepoint = canonicalSavepointOf(BASALT);
    try (Job<Integer> job =
        Job.restore(workspace, HEAP, program(), savepoint, 2, RecoveryClaimMode.NO_CLAIM)) {
      job.verify();
    }
  }

  /** What the heap backend of Flink does; once this fails, the limit is gone. */
  @Test
  void theHeapCannotWriteThemIntoACanonicalSavepoint() {
    assertThatThrownBy(() -> canonicalSavepointOf(HEAP))
        .hasRootCauseInstanceOf(NullPointerException.class);
  }

  private Snapshot<Contents> canonicalSavepointOf(Participant participant) throws Exception {
    try (Job<Integer> job = Job.start(workspace, participant, program(), 1, 128)) {
      job.change(600);
      return job.take(SnapshotKind.CANONICAL_SAVEPOINT);
    }
  }

  private StateProgram<Integer> program() {
    return new StateProgram<>(KeyType.INTEGER, workspace.seed(), true, Nulls.WITH_EVERY_SERIALIZER);
  }
}
