package io.basalt.statebackend.program;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Snapshots of every kind, overlapping, completed, aborted, cancelled, failing, overtaken; messages
 * about them that come late or never; and restores from whichever still exist.
 */
final class SnapshotActions {

  private static final int MOST_OVERLAPPING = 3;
  private static final int MOST_CALLS = 60;

  /** A message of the JobManager to the subtasks. */
  private interface Message {
    void deliverTo(OperatorSubtask<Object> subtask) throws Exception;
  }

  private final Execution execution;
  private final List<RunningSnapshot> running = new ArrayList<>();
  private final Deque<Message> late = new ArrayDeque<>();
  private final Restorable restorable;

  SnapshotActions(Execution execution) {
    this.execution = execution;
    this.restorable = new Restorable(execution);
  }

  void trigger(Random random) throws Exception {
    // See ConcurrentCheckpointsTest for what stock does with more.
    int most = execution.isOnBasalt() ? MOST_OVERLAPPING : 1;
    if (running.size() >= most) {
      return;
    }
    SnapshotKind kind = kind(random);
    AtomicReference<PendingSnapshot<Model>> pending = new AtomicReference<>();
    boolean faulty = execution.isOnBasalt() && random.nextInt(6) == 0;
    boolean cancels = random.nextBoolean();
    int call = random.nextInt(MOST_CALLS);
    execution
        .journal()
        .add(
            "trigger "
                + kind
                + (faulty
                    ? ", which " + (cancels ? "is cancelled" : "fails") + " at " + call
                    : ""));
    boolean carriesTimers =
        kind == SnapshotKind.CANONICAL_SAVEPOINT
            || execution.runningOn().keepsTimersInTables()
            || execution.runningOn().type() == Participant.Type.HEAP;
    pending.set(
        execution
            .operator()
            .trigger(
                kind,
                execution.model().copy(carriesTimers),
                storage ->
                    faulty
                        ? new FaultyStorage(storage, call, () -> happen(pending.get(), cancels))
                        : storage));
    running.add(new RunningSnapshot(pending.get(), faulty));
    if (running.size() > 1) {
      execution.coverage().count(Coverage.Event.SNAPSHOTS_OVERLAPPING);
    }
  }

  private static void happen(PendingSnapshot<Model> pending, boolean cancels) throws IOException {
    if (cancels) {
      pending.cancel();
    } else {
      throw new IOException("The storage of the program fails.");
    }
  }

  private static SnapshotKind kind(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> SnapshotKind.NATIVE_SAVEPOINT;
      case 1, 2 -> SnapshotKind.CANONICAL_SAVEPOINT;
      case 3 -> SnapshotKind.FULL_CHECKPOINT;
      default -> SnapshotKind.CHECKPOINT;
    };
  }

  void run(Random random) {
    if (!running.isEmpty()) {
      RunningSnapshot snapshot = running.get(random.nextInt(running.size()));
      execution.journal().add("run snapshot " + snapshot.pending().id());
      snapshot.start(execution.definition().runsBeside());
    }
  }

  void complete(Random random) throws Exception {
    if (running.isEmpty()) {
      return;
    }
    RunningSnapshot snapshot = running.remove(random.nextInt(running.size()));
    execution.journal().add("complete snapshot " + snapshot.pending().id());
    RunningSnapshot.Outcome outcome = snapshot.outcome();
    if (!outcome.succeeded()) {
      execution
          .coverage()
          .count(
              outcome.failure() instanceof CancellationException
                  ? Coverage.Event.SNAPSHOT_CANCELLED
                  : Coverage.Event.SNAPSHOT_FAILED);
      end(execution.operator(), snapshot, outcome);
      return;
    }
    if (!snapshot.isSavepoint()) {
      overtakeThoseBefore(snapshot);
    }
    // Before Flink's registry of shared files puts the real handles in the places of references.
    Uploads.count(outcome.reports(), execution.coverage());
    Snapshot<Model> completed = execution.operator().finish(snapshot.pending(), outcome.reports());
    execution.coverage().count(Coverage.Event.SNAPSHOT_COMPLETED);
    long id = snapshot.pending().id();
    long subsumed = restorable.add(completed, snapshot.pending().kind(), id);
    if (!snapshot.isSavepoint()) {
      tell(random, subtask -> subtask.confirm(id));
      if (subsumed > 0) {
        tell(random, subtask -> subtask.subsume(subsumed));
      }
    }
  }

  /** Flink gives up checkpoints that are older than one that completes. */
  private void overtakeThoseBefore(RunningSnapshot completed) throws Exception {
    for (RunningSnapshot older : List.copyOf(running)) {
      if (!older.isSavepoint() && older.pending().id() < completed.pending().id()) {
        running.remove(older);
        execution.coverage().count(Coverage.Event.SNAPSHOT_OVERTAKEN);
        end(execution.operator(), older, older.outcome());
      }
    }
  }

  private static void end(
      KeyedOperator<Object> operator, RunningSnapshot snapshot, RunningSnapshot.Outcome outcome)
      throws Exception {
    operator.abort(snapshot.pending(), outcome.reports());
    if (snapshot.pending().kind() == SnapshotKind.CANONICAL_SAVEPOINT) {
      // As the JobManager does of every kind. Here it matters: the future of a canonical savepoint
      // is Flink's own, which loses the file if it is cancelled while the file is being closed.
      snapshot.pending().location().disposeOnFailure();
    }
  }

  void abort(Random random) throws Exception {
    if (!running.isEmpty()) {
      RunningSnapshot snapshot = running.remove(random.nextInt(running.size()));
      execution.journal().add("abort snapshot " + snapshot.pending().id());
      execution.coverage().count(Coverage.Event.SNAPSHOT_ABORTED);
      end(execution.operator(), snapshot, snapshot.outcome());
    }
  }

  void cancel(Random random) throws Exception {
    if (!running.isEmpty()) {
      RunningSnapshot snapshot = running.remove(random.nextInt(running.size()));
      execution.journal().add("cancel snapshot " + snapshot.pending().id());
      execution.coverage().count(Coverage.Event.SNAPSHOT_CANCELLED);
      snapshot.cancel();
      end(execution.operator(), snapshot, snapshot.outcome());
    }
  }

  /** At once, or later, or never. */
  private void tell(Random random, Message message) throws Exception {
    switch (random.nextInt(8)) {
      case 0 -> execution.journal().add("its message is lost");
      case 1, 2 -> {
        execution.journal().add("its message is late");
        late.add(message);
      }
      default -> deliver(message);
    }
  }

  void deliverLateMessage(Random random) throws Exception {
    if (!late.isEmpty()) {
      execution.journal().add("a late message comes");
      deliver(random.nextBoolean() ? late.pollFirst() : late.pollLast());
    }
  }

  private void deliver(Message message) throws Exception {
    for (OperatorSubtask<Object> subtask : execution.operator().subtasks()) {
      message.deliverTo(subtask);
    }
  }

  void restoreAny(Random random) throws Exception {
    if (restorable.isEmpty()) {
      return;
    }
    boolean cancelsFirst = random.nextBoolean();
    for (RunningSnapshot lost : running) {
      execution.coverage().count(Coverage.Event.SNAPSHOT_LOST_WITH_THE_TASK);
      if (cancelsFirst) {
        lost.cancel();
      }
    }
    List<RunningSnapshot> stillRunning = List.copyOf(running);
    running.clear();
    late.clear();
    KeyedOperator<Object> ended = execution.operator();
    restorable.restoreAny(random);
    giveUp(ended, stillRunning);
  }

  /** Flink deletes what was reported of snapshots that do not come about. */
  private static void giveUp(KeyedOperator<Object> operator, List<RunningSnapshot> snapshots)
      throws Exception {
    for (RunningSnapshot lost : snapshots) {
      lost.cancel();
      end(operator, lost, lost.outcome());
    }
  }

  /** The program ends. */
  void abandon() throws Exception {
    giveUp(execution.operator(), running);
    running.clear();
  }
}
