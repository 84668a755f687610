package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.ForwardingStreamFactory;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.util.IOUtils;

/**
 * A task that counts events and dies, and its job, which restores it from the last completed
 * checkpoint and has it read its source again from there.
 */
final class MortalTask implements AutoCloseable {

  /** When it dies. */
  enum Death {
    BETWEEN_CHECKPOINTS,
    IN_THE_SYNCHRONOUS_PART,
    BEFORE_THE_ASYNCHRONOUS_PART,
    WHILE_A_CHECKPOINT_IS_WRITTEN,
    AFTER_ONE_WAS_CANCELLED,
    AFTER_ONE_COULD_NOT_BE_STORED,
    AFTER_ONE_THAT_NEVER_COMPLETES,
    BEFORE_ONE_IS_CONFIRMED,
    CANCELLED_FROM_OUTSIDE,
    INTERRUPTED
  }

  private static final int MOST_EVENTS = 1_500;
  private static final int MOST_STREAMS = 6;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Workspace workspace;
  private final Participant participant;
  private final Random random;
  private final CountedEvents events;
  private KeyedOperator<Long> operator;
  private Snapshot<Long> last;
  private long position;

  MortalTask(Workspace workspace, Participant participant) throws Exception {
    this.workspace = workspace;
    this.participant = participant;
    this.random = new Random(workspace.seed());
    this.events = new CountedEvents(workspace.seed());
    this.operator = OperatorOfStates.start(workspace, participant);
    this.last = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, 0L));
  }

  /** Counts events, with a checkpoint now and then. */
  void live() throws Exception {
    for (int checkpoints = random.nextInt(3); checkpoints > 0; checkpoints--) {
      processSome();
      PendingSnapshot<Long> pending = trigger();
      Future<?> writing = threads.submit(part(pending));
      processSome();
      writing.get();
      completed(operator.complete(pending));
    }
    processSome();
  }

  /** Dies; whatever was under way is given up by the job. */
  void die(Death death) throws Exception {
    switch (death) {
      case BETWEEN_CHECKPOINTS -> operator.close();
      case IN_THE_SYNCHRONOUS_PART -> {
        cancel(subtask());
        assertThatThrownBy(this::trigger).isInstanceOf(IOException.class);
        operator.close();
      }
      case BEFORE_THE_ASYNCHRONOUS_PART -> {
        PendingSnapshot<Long> pending = trigger();
        processSome();
        operator.close();
        giveUp(pending);
      }
      case WHILE_A_CHECKPOINT_IS_WRITTEN -> {
        PendingSnapshot<Long> pending = trigger();
        Future<?> writing = threads.submit(part(pending));
        processSome();
        operator.close();
        writing.get();
        giveUp(pending);
      }
      case AFTER_ONE_WAS_CANCELLED -> {
        PendingSnapshot<Long> pending = trigger();
        Future<?> writing = threads.submit(part(pending));
        processSome();
        pending.cancel();
        processSome();
        writing.get();
        giveUp(pending);
        live();
        operator.close();
      }
      case AFTER_ONE_COULD_NOT_BE_STORED -> {
        PendingSnapshot<Long> pending =
            operator.trigger(
                SnapshotKind.CHECKPOINT,
                position,
                storage -> new BreakingStorage(storage, random.nextInt(MOST_STREAMS)));
        Future<?> writing = threads.submit(part(pending));
        processSome();
        writing.get();
        giveUp(pending);
        live();
        operator.close();
      }
      case AFTER_ONE_THAT_NEVER_COMPLETES -> {
        PendingSnapshot<Long> pending = trigger();
        Future<?> writing = threads.submit(part(pending));
        processSome();
        writing.get();
        processSome();
        operator.close();
        giveUp(pending);
      }
      case BEFORE_ONE_IS_CONFIRMED -> {
        PendingSnapshot<Long> pending = trigger();
        Future<?> writing = threads.submit(part(pending));
        processSome();
        writing.get();
        completed(operator.finish(pending, pending.run()));
        processSome();
        operator.close();
      }
      case CANCELLED_FROM_OUTSIDE -> {
        PendingSnapshot<Long> pending = trigger();
        OperatorSubtask<Long> cancelled = subtask();
        Future<?> writing = threads.submit(part(pending));
        Future<?> cancelling = threads.submit(() -> cancel(cancelled));
        processAsLongAsPossible();
        cancelling.get();
        operator.close();
        writing.get();
        giveUp(pending);
      }
      case INTERRUPTED -> {
        PendingSnapshot<Long> pending = trigger();
        Future<?> writing = threads.submit(part(pending));
        Thread.currentThread().interrupt();
        processAsLongAsPossible();
        boolean unused = Thread.interrupted();
        operator.close();
        writing.get();
        giveUp(pending);
      }
    }
  }

  private static void cancel(OperatorSubtask<Long> subtask) {
    IOUtils.closeQuietly(subtask.task().closeables());
    IOUtils.closeQuietly(subtask.backend());
  }

  /** Comes back, with what it had at its last completed checkpoint and nothing else. */
  void comeBack() throws Exception {
    RecoveryClaimMode mode =
        random.nextBoolean() ? RecoveryClaimMode.CLAIM : RecoveryClaimMode.NO_CLAIM;
    operator = OperatorOfStates.restore(workspace, participant, last, mode);
    position = last.contents();
    events.expectUpTo(position);
    events.assertCountedBy(subtask());
  }

  private PendingSnapshot<Long> trigger() throws Exception {
    return operator.trigger(SnapshotKind.CHECKPOINT, position);
  }

  private static RunnableFuture<SnapshotResult<KeyedStateHandle>> part(
      PendingSnapshot<Long> pending) {
    return pending.parts().get(0);
  }

  private void completed(Snapshot<Long> snapshot) {
    last = snapshot;
  }

  /** As the JobManager does: what was reported after all is deleted. */
  private void giveUp(PendingSnapshot<Long> pending) throws Exception {
    List<OperatorSubtaskState> reports = List.of();
    try {
      reports = pending.run();
    } catch (CancellationException | ExecutionException e) {
      // Then nothing was reported.
    }
    operator.abort(pending, reports);
  }

  private void processSome() throws Exception {
    for (int count = random.nextInt(MOST_EVENTS); count > 0; count--) {
      events.process(subtask(), position++);
    }
  }

  /** The task of a user that is being cancelled may fail anywhere. */
  private void processAsLongAsPossible() throws Exception {
    try {
      processSome();
    } catch (IllegalStateException e) {
      // What it has counted since the last checkpoint is of no interest.
    }
  }

  private OperatorSubtask<Long> subtask() {
    return operator.subtasks().get(0);
  }

  @Override
  public void close() throws Exception {
    threads.shutdownNow();
    operator.close();
  }

  /** Checkpoint storage in which some stream cannot be opened. */
  private static final class BreakingStorage extends ForwardingStreamFactory {

    private final AtomicInteger streams;

    BreakingStorage(CheckpointStreamFactory storage, int streams) {
      super(storage);
      this.streams = new AtomicInteger(streams);
    }

    @Override
    public CheckpointStateOutputStream createCheckpointStateOutputStream(
        CheckpointedStateScope scope) throws IOException {
      if (streams.getAndDecrement() == 0) {
        throw new IOException("The storage has broken off.");
      }
      return super.createCheckpointStateOutputStream(scope);
    }
  }
}
