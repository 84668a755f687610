package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.util.Set;
import org.rocksdb.RocksDB;
import org.rocksdb.Snapshot;

/**
 * All tables of a database as they were at one moment, for cursors that are opened later.
 *
 * <p>Cheap to take (no file is written), but compactions keep every version it can see until it is
 * closed. Owned by whoever took it, closed once, from any thread that keeps the database open.
 */
public final class ReadView implements AutoCloseable {

  private final RocksDB database;
  private final Snapshot snapshot;
  private final Set<AutoCloseable> openReaders;
  private boolean closed;

  private ReadView(RocksDB database, Snapshot snapshot, Set<AutoCloseable> openReaders) {
    this.database = database;
    this.snapshot = snapshot;
    this.openReaders = openReaders;
  }

  static ReadView take(RocksDB database, Set<AutoCloseable> openReaders) {
    ReadView view = new ReadView(database, database.getSnapshot(), openReaders);
    NativeCount.opened(Kind.READ_VIEW);
    openReaders.add(view);
    return view;
  }

  Snapshot snapshot() {
    if (closed) {
      throw new IllegalStateException("The view of the database has been closed already.");
    }
    return snapshot;
  }

  @Override
  public void close() {
    synchronized (snapshot) {
      if (closed) {
        return;
      }
      closed = true;
    }
    openReaders.remove(this);
    database.releaseSnapshot(snapshot);
    snapshot.close();
    NativeCount.closed(Kind.READ_VIEW);
  }
}
