package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/**
 * Walks the entries of a table between two bounds, in the order of their keys.
 *
 * <p>Both bounds are handed to RocksDB: an iterator without an upper bound steps over every
 * tombstone behind the last live key before Java can see that the prefix has ended (a hundred
 * milliseconds for a million of them; bounded, some ten microseconds). Both slices and the read
 * options must stay alive as long as the iterator, which is why one object owns the four.
 *
 * <p>Owned by whoever opened it until closed; used by one thread at a time. A database that closes
 * closes its cursors first, after which every method but {@link #close()} throws {@link
 * IllegalStateException} where RocksDB would end the process.
 */
public final class Cursor implements AutoCloseable {

  private final TableIdentity table;
  private final Set<AutoCloseable> openReaders;
  private final Slice lower;
  private final Slice upper;
  private final ReadOptions options;
  private final RocksIterator iterator;
  private boolean closed;

  private Cursor(
      TableIdentity table,
      Set<AutoCloseable> openReaders,
      Slice lower,
      Slice upper,
      ReadOptions options,
      RocksIterator iterator) {
    this.table = table;
    this.openReaders = openReaders;
    this.lower = lower;
    this.upper = upper;
    this.options = options;
    this.iterator = iterator;
  }

  static Cursor open(
      RocksDB database,
      ColumnFamilyHandle columnFamily,
      TableIdentity table,
      ReadOptions defaults,
      byte[] lowerInclusive,
      byte[] upperExclusive,
      @Nullable Snapshot snapshot,
      Set<AutoCloseable> openReaders) {
    Slice lower = new Slice(lowerInclusive);
    Slice upper = new Slice(upperExclusive);
    // A copy: the user's factory may have set read options, and bounds must not leak into them.
    ReadOptions options = new ReadOptions(defaults);
    options.setIterateLowerBound(lower).setIterateUpperBound(upper);
    if (snapshot != null) {
      options.setSnapshot(snapshot);
    }
    Cursor cursor =
        new Cursor(
            table, openReaders, lower, upper, options, database.newIterator(columnFamily, options));
    NativeCount.opened(Kind.CURSOR);
    openReaders.add(cursor);
    return cursor;
  }

  /** Moves to the first entry at or after the lower bound. */
  public void seekToFirst() {
    checkOpen();
    iterator.seekToFirst();
  }

  /** Moves to the first entry at or after the key (and inside the bounds). */
  public void seek(byte[] key) {
    checkOpen();
    iterator.seek(key);
  }

  /** Moves to the next entry. Only while {@link #isValid()}. */
  public void next() {
    checkOpen();
    iterator.next();
  }

  /**
   * Whether the cursor stands on an entry.
   *
   * @throws StoreException if the walk ended because of a damaged or unreadable file rather than at
   *     the bound: an iterator that fails looks exactly like one that is through
   */
  public boolean isValid() {
    checkOpen();
    if (iterator.isValid()) {
      return true;
    }
    try {
      iterator.status();
    } catch (RocksDBException e) {
      throw table.failure("iterate over", e);
    }
    return false;
  }

  /** The key of the current entry, as a fresh array. */
  public byte[] key() {
    checkOpen();
    return iterator.key();
  }

  /** The value of the current entry, as a fresh array. */
  public byte[] value() {
    checkOpen();
    return iterator.value();
  }

  /** Frees the native memory; may be called more than once. */
  @Override
  public void close() {
    synchronized (iterator) {
      if (closed) {
        return;
      }
      closed = true;
    }
    openReaders.remove(this);
    iterator.close();
    options.close();
    upper.close();
    lower.close();
    NativeCount.closed(Kind.CURSOR);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "The iteration over state '"
              + table.name()
              + "' was used after it, or the state backend, had been closed.");
    }
  }
}
