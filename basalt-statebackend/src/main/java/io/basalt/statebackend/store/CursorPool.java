package io.basalt.statebackend.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;

/**
 * Opens the cursors and views of one database, knows those that are open, and keeps the iterators
 * of closed ones for the next: to make one takes longer than to seek with it.
 *
 * <p>An idle iterator holds what it could read: memtables, files, and a block of each. So it is let
 * go as soon as a flush or a compaction has replaced any of them ({@link #filesHaveChanged}), when
 * a snapshot is taken, and where values are large; and there are few.
 *
 * <p>Thread-safe: cursors are opened by the task thread and by whoever holds a lease, and files
 * change on threads of RocksDB's.
 */
final class CursorPool implements AutoCloseable {

  /** One for each state that a task iterates over for a record, more or less. */
  private static final int KEPT = 8;

  private final RocksDB database;
  private final ReadOptions defaults;
  private final boolean keepsIterators;
  private final Set<Cursor> open = ConcurrentHashMap.newKeySet();
  private final Set<ReadView> views = ConcurrentHashMap.newKeySet();
  private final SpareBounds spareBounds = new SpareBounds();
  private final Deque<BoundedIterator> idle = new ArrayDeque<>(KEPT);
  private long generation;
  private boolean closed;

  /**
   * Of a database.
   *
   * @param keepsIterators whether an iterator can come to show what is written after it was made;
   *     those of memtables that are no skip lists show a copy, for good
   */
  CursorPool(RocksDB database, ReadOptions defaults, boolean keepsIterators) {
    this.database = database;
    this.defaults = defaults;
    this.keepsIterators = keepsIterators;
  }

  /** Opens a cursor; whoever asked for it closes it. */
  Cursor open(
      ColumnFamilyHandle columnFamily,
      TableIdentity table,
      byte[] lowerInclusive,
      byte[] upperExclusive,
      @Nullable ReadView view) {
    boolean keepable = keepsIterators && view == null && CursorOptions.isKept(upperExclusive);
    BoundedIterator iterator = keepable ? takeIdle(table) : null;
    if (iterator == null || !iterator.isReady(upperExclusive)) {
      IOUtils.closeQuietly(iterator);
      iterator = create(columnFamily, table, upperExclusive, view);
    }
    Cursor cursor = new Cursor(this, table, lowerInclusive, iterator, keepable);
    open.add(cursor);
    return cursor;
  }

  /** Called by a cursor that is closed. */
  void closed(Cursor cursor, BoundedIterator iterator, boolean keepable) {
    open.remove(cursor);
    if (!keepable || !keep(iterator)) {
      iterator.close();
    }
  }

  boolean hasOpenCursors() {
    return !open.isEmpty();
  }

  /** All tables as they are; whoever asked for it closes it. */
  ReadView view() {
    filesHaveChanged();
    return ReadView.take(database, views);
  }

  /** Those that are open now, and no others later. */
  Set<ReadView> openViews() {
    return Set.copyOf(views);
  }

  boolean hasOpenViews() {
    return !views.isEmpty();
  }

  /** Lets go of what idle iterators hold; those of open cursors follow when they are closed. */
  void filesHaveChanged() {
    List<BoundedIterator> outdated;
    synchronized (idle) {
      generation++;
      outdated = List.copyOf(idle);
      idle.clear();
    }
    // Not under the lock: RocksDB takes its own for it.
    outdated.forEach(BoundedIterator::close);
  }

  /** Closes what somebody left open, cursors before views; nobody opens any more. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
    }
    filesHaveChanged();
    Set.copyOf(open).forEach(IOUtils::closeQuietly);
    openViews().forEach(IOUtils::closeQuietly);
  }

  private BoundedIterator create(
      ColumnFamilyHandle columnFamily,
      TableIdentity table,
      byte[] upperExclusive,
      @Nullable ReadView view) {
    CursorOptions options = new CursorOptions(defaults, upperExclusive, spareBounds);
    if (view != null) {
      options.readAsOf(view);
    }
    long before;
    synchronized (idle) {
      before = generation;
    }
    try {
      return new BoundedIterator(
          table, options, database.newIterator(columnFamily, options.options()), before);
    } catch (RuntimeException | Error e) {
      options.close();
      throw e;
    }
  }

  private @Nullable BoundedIterator takeIdle(TableIdentity table) {
    synchronized (idle) {
      for (Iterator<BoundedIterator> all = idle.iterator(); all.hasNext(); ) {
        BoundedIterator iterator = all.next();
        if (iterator.table().equals(table)) {
          all.remove();
          return iterator;
        }
      }
      return null;
    }
  }

  private boolean keep(BoundedIterator iterator) {
    BoundedIterator oldest;
    synchronized (idle) {
      if (closed || iterator.generation() != generation) {
        return false;
      }
      oldest = idle.size() == KEPT ? idle.pollLast() : null;
      idle.push(iterator);
    }
    IOUtils.closeQuietly(oldest);
    return true;
  }
}
