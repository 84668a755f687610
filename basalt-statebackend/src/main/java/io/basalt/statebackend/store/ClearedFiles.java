package io.basalt.statebackend.store;

import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites the files of a table as soon as range deletions cover half of what they hold, or are to
 * be merged: after a rescale. Else at most as much is written as is taken away, and never more than
 * RocksDB has in its first sorted level (256 MB by default): a table that is larger has compactions
 * of its own soon, and must not wait for this one.
 *
 * <p>RocksDB's own rules know how large files are, not that nothing is alive in them: until enough
 * others have come, a seek steps over every deleted range, and the files take their room. One table
 * at a time, in a thread that lives for that long only. What fails is logged, and tried again after
 * the next flush or compaction: nothing depends on it.
 */
final class ClearedFiles {

  /** Fewer bytes to take away are left to RocksDB, which merges four small files soon. */
  private static final long WORTH_REWRITING = 64 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(ClearedFiles.class);

  private final Database database;
  private final BooleanSupplier isViewed;
  private final Set<ColumnFamilyTable> waiting = new LinkedHashSet<>();
  private boolean busy;
  private boolean stopped;

  /** Files are being rewritten, and a lease keeps the database open as long. */
  private boolean rewriting;

  /**
   * Of a database.
   *
   * @param isViewed whether anybody sees it as it was, so that deleted entries have to stay
   */
  ClearedFiles(Database database, BooleanSupplier isViewed) {
    this.database = database;
    this.isViewed = isViewed;
  }

  /** Begins, now or after another one, if the table is worth it. Any thread; returns at once. */
  void lookAt(ColumnFamilyTable table) {
    if (isViewed.getAsBoolean() || !isMostlyCleared(table)) {
      return;
    }
    synchronized (this) {
      if (stopped) {
        return;
      }
      waiting.add(table);
      if (busy) {
        return;
      }
      busy = true;
    }
    Thread thread = new Thread(this::rewriteAll, "basalt-cleared-files");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // No thread is to be had: tried again after the next flush or compaction.
      LOG.debug("Files of state '{}' are not rewritten yet.", table.name(), e);
      notBusy();
    }
  }

  private synchronized void notBusy() {
    busy = false;
  }

  private void rewriteAll() {
    for (ColumnFamilyTable table = next(); table != null; table = next()) {
      rewrite(table);
    }
  }

  private synchronized @Nullable ColumnFamilyTable next() {
    Iterator<ColumnFamilyTable> first = waiting.iterator();
    if (stopped || !first.hasNext()) {
      busy = false;
      return null;
    }
    ColumnFamilyTable table = first.next();
    first.remove();
    return table;
  }

  private void rewrite(ColumnFamilyTable table) {
    // None once the database is closing, and none while it is opened again.
    try (Lease unused = database.lease()) {
      if (begin()) {
        try {
          if (isMostlyCleared(table)) {
            rewriteFiles(table);
          }
        } finally {
          end();
        }
      }
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      LOG.debug(
          "Did not rewrite files of state '{}' in {}.", table.name(), database.directory(), e);
    }
  }

  /**
   * Whether the files are worth it, and few enough to be merged at once: what is being merged
   * RocksDB's own compactions have to leave alone.
   */
  static boolean isMostlyCleared(ColumnFamilyTable table) {
    long covered = table.rangeDeletions().coveredBytes();
    if (covered < WORTH_REWRITING) {
      return false;
    }
    // Not by listing them, which holds RocksDB's lock: this is asked after each flush and
    // compaction for as long as a large table has ranges deleted.
    long bytes = table.unlessClosed(FileMerge::bytes, 0L);
    return (2 * covered >= bytes || table.rangeDeletions().isToBeMerged())
        && bytes <= table.options().maxBytesForLevelBase();
  }

  /** Writes what is alive in files to new ones, unless RocksDB is at some of them already. */
  private static void rewriteFiles(ColumnFamilyTable table) {
    RangeDeletions deletions = table.rangeDeletions();
    long covered = deletions.coveredBytes();
    List<TableFile> files = table.files();
    int level = FileMerge.lastLevel(files, table.options());
    if (files.stream().anyMatch(TableFile::beingCompacted)) {
      return;
    }
    // RocksDB's own compactions may have taken them away meanwhile, and are left to it where levels
    // mean something else.
    if (level != 0 && deletions.inFiles() > 0) {
      table.mergeFiles(files, level, table.options().targetFileSizeBase());
      if (table.files().stream().anyMatch(files::contains)) {
        return;
      }
    }
    deletions.takenAway(covered);
  }

  private synchronized boolean begin() {
    rewriting = !stopped;
    return rewriting;
  }

  private synchronized void end() {
    rewriting = false;
  }

  /**
   * Ends what is under way, for good. Any thread.
   *
   * @param stopCompactions only called while a lease keeps the database open
   */
  synchronized void stop(Runnable stopCompactions) {
    stopped = true;
    if (rewriting) {
      stopCompactions.run();
    }
  }
}
