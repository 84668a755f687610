package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.util.Arrays;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Walks the entries of a table between two bounds, in the order of their keys.
 *
 * <p>The upper bound is handed to RocksDB: an iterator without one steps over every tombstone
 * behind the last live key before Java can see that the prefix has ended (a hundred milliseconds
 * for a million of them; bounded, some ten microseconds).
 *
 * <p>Owned by whoever opened it until closed; used by one thread at a time. A database that closes
 * closes its cursors first, after which every method but {@link #close()} throws {@link
 * IllegalStateException} where RocksDB would end the process.
 */
public final class Cursor implements AutoCloseable {

  /** An iterator over larger ones holds a good deal of memory where it stands. */
  private static final int LARGE_VALUE_BYTES = 64 << 10;

  private final CursorPool pool;
  private final TableIdentity table;
  private final byte[] lowerInclusive;
  private final BoundedIterator bounded;
  private final RocksIterator iterator;
  private boolean keepable;
  private boolean closed;

  Cursor(
      CursorPool pool,
      TableIdentity table,
      byte[] lowerInclusive,
      BoundedIterator bounded,
      boolean keepable) {
    this.pool = pool;
    this.table = table;
    this.lowerInclusive = lowerInclusive;
    this.bounded = bounded;
    this.keepable = keepable;
    this.iterator = bounded.iterator();
    NativeCount.opened(Kind.CURSOR);
  }

  /** Moves to the first entry at or after the lower bound. */
  public void seekToFirst() {
    checkOpen();
    iterator.seek(lowerInclusive);
  }

  /** Moves to the first entry at or after the key (and inside the bounds). */
  public void seek(byte[] key) {
    checkOpen();
    iterator.seek(Arrays.compareUnsigned(key, lowerInclusive) < 0 ? lowerInclusive : key);
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
    byte[] value = iterator.value();
    noteSize(value.length);
    return value;
  }

  /**
   * Reads the key of the current entry into the array, as far as there is room for it.
   *
   * @return how long it is
   */
  public int key(byte[] target, int offset) {
    checkOpen();
    return iterator.key(target, offset, target.length - offset);
  }

  /**
   * The same with the value.
   *
   * @return how long it is
   */
  public int value(byte[] target, int offset) {
    checkOpen();
    int length = iterator.value(target, offset, target.length - offset);
    noteSize(length);
    return length;
  }

  /** Reads the key of the current entry into arrays that it shares with others. */
  public void key(EntryBytes target) {
    checkOpen();
    target.readKey(iterator);
  }

  /** Reads the value of the current entry into arrays that it shares with others. */
  public void value(EntryBytes target) {
    checkOpen();
    target.readValue(iterator);
    noteSize(target.length());
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
    pool.closed(this, bounded, keepable);
    NativeCount.closed(Kind.CURSOR);
  }

  private void noteSize(int valueBytes) {
    if (valueBytes > LARGE_VALUE_BYTES) {
      keepable = false;
    }
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
