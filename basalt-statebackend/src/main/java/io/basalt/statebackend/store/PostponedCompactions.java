package io.basalt.statebackend.store;

import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the compactions of a database wait that has been put together of files, until files are
 * linked for the first time or something written since has become a file.
 *
 * <p>Files of several databases are many in level 0, so RocksDB would merge them at once: while the
 * task has its backlog to catch up with, and beside the files, so that the disk has to have room
 * for both. A checkpoint right after the restore refers to the files it came from and uploads none;
 * and whoever is restored from that one finds the same files with all its predecessors, which is
 * what a join needs.
 */
final class PostponedCompactions {

  private static final Logger LOG = LoggerFactory.getLogger(PostponedCompactions.class);

  private final Database database;
  private final TableSet tables;
  private final ClearedFiles clearedFiles;
  private final CompactionDebt debt;
  private boolean waiting;
  private boolean linking;
  private long restored;

  /**
   * Of a database.
   *
   * @param opened what was opened, with compactions that wait or not
   */
  PostponedCompactions(
      Database database, TableSet tables, ClearedFiles clearedFiles, OpenedDatabase opened) {
    this.database = database;
    this.tables = tables;
    this.clearedFiles = clearedFiles;
    this.debt = new CompactionDebt(database);
    this.waiting = !opened.postponed().isEmpty();
    this.restored = opened.rocks().getLatestSequenceNumber();
  }

  /** Whether files are to stay as they are. Any thread. */
  synchronized boolean areWaiting() {
    return waiting;
  }

  /** Whether what was restored is still being merged: limits are raised for it. Any thread. */
  boolean areBehind() {
    return debt.isThere();
  }

  /** What is written up to here is part of the restore. Task thread. */
  synchronized void areWaitingSince(OpenedDatabase opened) {
    restored = opened.rocks().getLatestSequenceNumber();
  }

  /** Links the files as they were; then they need wait no longer. Any thread with a lease. */
  void link(OpenedDatabase opened, Path target) throws IOException {
    synchronized (this) {
      linking = true;
    }
    try {
      opened.link(database.directory(), target);
    } finally {
      // Also if it failed: nothing would ever be merged while links fail.
      beginSoon(opened);
    }
  }

  /** A memtable has become a file. Called by a thread of RocksDB's, which must not begin them. */
  synchronized void flushed(OpenedDatabase opened, long largestSequenceNumber) {
    if (waiting && !linking && largestSequenceNumber > restored && beginSoon(opened)) {
      restored = Long.MAX_VALUE;
    }
  }

  /** The database is open, with all tables that its files hold. Before anybody writes. */
  void opened(OpenedDatabase opened) {
    for (Table table : tables.ofAnyThread()) {
      if (!opened.postponed().contains(table.name())) {
        debt.inherit(opened, ColumnFamilyTable.of(table));
      }
    }
  }

  /** Files have been merged. Called by a thread of RocksDB's. */
  void compacted(OpenedDatabase opened, String table) {
    debt.compacted(opened, table);
  }

  /**
   * They need wait no longer. On a thread of its own, for RocksDB writes and syncs its options for
   * each table, behind all that the restore has yet to bring to the disk: the task, or the
   * checkpoint, would wait for that.
   *
   * @return whether they begin; if not, the next flush or link of files tries again
   */
  private synchronized boolean beginSoon(OpenedDatabase opened) {
    if (!waiting) {
      return false;
    }
    Thread thread = new Thread(() -> beginUnlessClosed(opened), "basalt-compactions");
    thread.setDaemon(true);
    try {
      thread.start();
      return true;
    } catch (OutOfMemoryError e) {
      // No thread is to be had, which is neither the checkpoint's fault nor RocksDB's.
      LOG.warn("Compactions in {} do not begin yet.", database.directory(), e);
      linking = false;
      return false;
    }
  }

  private void beginUnlessClosed(OpenedDatabase opened) {
    try (Lease unused = database.lease()) {
      begin(opened);
    } catch (IOException e) {
      LOG.debug("The database in {} has been closed.", database.directory(), e);
    }
  }

  private void begin(OpenedDatabase opened) {
    if (!endWaiting()) {
      return;
    }
    for (Table table : tables.ofAnyThread()) {
      if (opened.postponed().contains(table.name())) {
        ColumnFamilyTable compacted = ColumnFamilyTable.of(table);
        try {
          debt.begin(opened, compacted);
        } catch (RocksDBException | RuntimeException e) {
          // It has been dropped meanwhile. Whatever it is, the others are to begin.
          LOG.debug("Did not begin compactions of state '{}'.", table.name(), e);
        }
        clearedFiles.lookAt(compacted);
      }
    }
  }

  /** The database is opened again, with compactions. Task thread, which leaves nobody a lease. */
  void end() {
    endWaiting();
    debt.forget();
  }

  /** There are none to begin any more. */
  private synchronized boolean endWaiting() {
    boolean waited = waiting;
    waiting = false;
    return waited;
  }
}
