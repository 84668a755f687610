package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatchWithIndex;

/**
 * Entries that an iterator shows in place of those of its column family: RocksDB's own batch with
 * an index, which is never written. Owned by the {@link BoundedIterator} over them.
 */
final class EntriesAbove implements AutoCloseable {

  private final ColumnFamilyHandle columnFamily;
  private final WriteBatchWithIndex batch = new WriteBatchWithIndex(true);

  /**
   * @throws RocksDBException if RocksDB cannot keep them; there is nothing to close then
   */
  EntriesAbove(ColumnFamilyHandle columnFamily, List<EntryAbove> entries) throws RocksDBException {
    this.columnFamily = columnFamily;
    try {
      for (EntryAbove entry : entries) {
        byte[] value = entry.value();
        if (value == null) {
          batch.delete(columnFamily, entry.key());
        } else {
          batch.put(columnFamily, entry.key(), value);
        }
      }
    } catch (RocksDBException | RuntimeException | Error e) {
      batch.close();
      throw e;
    }
    NativeCount.opened(Kind.BATCH);
  }

  /**
   * An iterator over both.
   *
   * @param below taken over
   * @param options of both, which must outlive the iterator
   */
  RocksIterator over(RocksIterator below, ReadOptions options) {
    return batch.newIteratorWithBase(columnFamily, below, options);
  }

  @Override
  public void close() {
    batch.close();
    NativeCount.closed(Kind.BATCH);
  }
}
