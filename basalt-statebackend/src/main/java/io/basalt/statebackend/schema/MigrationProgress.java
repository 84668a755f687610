package io.basalt.statebackend.schema;

import io.basalt.statebackend.store.Table;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.core.fs.CloseableRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a migration is, in the log, and whether it is still wanted: the task closes the registry
 * when it is cancelled, or interrupts its thread. Any thread, but for the beginning and the end.
 */
final class MigrationProgress implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(MigrationProgress.class);

  private static final long LOG_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

  /**
   * After how many entries {@link #read} is called: often enough for a cancellation to be noticed
   * at once, too seldom to cost anything.
   */
  static final int ENTRIES_BETWEEN_CALLS = 256;

  private final String state;
  private final long estimate;
  private final CloseableRegistry cancellation;
  private final Thread task = Thread.currentThread();
  private final AtomicLong entries = new AtomicLong();
  private final AtomicLong nextLog = new AtomicLong(System.nanoTime() + LOG_PERIOD_NANOS);
  private volatile boolean stopped;

  MigrationProgress(Table table, CloseableRegistry cancellation) {
    this.state = table.name();
    this.estimate = table.property("rocksdb.estimate-num-keys");
    this.cancellation = cancellation;
  }

  /**
   * To be called first.
   *
   * @throws CancellationException if the task has been cancelled already
   */
  void begin() {
    try {
      cancellation.registerCloseable(this);
    } catch (IOException e) {
      throw cancelled();
    }
    LOG.info(
        "Migrating the entries of state '{}', about {}, to its new serializer.", state, estimate);
  }

  /**
   * So many entries more have been read.
   *
   * @throws CancellationException if no more are wanted
   */
  void read(int more) {
    long count = entries.addAndGet(more);
    if (stopped || task.isInterrupted()) {
      throw cancelled();
    }
    long next = nextLog.get();
    long now = System.nanoTime();
    if (now - next >= 0 && nextLog.compareAndSet(next, now + LOG_PERIOD_NANOS)) {
      LOG.info("Migrating state '{}': {} of about {} entries.", state, count, estimate);
    }
  }

  /** How many entries there were until now. */
  long entries() {
    return entries.get();
  }

  CancellationException cancelled() {
    return new CancellationException("The migration of state '" + state + "' was cancelled.");
  }

  /** No more entries are wanted: the task is cancelled, or another part has failed. */
  @Override
  public void close() {
    stopped = true;
  }

  /** To be called at last. */
  void end() {
    cancellation.unregisterCloseable(this);
  }
}
