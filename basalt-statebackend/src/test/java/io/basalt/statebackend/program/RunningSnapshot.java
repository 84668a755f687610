package io.basalt.statebackend.program;

import io.basalt.statebackend.harness.PendingSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;

/** A snapshot between its synchronous part and its end. */
final class RunningSnapshot {

  private final PendingSnapshot<Model> pending;

  /** Whether something was arranged to go wrong with it; only then may it. */
  private final boolean faulty;

  private Thread thread;
  private boolean started;
  private boolean cancelled;

  RunningSnapshot(PendingSnapshot<Model> pending, boolean faulty) {
    this.pending = pending;
    this.faulty = faulty;
  }

  /** What came of the asynchronous parts. */
  record Outcome(List<OperatorSubtaskState> reports, Throwable failure) {
    boolean succeeded() {
      return failure == null;
    }
  }

  PendingSnapshot<Model> pending() {
    return pending;
  }

  boolean isSavepoint() {
    return pending.kind().isSavepoint();
  }

  /** Runs the asynchronous parts, on a thread of their own if so asked. */
  void start(boolean beside) {
    if (started) {
      return;
    }
    started = true;
    if (beside) {
      thread = new Thread(() -> pending.parts().forEach(RunnableFuture::run), "program-snapshot");
      thread.start();
    } else {
      pending.parts().forEach(RunnableFuture::run);
      clearInterrupt();
    }
  }

  /** A snapshot that is cancelled while it runs has its thread interrupted, which is this one. */
  private static void clearInterrupt() {
    Thread.interrupted();
  }

  void cancel() {
    cancelled = true;
    pending.cancel();
  }

  /** Runs what has not run, waits for the rest and collects it. */
  Outcome outcome() throws Exception {
    start(false);
    if (thread != null) {
      thread.join();
    }
    List<OperatorSubtaskState> reports = new ArrayList<>();
    Throwable failure = null;
    for (RunnableFuture<SnapshotResult<KeyedStateHandle>> part : pending.parts()) {
      try {
        KeyedStateHandle handle = part.get().getJobManagerOwnedSnapshot();
        OperatorSubtaskState.Builder report = OperatorSubtaskState.builder();
        if (handle != null) {
          report.setManagedKeyedState(handle);
        }
        reports.add(report.build());
      } catch (CancellationException | ExecutionException e) {
        failure = e;
      }
    }
    if (failure != null && !faulty && !cancelled) {
      throw new AssertionError("A snapshot has failed: " + pending.kind(), failure);
    }
    return new Outcome(reports, failure);
  }
}
