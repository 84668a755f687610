package io.basalt.statebackend.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.apache.flink.util.function.SupplierWithException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites the files of a table as soon as range deletions cover half of what they hold: at most as
 * much is written as is taken away.
 *
 * <p>RocksDB's own rules know how large files are, not that nothing is alive in them: until enough
 * others have come, a seek steps over every deleted range, and the files take their room. One table
 * at a time, in a thread that lives for that long only. What fails is logged, and tried again after
 * the next flush or compaction: nothing depends on it.
 */
final class ClearedFiles {

  private static final Logger LOG = LoggerFactory.getLogger(ClearedFiles.class);

  private final Path directory;
  private final SupplierWithException<Lease, IOException> leases;
  private final BooleanSupplier isViewed;
  private boolean busy;
  private boolean stopped;

  /** The database while files are being rewritten, which a lease keeps open as long. */
  private @Nullable RocksDB rewriting;

  /**
   * @param leases of the database
   * @param isViewed whether anybody sees it as it was, so that deleted entries have to stay
   */
  ClearedFiles(
      Path directory, SupplierWithException<Lease, IOException> leases, BooleanSupplier isViewed) {
    this.directory = directory;
    this.leases = leases;
    this.isViewed = isViewed;
  }

  /** Begins if the table is worth it and no other is at work. Any thread; returns at once. */
  void lookAt(ColumnFamilyTable table, RocksDB rocks) {
    if (isViewed.getAsBoolean() || !table.isMostlyCleared()) {
      return;
    }
    synchronized (this) {
      if (busy || stopped) {
        return;
      }
      busy = true;
    }
    Thread thread = new Thread(() -> rewrite(table, rocks), "basalt-cleared-files");
    thread.setDaemon(true);
    thread.start();
  }

  private void rewrite(ColumnFamilyTable table, RocksDB rocks) {
    // No lease once the database is closing, and none while it is opened again.
    try (Lease unused = leases.get()) {
      if (begin(rocks)) {
        try {
          table.rewriteCleared();
        } finally {
          end();
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("Did not rewrite files of state '{}' in {}.", table.name(), directory, e);
    } finally {
      free();
    }
  }

  private synchronized boolean begin(RocksDB rocks) {
    if (stopped) {
      return false;
    }
    rewriting = rocks;
    return true;
  }

  private synchronized void end() {
    rewriting = null;
  }

  private synchronized void free() {
    busy = false;
  }

  /** Ends what is under way, for good. Any thread. */
  synchronized void stop() {
    stopped = true;
    if (rewriting != null) {
      rewriting.cancelAllBackgroundWork(false);
    }
  }
}
