package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.HEAP;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.exchange.ProgramStates.Nulls;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.io.FileNotFoundException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whose files are whose: what a job may still refer to of the snapshot it came from. The
 * parallelism stays the same, since only then there is anything to refer to.
 */
class ClaimModeTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  /** A snapshot and who goes on from it. */
  record HandOver(Participant writer, SnapshotKind kind, Participant reader) {
    @Override
    public String toString() {
      return writer + " to " + reader + ", " + kind;
    }
  }

  static List<HandOver> handOvers() {
    return List.of(
        new HandOver(BASALT, SnapshotKind.CHECKPOINT, BASALT),
        new HandOver(BASALT, SnapshotKind.CHECKPOINT, STOCK),
        new HandOver(STOCK, SnapshotKind.CHECKPOINT, BASALT),
        new HandOver(STOCK, SnapshotKind.NATIVE_SAVEPOINT, BASALT),
        new HandOver(STOCK, SnapshotKind.CHECKPOINT, STOCK));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("handOvers")
  void withoutAClaimTheFirstCheckpointNeedsNothingOfTheSnapshot(HandOver handOver)
      throws Exception {
    StateProgram<Integer> program = program();
    Snapshot<Contents> snapshot;
    Path before;
    try (Job<Integer> job = Job.start(workspace, handOver.writer(), program, 1, 128)) {
      job.change(300);
      snapshot = job.take(handOver.kind());
      before = job.directory();
    }
    Snapshot<Contents> own = goOn(handOver.reader(), program, snapshot, RecoveryClaimMode.NO_CLAIM);
    FileUtils.deleteDirectory(before.toFile());
    restoreAndVerify(handOver.reader(), program, own);
  }

  static List<HandOver> savepoints() {
    return List.of(
        new HandOver(BASALT, SnapshotKind.NATIVE_SAVEPOINT, BASALT),
        new HandOver(BASALT, SnapshotKind.NATIVE_SAVEPOINT, STOCK),
        new HandOver(STOCK, SnapshotKind.NATIVE_SAVEPOINT, BASALT),
        new HandOver(BASALT, SnapshotKind.CANONICAL_SAVEPOINT, HEAP),
        new HandOver(HEAP, SnapshotKind.CANONICAL_SAVEPOINT, BASALT));
  }

  /** Savepoints are the user's to move, and hold everything themselves. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("savepoints")
  void aSavepointIsRestoredFromWhereverItWasMoved(HandOver handOver) throws Exception {
    StateProgram<Integer> program = program();
    Snapshot<Contents> savepoint;
    Path before;
    try (Job<Integer> job = Job.start(workspace, handOver.writer(), program, 1, 128)) {
      job.change(200);
      job.take(SnapshotKind.CHECKPOINT);
      job.change(100);
      savepoint = job.take(handOver.kind());
      before = job.directory();
    }
    Path moved = workspace.directory().resolve("moved");
    Files.move(Path.of(URI.create(savepoint.pointer())), moved);
    FileUtils.deleteDirectory(before.toFile());
    restoreAndVerify(handOver.reader(), program, savepoint.at(moved));
  }

  @ParameterizedTest(name = "from {0}")
  @MethodSource("writersOfNativeSavepoints")
  void theCheckpointsAfterAClaimedNativeSavepointCanBeRestored(Participant writer)
      throws Exception {
    StateProgram<Integer> program = program();
    Snapshot<Contents> own = checkpointAfterNativeSavepoint(writer, BASALT, program);
    restoreAndVerify(BASALT, program, own);
    restoreAndVerify(STOCK, program, own);
  }

  static List<Participant> writersOfNativeSavepoints() {
    return List.of(BASALT, STOCK);
  }

  /**
   * FLINK-39964: stock's next checkpoint refers to the savepoint's files, which are written into
   * its metadata by names relative to another directory. Once this fails, Flink has mended it.
   */
  @Test
  void stockCannotRestoreItsCheckpointsAfterAClaimedNativeSavepoint() throws Exception {
    StateProgram<Integer> program = program();
    Snapshot<Contents> own = checkpointAfterNativeSavepoint(STOCK, STOCK, program);

    assertThatThrownBy(() -> restoreAndVerify(STOCK, program, own))
        .hasRootCauseInstanceOf(FileNotFoundException.class);
  }

  private Snapshot<Contents> checkpointAfterNativeSavepoint(
      Participant writer, Participant reader, StateProgram<Integer> program) throws Exception {
    Snapshot<Contents> savepoint;
    try (Job<Integer> job = Job.start(workspace, writer, program, 1, 128)) {
      job.change(300);
      savepoint = job.take(SnapshotKind.NATIVE_SAVEPOINT);
    }
    return goOn(reader, program, savepoint, RecoveryClaimMode.CLAIM);
  }

  private Snapshot<Contents> goOn(
      Participant reader,
      StateProgram<Integer> program,
      Snapshot<Contents> snapshot,
      RecoveryClaimMode mode)
      throws Exception {
    // As few writes as possible: a compaction would replace the files that may be referred to.
    try (Job<Integer> job = Job.restore(workspace, reader, program, snapshot, 1, mode)) {
      job.take(SnapshotKind.CHECKPOINT);
      job.change(10);
      return job.take(SnapshotKind.CHECKPOINT);
    }
  }

  private void restoreAndVerify(
      Participant participant, StateProgram<Integer> program, Snapshot<Contents> snapshot)
      throws Exception {
    try (Job<Integer> job =
        Job.restore(workspace, participant, program, snapshot, 1, RecoveryClaimMode.NO_CLAIM)) {
      job.verify();
    }
  }

  private StateProgram<Integer> program() {
    return new StateProgram<>(
        KeyType.INTEGER, workspace.seed(), true, Nulls.WITH_SERIALIZERS_THAT_WRITE_THEM);
  }
}
