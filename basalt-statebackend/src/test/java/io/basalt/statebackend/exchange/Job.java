package io.basalt.statebackend.exchange;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.ttl.MockTtlTimeProvider;

/** A running job: a keyed operator, the program it runs, and what its state must hold. */
final class Job<K> implements AutoCloseable {

  private final Participant participant;
  private final StateProgram<K> program;
  private final Contents contents;
  private final KeyedOperator<K> operator;
  private final MockTtlTimeProvider clock;
  private final List<Subtask<K>> subtasks = new ArrayList<>();

  private Job(
      Participant participant,
      StateProgram<K> program,
      Contents contents,
      MockTtlTimeProvider clock,
      KeyedOperator<K> operator)
      throws Exception {
    this.participant = participant;
    this.program = program;
    this.contents = contents;
    this.clock = clock;
    this.operator = operator;
    for (OperatorSubtask<K> subtask : operator.subtasks()) {
      subtasks.add(new Subtask<>(subtask, program.register(subtask.backend())));
    }
  }

  /** Starts without state. */
  static <K> Job<K> start(
      Workspace workspace,
      Participant participant,
      StateProgram<K> program,
      int parallelism,
      int maxParallelism)
      throws Exception {
    MockTtlTimeProvider clock = clock();
    return new Job<>(
        participant,
        program,
        new Contents(),
        clock,
        KeyedOperator.start(
            workspace,
            participant,
            program.keys().serializer(),
            clock,
            parallelism,
            maxParallelism));
  }

  /** Starts from a snapshot, which is Flink's to delete from then on if it is claimed. */
  static <K> Job<K> restore(
      Workspace workspace,
      Participant participant,
      StateProgram<K> program,
      Snapshot<Contents> snapshot,
      int parallelism,
      RecoveryClaimMode mode)
      throws Exception {
    MockTtlTimeProvider clock = clock();
    return new Job<>(
        participant,
        program,
        snapshot.contents().copy(),
        clock,
        KeyedOperator.restore(
            workspace,
            participant,
            program.keys().serializer(),
            clock,
            snapshot,
            parallelism,
            mode));
  }

  private static MockTtlTimeProvider clock() {
    MockTtlTimeProvider clock = new MockTtlTimeProvider();
    clock.setCurrentTimestamp(1_000);
    return clock;
  }

  /** Holds all the job has written for its snapshots, and nothing else. */
  Path directory() {
    return operator.directory();
  }

  Contents contents() {
    return contents;
  }

  Subtask<K> owner(K key) {
    return subtasks.stream().filter(subtask -> subtask.owns(key)).findFirst().orElseThrow();
  }

  void change(int operations) throws Exception {
    program.change(this, operations);
  }

  /** Asserts that the state holds what it must. */
  void verify() throws Exception {
    ContentsCheck<K> check = new ContentsCheck<>(program, subtasks, contents);
    check.holdsEverything();
    if (participant.type() == Participant.Type.BASALT) {
      check.queuesShowEveryTimer();
    }
  }

  /** Asserts the same of a time when whatever may expire has expired. */
  void verifyAfterExpiry() throws Exception {
    clock.setCurrentTimestamp(clock.time + 2 * ProgramStates.TIME_TO_LIVE.toMillis());
    new ContentsCheck<>(program, subtasks, contents).holdsNothingThatExpires();
  }

  /** Takes a snapshot and completes it. */
  Snapshot<Contents> take(SnapshotKind kind) throws Exception {
    return complete(trigger(kind));
  }

  /** Takes the synchronous part. */
  PendingSnapshot<Contents> trigger(SnapshotKind kind) throws Exception {
    return operator.trigger(kind, contents.copy());
  }

  /** Takes the asynchronous part, writes the metadata and tells the subtasks. */
  Snapshot<Contents> complete(PendingSnapshot<Contents> pending) throws Exception {
    return operator.complete(pending);
  }

  /** Gives the snapshot up after every subtask has reported. */
  void abortAfterReports(PendingSnapshot<Contents> pending) throws Exception {
    operator.abortAfterReports(pending);
  }

  /** Gives the snapshot up before the asynchronous part. */
  void abortBeforeReports(PendingSnapshot<Contents> pending) throws Exception {
    operator.abortBeforeReports(pending);
  }

  @Override
  public void close() throws Exception {
    operator.close();
  }
}
