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
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots that a backend cannot restore: it says so, and leaves nothing behind. */
class ForeignSnapshotTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  /** The heap backend's own format, which Flink's handles do not tell from a canonical one. */
  @ParameterizedTest
  @EnumSource(names = {"CHECKPOINT", "NATIVE_SAVEPOINT"})
  void basaltRefusesTheHeapsOwnFormat(SnapshotKind kind) throws Exception {
    Snapshot<Contents> snapshot = snapshotOf(HEAP, kind);

    assertThatThrownBy(() -> restore(BASALT, snapshot))
        .hasStackTraceContaining("if it is a checkpoint of another state backend");
  }

  @ParameterizedTest
  @EnumSource(names = {"CHECKPOINT", "NATIVE_SAVEPOINT"})
  void theHeapRefusesNativeSnapshots(SnapshotKind kind) throws Exception {
    Snapshot<Contents> snapshot = snapshotOf(BASALT, kind);

    assertThatThrownBy(() -> restore(HEAP, snapshot))
        .hasStackTraceContaining("Unexpected state handle type");
  }

  private Snapshot<Contents> snapshotOf(Participant participant, SnapshotKind kind)
      throws Exception {
    try (Job<Integer> job = Job.start(workspace, participant, program(), 1, 128)) {
      job.change(100);
      return job.take(kind);
    }
  }

  private void restore(Participant participant, Snapshot<Contents> snapshot) throws Exception {
    Job.restore(workspace, participant, program(), snapshot, 1, RecoveryClaimMode.NO_CLAIM).close();
  }

  private StateProgram<Integer> program() {
    return new StateProgram<>(KeyType.INTEGER, workspace.seed(), true, Nulls.WITH_EVERY_SERIALIZER);
  }
}
