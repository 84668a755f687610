package io.basalt.statebackend.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.flink.core.fs.CloseableRegistry;

/**
 * Runs copies of files in parallel and leaves nothing running: when {@link #run} returns or throws,
 * every copy it started has ended and every thread is on its way out. The one exception is storage
 * that answers neither to the closing of a stream nor to an interrupt: what hangs in it is left
 * behind after two seconds, so that a task can be cancelled.
 *
 * <p>A copy that fails, an interrupt of the calling thread or the closing of the registry cancels
 * the others: the streams they block on are closed. Nothing is retried; that is Flink's decision.
 */
public final class Transfers {

  private final int threads;

  /**
   * A way to run copies.
   *
   * @param threads how many run at once at most ({@code
   *     state.backend.rocksdb.checkpoint.transfer.thread.num})
   */
  public Transfers(int threads) {
    this.threads = Math.max(1, threads);
  }

  /** A copy of one file; registers the streams it blocks on with the registry it is given. */
  @FunctionalInterface
  public interface Transfer<T> {
    /** Copies; called once, on any thread. */
    T copy(CloseableRegistry registry) throws Exception;

    /**
     * Takes back what was copied, since the run failed or was left. Called at most once, on any
     * thread; not for a copy that failed itself.
     */
    default void discard(T result) {}
  }

  /**
   * Runs all copies and gives their results in the same order.
   *
   * @param cancellation its closing cancels the run, and waits for nothing; not closed here
   * @throws java.io.IOException or whatever the first failing copy threw; CancellationException if
   *     the registry was closed. What the other copies brought is discarded
   */
  public <T> List<T> run(List<? extends Transfer<T>> transfers, CloseableRegistry cancellation)
      throws Exception {
    if (transfers.isEmpty()) {
      return new ArrayList<>();
    }
    TransferRun<T> run = new TransferRun<>(transfers, threads);
    try {
      cancellation.registerCloseable(run);
      return run.results();
    } catch (Exception | Error e) {
      if (cancellation.isClosed() && !(e instanceof CancellationException)) {
        CancellationException cancelled =
            new CancellationException("The transfer of files was cancelled.");
        cancelled.initCause(e);
        throw cancelled;
      }
      throw e;
    } finally {
      cancellation.unregisterCloseable(run);
      run.end();
    }
  }
}
