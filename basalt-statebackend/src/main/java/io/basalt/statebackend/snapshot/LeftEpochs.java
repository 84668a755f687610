package io.basalt.statebackend.snapshot;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Lease;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The epochs of snapshots that were cancelled before they had written them. Their changes are to be
 * written all the same, and hold back what passes by until they are: a thread does it in the place
 * of the snapshot's, or the task would have to, all of an epoch with one operation. One thread for
 * all of them, which ends when they are written; any thread may leave one.
 */
final class LeftEpochs {

  private static final Logger LOG = LoggerFactory.getLogger(LeftEpochs.class);

  private final Database database;
  private final Queue<Epoch> left = new ConcurrentLinkedQueue<>();
  private final AtomicInteger leaving = new AtomicInteger();

  LeftEpochs(Database database) {
    this.database = database;
  }

  /**
   * Has an epoch written, and what has waited for that.
   *
   * @throws RuntimeException if that fails
   * @throws InterruptedException if the thread is interrupted before it has begun
   */
  void finish(Epoch epoch) throws InterruptedException {
    epoch.finish();
    database.bufferedWrites().catchUp();
  }

  /** Nobody finishes this one, who would not be kept from other things by it. Does not wait. */
  void leave(Epoch epoch) {
    if (!epoch.isWanted()) {
      return;
    }
    left.add(epoch);
    if (leaving.getAndIncrement() > 0) {
      return;
    }
    Thread thread = new Thread(this::finishAll, "basalt-epochs");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // No thread is to be had: the next checkpoint writes it, or the task if it has to.
      LOG.debug("Changes of a cancelled snapshot wait for the next one.", e);
      left.clear();
      leaving.set(0);
    }
  }

  private void finishAll() {
    do {
      Epoch epoch = left.poll();
      if (epoch != null) {
        finishUnlessClosed(epoch);
      }
    } while (leaving.decrementAndGet() > 0);
  }

  private void finishUnlessClosed(Epoch epoch) {
    try (Lease unused = database.lease()) {
      finish(epoch);
    } catch (IOException | CancellationException e) {
      LOG.debug("The database in {} has been closed.", database.directory(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // It is all there still: whoever needs it next tries again, and fails of the same. And those
      // that are left later are not this one's to keep from being written.
      LOG.warn("Changes could not be written in {}.", database.directory(), e);
    }
  }
}
