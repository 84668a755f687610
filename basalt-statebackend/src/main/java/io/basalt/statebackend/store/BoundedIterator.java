package io.basalt.statebackend.store;

import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * An iterator of RocksDB's together with the read options it points to, which no other iterator
 * has: so that they, and the bound in them, can be set anew for the next cursor.
 *
 * <p>RocksDB looks at the bound again with every seek, see the comment on reseeks in its
 * block_based_table_iterator.cc. Owned by the pool, or by the cursor that has taken it from there.
 *
 * @param generation which files and memtables it reads, as the pool counts them
 */
record BoundedIterator(
    TableIdentity table, CursorOptions options, RocksIterator iterator, long generation)
    implements AutoCloseable {

  /** Makes an idle one see the table as of now, up to another bound; false if that is refused. */
  boolean isReady(byte[] upperExclusive) {
    options.boundBy(upperExclusive);
    try {
      iterator.refresh();
      return true;
    } catch (RocksDBException e) {
      // A new one will say what is wrong, if anything is.
      return false;
    }
  }

  @Override
  public void close() {
    iterator.close();
    options.close();
  }
}
