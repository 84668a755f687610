package io.basalt.statebackend.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads that take one part of some work after the other, and are all gone when {@link #run}
 * returns or throws: they use native objects that whoever called it closes next.
 *
 * @param <P> a part
 */
public final class ParallelParts<P> {

  /** A file that is ended is synced, and its thread waits for the disk. */
  private static final int THREADS_BY_PROCESSOR = 2;

  /**
   * Each may have a file under way, of which the filter takes eight bytes a key until it is
   * written: up to some 25 MB, outside of managed memory. All slots of a TaskManager may be at it.
   */
  private static final int MOST_THREADS = 4;

  private final BlockingQueue<P> parts;
  private final Runnable stop;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /** Does a part. Called by one thread, for one part after the other. */
  @FunctionalInterface
  public interface Worker<P> {
    void take(P part) throws IOException;
  }

  /**
   * Work that has not begun.
   *
   * @param stop makes the workers end early, by an exception; called once one has failed, or if the
   *     calling thread is interrupted
   */
  public ParallelParts(Collection<P> parts, Runnable stop) {
    this.parts = new LinkedBlockingQueue<>(parts);
    this.stop = stop;
  }

  /** How many threads are worth it for so many parts. */
  public static int threads(int parts) {
    return Math.min(
        parts,
        Math.min(MOST_THREADS, THREADS_BY_PROCESSOR * Runtime.getRuntime().availableProcessors()));
  }

  /**
   * Runs the workers, each in a thread of its own, until all parts are done or one has failed.
   *
   * @throws IOException what the first one to fail threw, or whatever else that was
   * @throws InterruptedException if this thread was interrupted meanwhile
   */
  public void run(String threadName, List<? extends Worker<P>> workers)
      throws IOException, InterruptedException {
    List<Thread> started = new ArrayList<>();
    try {
      for (Worker<P> worker : workers) {
        Thread thread = new Thread(() -> takeParts(worker), threadName + "-" + started.size());
        // The user's serializers may load the user's classes by it.
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.setDaemon(true);
        thread.start();
        started.add(thread);
      }
    } catch (RuntimeException | Error e) {
      stop.run();
      throw e;
    } finally {
      join(started);
    }
    Throwable failed = failure.get();
    if (failed instanceof IOException e) {
      throw e;
    } else if (failed instanceof RuntimeException e) {
      throw e;
    } else if (failed instanceof Error e) {
      throw e;
    }
  }

  private void join(List<Thread> started) throws InterruptedException {
    InterruptedException interrupted = null;
    for (Thread thread : started) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          stop.run();
          interrupted = e;
        }
      }
    }
    if (interrupted != null) {
      throw interrupted;
    }
  }

  private void takeParts(Worker<P> worker) {
    try {
      for (P part = parts.poll(); part != null; part = parts.poll()) {
        worker.take(part);
      }
    } catch (Throwable e) {
      // The first to fail says why; the others end because of it.
      failure.compareAndSet(null, e);
      stop.run();
    }
  }
}
