package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.transfer.Detached;
import io.basalt.statebackend.transfer.Disposal;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.util.IOUtils;

/**
 * A snapshot whose synchronous part is done and whose asynchronous part Flink runs when it likes.
 *
 * <p>It may be cancelled before, while and after it runs, by Flink or by the end of the task, and
 * leaves nothing behind in any case: local resources are released exactly once, and a result that
 * nobody can get any more because the cancellation won the race against its delivery is discarded.
 * That last case is why this is not Flink's {@code AsyncSnapshotCallable}, which would drop the
 * result and leave its files in checkpoint storage, and which does not release what was prepared if
 * the task has ended before it could be registered.
 */
final class SnapshotTask extends FutureTask<SnapshotResult<KeyedStateHandle>> {

  private final Execution execution;
  private final CloseableRegistry cancellation;
  private final Closeable cancelOnClose = () -> cancel(true);

  private SnapshotTask(Execution execution, CloseableRegistry cancellation) {
    super(execution);
    this.execution = execution;
    this.cancellation = cancellation;
  }

  /**
   * Takes over the work, also if it throws.
   *
   * @param cancellation its closing cancels the snapshot
   * @throws IOException if the registry is closed already; the work is released then
   */
  static SnapshotTask of(SnapshotWork work, CloseableRegistry cancellation) throws IOException {
    SnapshotTask task = new SnapshotTask(new Execution(work), cancellation);
    try {
      cancellation.registerCloseable(task.cancelOnClose);
      return task;
    } catch (IOException e) {
      task.cancel(true);
      throw e;
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      execution.cancel();
    }
    return cancelled;
  }

  @Override
  protected void set(SnapshotResult<KeyedStateHandle> result) {
    super.set(result);
    if (isCancelled()) {
      execution.work.withdrawn();
      Disposal.discard(List.of(result));
    }
  }

  @Override
  protected void done() {
    cancellation.unregisterCloseable(cancelOnClose);
  }

  /** Runs the work once, or releases it without. */
  private static final class Execution implements Callable<SnapshotResult<KeyedStateHandle>> {

    private final SnapshotWork work;
    private final CloseableRegistry streams = new CloseableRegistry();
    private final AtomicBoolean claimed = new AtomicBoolean();

    Execution(SnapshotWork work) {
      this.work = work;
    }

    @Override
    public SnapshotResult<KeyedStateHandle> call() throws Exception {
      if (!claimed.compareAndSet(false, true)) {
        throw new CancellationException("The snapshot was cancelled before it was written.");
      }
      try {
        return work.write(streams);
      } finally {
        IOUtils.closeQuietly(streams);
        work.release();
      }
    }

    void cancel() {
      // Flink cancels on threads that have other tasks and checkpoints to cancel.
      try {
        Detached.closeQuietly(streams);
      } finally {
        if (claimed.compareAndSet(false, true)) {
          work.release();
        }
      }
    }
  }
}
