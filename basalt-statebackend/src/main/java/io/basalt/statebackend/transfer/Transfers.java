package io.basalt.statebackend.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.util.IOUtils;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;

/**
 * Runs copies of files in parallel and leaves nothing running: when {@link #run} returns or throws,
 * every copy it started has ended and every thread is on its way out.
 *
 * <p>A copy that fails, an interrupt of the calling thread or the closing of the registry cancels
 * the others: the registry of the run closes the streams they block on. Nothing is retried; that is
 * Flink's decision.
 */
public final class Transfers {

  private static final AtomicInteger NUMBER = new AtomicInteger();

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
  }

  /**
   * Runs all copies and gives their results in the same order.
   *
   * @param cancellation its closing cancels the run; not closed here
   * @throws IOException or whatever the first failing copy threw; CancellationException if the
   *     registry was closed
   */
  public <T> List<T> run(List<? extends Transfer<T>> transfers, CloseableRegistry cancellation)
      throws Exception {
    if (transfers.isEmpty()) {
      return new ArrayList<>();
    }
    CloseableRegistry streams = new CloseableRegistry();
    cancellation.registerCloseable(streams);
    ExecutorService executor =
        Executors.newFixedThreadPool(
            Math.min(threads, transfers.size()),
            new ExecutorThreadFactory("basalt-transfer-" + NUMBER.incrementAndGet()));
    try {
      return await(executor, transfers, streams);
    } catch (Exception | Error e) {
      if (cancellation.isClosed() && !(e instanceof CancellationException)) {
        CancellationException cancelled =
            new CancellationException("The transfer of files was cancelled.");
        cancelled.initCause(e);
        throw cancelled;
      }
      throw e;
    } finally {
      cancellation.unregisterCloseable(streams);
      // Blocked copies wake up because their streams are closed; then all threads end.
      IOUtils.closeQuietly(streams);
      executor.shutdownNow();
      awaitUninterruptibly(executor);
    }
  }

  private static <T> List<T> await(
      ExecutorService executor, List<? extends Transfer<T>> transfers, CloseableRegistry streams)
      throws Exception {
    ExecutorCompletionService<T> completed = new ExecutorCompletionService<>(executor);
    List<Future<T>> futures = new ArrayList<>(transfers.size());
    for (Transfer<T> transfer : transfers) {
      Callable<T> callable = () -> transfer.copy(streams);
      futures.add(completed.submit(callable));
    }
    // In the order of completion, so that the first failure ends the wait and not the slowest copy.
    for (int i = 0; i < futures.size(); i++) {
      Future<T> done = completed.take();
      try {
        done.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception cause) {
          throw cause;
        }
        throw new IOException("A transfer of files failed.", e.getCause());
      }
    }
    List<T> results = new ArrayList<>(futures.size());
    for (Future<T> future : futures) {
      results.add(future.get());
    }
    return results;
  }

  private static void awaitUninterruptibly(ExecutorService executor) {
    boolean interrupted = false;
    try {
      while (!executor.isTerminated()) {
        try {
          if (executor.awaitTermination(1, TimeUnit.SECONDS)) {
            break;
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
