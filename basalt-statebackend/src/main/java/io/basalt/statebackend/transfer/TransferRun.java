package io.basalt.statebackend.transfer;

import io.basalt.statebackend.transfer.Transfers.Transfer;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.util.IOUtils;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of copies: its threads, the streams they block on, and what they have brought.
 *
 * <p>Whoever runs it waits in {@link #results} and then, whatever came of it, calls {@link #end}.
 * Any thread may {@link #close} it at any time, which wakes the waiting one and blocks on nothing.
 */
final class TransferRun<T> implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(TransferRun.class);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final List<? extends Transfer<T>> transfers;
  private final ExecutorService executor;
  private final CloseableRegistry streams = new CloseableRegistry();
  private final CompletableFuture<@Nullable Void> outcome = new CompletableFuture<>();
  private final AtomicInteger missing;

  /** Guards the results and whether anybody will ask for them. */
  private final Object lock = new Object();

  private final List<@Nullable T> arrived = new ArrayList<>();
  private boolean delivered;
  private boolean over;

  TransferRun(List<? extends Transfer<T>> transfers, int threads) {
    this.transfers = transfers;
    this.missing = new AtomicInteger(transfers.size());
    this.executor =
        Executors.newFixedThreadPool(
            Math.min(threads, transfers.size()),
            new ExecutorThreadFactory("basalt-transfer-" + NUMBER.incrementAndGet()));
    transfers.forEach(transfer -> arrived.add(null));
  }

  /**
   * Starts all copies and waits for the last, the first failure or a cancel, whatever comes first.
   *
   * @return what each copy gave, in their order; the caller's to keep or discard
   */
  List<T> results() throws Exception {
    for (int i = 0; i < transfers.size(); i++) {
      int number = i;
      executor.execute(() -> copy(number));
    }
    try {
      outcome.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw new IOException("A transfer of files failed.", e.getCause());
    }
    synchronized (lock) {
      delivered = true;
      List<T> results = new ArrayList<>();
      arrived.forEach(results::add);
      return results;
    }
  }

  private void copy(int number) {
    if (outcome.isDone()) {
      // Another one has failed, or all are cancelled: nothing is begun any more.
      return;
    }
    Transfer<T> transfer = transfers.get(number);
    try {
      T result = transfer.copy(streams);
      synchronized (lock) {
        if (!over) {
          arrived.set(number, result);
          result = null;
        }
      }
      if (result != null) {
        // Storage came back after everybody had left.
        transfer.discard(result);
      }
      if (missing.decrementAndGet() == 0) {
        outcome.complete(null);
      }
    } catch (Throwable e) {
      outcome.completeExceptionally(e);
    }
  }

  /** Cancels. */
  @Override
  public void close() {
    outcome.completeExceptionally(
        new CancellationException("The transfer of files was cancelled."));
  }

  /**
   * Ends what is still running and discards what was not delivered. A copy that neither the closing
   * of its stream nor an interrupt ends within a moment is left to itself: it cannot do anything
   * any more but end; what it still brings is discarded.
   */
  void end() {
    executor.shutdownNow();
    boolean ended = Detached.end(executor, () -> IOUtils.closeQuietly(streams));
    List<Runnable> discards = new ArrayList<>();
    synchronized (lock) {
      over = true;
      if (!delivered) {
        for (int i = 0; i < arrived.size(); i++) {
          Transfer<T> transfer = transfers.get(i);
          T result = arrived.get(i);
          if (result != null) {
            discards.add(() -> transfer.discard(result));
          }
        }
      }
    }
    discards.forEach(Runnable::run);
    if (!ended) {
      LOG.warn(
          "Storage does not answer: copies of files are left behind that neither closing their"
              + " streams nor an interrupt could end. Their threads and streams go when it answers.");
    }
  }
}
