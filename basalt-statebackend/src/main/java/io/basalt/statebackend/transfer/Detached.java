package io.basalt.statebackend.transfer;

import java.io.Closeable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.IOUtils;

/**
 * What storage may hold up for ever, done on a thread of its own, so that nobody who cancels has to
 * wait for it.
 *
 * <p>Closing a stream is such a thing: it may write what is left, delete a file, or wait for the
 * very call that does not return. Flink closes streams on the thread that cancels a task or a
 * checkpoint, one after the other.
 */
public final class Detached {

  /**
   * How long a cancel waits for storage that does not answer. Long for a call that is under way,
   * short for somebody who wants his job restarted.
   */
  static final long PATIENCE_MILLISECONDS = 2_000;

  private Detached() {}

  /**
   * Closes and ignores errors. Returns when it is closed, or after two seconds; then the closing
   * goes on by itself. An interrupt does not shorten it and stays set.
   */
  public static void closeQuietly(Closeable closeable) {
    run("basalt-close", () -> IOUtils.closeQuietly(closeable));
  }

  /**
   * Runs an action on a thread that does not keep the process alive, and waits for its end, but no
   * longer than two seconds. An interrupt does not shorten the wait and stays set.
   *
   * @return whether it has ended
   */
  public static boolean run(String threadName, Runnable action) {
    CountDownLatch end = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              try {
                action.run();
              } finally {
                end.countDown();
              }
            },
            threadName);
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // There may be no more threads, and what is closed here is what would give some back.
      action.run();
      return true;
    }
    return awaitUninterruptibly(end);
  }

  /**
   * Waits for the last thread of an executor that is shut down, having closed what they block on.
   *
   * @return whether they ended within two seconds; if not, the closing and the wait go on
   */
  static boolean end(ExecutorService executor, Runnable closing) {
    return run(
        "basalt-end",
        () -> {
          closing.run();
          awaitTermination(executor);
        });
  }

  private static void awaitTermination(ExecutorService executor) {
    try {
      boolean ended = false;
      while (!ended) {
        ended = executor.awaitTermination(1, TimeUnit.MINUTES);
      }
    } catch (InterruptedException e) {
      // Not by us, and there is nothing else for this thread to do.
      Thread.currentThread().interrupt();
    }
  }

  private static boolean awaitUninterruptibly(CountDownLatch end) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLISECONDS);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return end.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
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
