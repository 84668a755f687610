package io.basalt.statebackend.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.Snapshot;

/**
 * Opens the cursors of one database, knows those that are open, and keeps the options of closed
 * ones for the next.
 *
 * <p>Thread-safe: cursors are opened by the task thread and by whoever holds a lease.
 */
final class CursorPool implements AutoCloseable {

  /** A task has one or two cursors open at a time; more are freed when they are closed. */
  private static final int KEPT = 4;

  private final RocksDB database;
  private final ReadOptions defaults;
  private final Set<Cursor> open = ConcurrentHashMap.newKeySet();
  private final Deque<CursorOptions> kept = new ArrayDeque<>(KEPT);
  private boolean closed;

  CursorPool(RocksDB database, ReadOptions defaults) {
    this.database = database;
    this.defaults = defaults;
  }

  /** Opens a cursor; whoever asked for it closes it. */
  Cursor open(
      ColumnFamilyHandle columnFamily,
      TableIdentity table,
      byte[] lowerInclusive,
      byte[] upperExclusive,
      @Nullable Snapshot snapshot) {
    boolean keepable =
        snapshot == null && upperExclusive.length <= CursorOptions.LONGEST_KEPT_BOUND;
    CursorOptions options = keepable ? takeKept() : null;
    if (options == null) {
      options =
          new CursorOptions(
              defaults, Math.max(upperExclusive.length, CursorOptions.LONGEST_KEPT_BOUND));
    }
    if (snapshot != null) {
      options.readAsOf(snapshot);
    }
    Cursor cursor =
        new Cursor(
            this,
            table,
            lowerInclusive,
            options,
            keepable,
            database.newIterator(columnFamily, options.boundedBy(upperExclusive)));
    open.add(cursor);
    return cursor;
  }

  /** Called by a cursor that has closed its iterator. */
  void closed(Cursor cursor, CursorOptions options, boolean keepable) {
    open.remove(cursor);
    if (!keepable || !keep(options)) {
      options.close();
    }
  }

  boolean hasOpenCursors() {
    return !open.isEmpty();
  }

  /** Closes what somebody left open; nobody opens cursors any more. */
  @Override
  public void close() {
    Set.copyOf(open).forEach(IOUtils::closeQuietly);
    synchronized (kept) {
      closed = true;
      kept.forEach(CursorOptions::close);
      kept.clear();
    }
  }

  private @Nullable CursorOptions takeKept() {
    synchronized (kept) {
      return kept.poll();
    }
  }

  private boolean keep(CursorOptions options) {
    synchronized (kept) {
      if (closed || kept.size() == KEPT) {
        return false;
      }
      kept.push(options);
      return true;
    }
  }
}
