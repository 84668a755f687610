package io.basalt.statebackend.exchange;

import io.basalt.statebackend.exchange.ProgramStates.Nulls;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import org.apache.flink.core.execution.RecoveryClaimMode;

/**
 * One way of handing a job over: the writer runs and takes a snapshot, the reader goes on from it,
 * takes one itself, and the writer goes on from that.
 */
record Exchange<K>(
    Participant writer, SnapshotKind kind, Participant reader, Scale scale, KeyType<K> keys) {

  void run(Workspace workspace) throws Exception {
    StateProgram<K> program =
        new StateProgram<>(keys, workspace.seed(), carriesTimers(), nullValues());
    Snapshot<Contents> there = write(workspace, program);
    Snapshot<Contents> back;
    try (Job<K> job = restored(workspace, reader, program, there, scale.after())) {
      job.verify();
      job.change(100);
      job.take(kindBack());
      job.change(100);
      back = job.take(kindBack());
      job.change(50);
    }
    try (Job<K> job = restored(workspace, writer, program, back, scale.before())) {
      job.verify();
      job.verifyAfterExpiry();
    }
  }

  private Snapshot<Contents> write(Workspace workspace, StateProgram<K> program) throws Exception {
    try (Job<K> job =
        Job.start(workspace, writer, program, scale.before(), scale.maxParallelism())) {
      job.change(400);
      if (kind == SnapshotKind.CHECKPOINT) {
        takeSeveralCheckpoints(job);
      }
      PendingSnapshot<Contents> pending = job.trigger(kind);
      job.change(50);
      return job.complete(pending);
    }
  }

  /** Completed, aborted and overtaken ones, so that the next one references files of several. */
  private void takeSeveralCheckpoints(Job<K> job) throws Exception {
    job.take(kind);
    job.change(50);
    job.abortAfterReports(job.trigger(kind));
    job.change(50);
    job.abortBeforeReports(job.trigger(kind));
    job.change(50);
    PendingSnapshot<Contents> one = job.trigger(kind);
    job.change(50);
    PendingSnapshot<Contents> next = job.trigger(kind);
    job.complete(one);
    job.change(50);
    job.complete(next);
    job.change(50);
  }

  private static <K> Job<K> restored(
      Workspace workspace,
      Participant participant,
      StateProgram<K> program,
      Snapshot<Contents> snapshot,
      int parallelism)
      throws Exception {
    return Job.restore(
        workspace, participant, program, snapshot, parallelism, RecoveryClaimMode.CLAIM);
  }

  /** Timers on the heap are in a canonical savepoint; otherwise the operator writes them itself. */
  private boolean carriesTimers() {
    return kind == SnapshotKind.CANONICAL_SAVEPOINT
        || (writer.keepsTimersInTables() && reader.keepsTimersInTables());
  }

  private SnapshotKind kindBack() {
    return writer.keepsTimersInTables() && reader.keepsTimersInTables()
        ? SnapshotKind.CHECKPOINT
        : SnapshotKind.CANONICAL_SAVEPOINT;
  }

  private Nulls nullValues() {
    return writer.type() == Participant.Type.HEAP || reader.type() == Participant.Type.HEAP
        ? Nulls.WITH_SERIALIZERS_THAT_WRITE_THEM
        : Nulls.WITH_EVERY_SERIALIZER;
  }

  @Override
  public String toString() {
    return writer + " to " + reader + ", " + kind + ", " + scale + ", " + keys;
  }
}
