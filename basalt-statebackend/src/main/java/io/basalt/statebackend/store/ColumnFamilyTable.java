package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** A table that is one column family of one database. */
final class ColumnFamilyTable implements Table {

  private static final String TEXTUAL_PROPERTY = "rocksdb.num-files-at-level";

  private final RocksDB database;
  private final ColumnFamilyHandle handle;
  private final TableOptions tableOptions;
  private final TableIdentity identity;
  private final ReadOptions readOptions;
  private final WriteOptions writeOptions;
  private final long batchBytes;
  private final CursorPool cursors;
  private final MemtableFiltering memtableFilter;
  private @Nullable Batch buffered;
  private boolean merging;
  private boolean closed;

  ColumnFamilyTable(
      RocksDB database,
      ColumnFamilyHandle handle,
      TableOptions tableOptions,
      TableIdentity identity,
      DatabaseOptions options,
      CursorPool cursors) {
    this.database = database;
    this.handle = handle;
    this.tableOptions = tableOptions;
    this.identity = identity;
    this.readOptions = options.readOptions();
    this.writeOptions = options.writeOptions();
    this.batchBytes = options.specification().settings().writeBatchBytes();
    this.cursors = cursors;
    this.memtableFilter =
        new MemtableFiltering(database, handle, identity, tableOptions.adaptiveMemtableFilter());
    NativeCount.opened(Kind.COLUMN_FAMILY);
  }

  static ColumnFamilyTable of(Table table) {
    return (ColumnFamilyTable) table;
  }

  ColumnFamilyHandle handle() {
    checkOpen();
    return handle;
  }

  TableIdentity identity() {
    return identity;
  }

  @Override
  public String name() {
    return identity.name();
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    checkOpen();
    flushBuffered();
    byte[] value;
    try {
      value = database.get(handle, readOptions, key);
    } catch (RocksDBException e) {
      throw identity.failure("read from", e);
    }
    memtableFilter.read(value != null);
    return value;
  }

  @Override
  public void put(byte[] key, byte[] value) {
    checkOpen();
    flushBuffered();
    try {
      database.put(handle, writeOptions, key, value);
    } catch (RocksDBException e) {
      throw identity.failure("write to", e);
    }
  }

  @Override
  public void merge(byte[] key, byte[] operand) {
    checkOpen();
    flushBuffered();
    try {
      database.merge(handle, writeOptions, key, operand);
    } catch (RocksDBException e) {
      throw identity.failure("append to", e);
    }
  }

  @Override
  public void delete(byte[] key) {
    checkOpen();
    flushBuffered();
    try {
      database.delete(handle, writeOptions, key);
    } catch (RocksDBException e) {
      throw identity.failure("delete from", e);
    }
  }

  @Override
  public void putBuffered(byte[] key, byte[] value) {
    buffer().put(this, key, value);
  }

  @Override
  public void deleteBuffered(byte[] key) {
    buffer().delete(this, key);
  }

  /** Hands over what is buffered. Task thread. */
  void flushBuffered() {
    if (buffered != null) {
      buffered.flush();
    }
  }

  private Batch buffer() {
    checkOpen();
    Batch batch = buffered;
    if (batch == null) {
      batch = Batch.open(database, writeOptions, batchBytes, identity);
      buffered = batch;
    }
    return batch;
  }

  @Override
  public void deleteRange(byte[] lowerInclusive, byte[] upperExclusive) {
    checkOpen();
    flushBuffered();
    try {
      database.deleteRange(handle, writeOptions, lowerInclusive, upperExclusive);
    } catch (RocksDBException e) {
      throw identity.failure("delete a range from", e);
    }
  }

  @Override
  public Cursor cursor(byte[] lowerInclusive, byte[] upperExclusive) {
    checkOpen();
    flushBuffered();
    return cursors.open(handle, identity, lowerInclusive, upperExclusive, null);
  }

  @Override
  public Cursor cursor(byte[] lowerInclusive, byte[] upperExclusive, ReadView view) {
    checkOpen();
    return cursors.open(handle, identity, lowerInclusive, upperExclusive, view.snapshot());
  }

  // Not while the table is being closed: gauges are read on a thread of their own, and their lease
  // keeps the database open but not a table that is dropped meanwhile.
  @Override
  public synchronized long property(String name) {
    checkOpen();
    try {
      // RocksDB knows the number of files at a level as text only.
      return name.startsWith(TEXTUAL_PROPERTY)
          ? Long.parseLong(database.getProperty(handle, name))
          : database.getLongProperty(handle, name);
    } catch (RocksDBException e) {
      throw identity.failure("read property " + name + " of", e);
    }
  }

  @Override
  public void compact() {
    checkOpen();
    flushBuffered();
    try {
      database.compactRange(handle);
    } catch (RocksDBException e) {
      throw identity.failure("compact", e);
    }
  }

  @Override
  public synchronized List<TableFile> files() {
    return closed ? List.of() : FileMerge.files(database, handle);
  }

  @Override
  public List<String> mergeFiles(List<TableFile> files, long maximumBytes) {
    synchronized (this) {
      if (closed || merging) {
        return List.of();
      }
      // Not under the lock: a merge takes long, and the task thread asks for properties.
      merging = true;
    }
    try {
      return FileMerge.merge(database, handle, files, maximumBytes);
    } catch (RocksDBException e) {
      throw identity.failure("merge small files of", e);
    } finally {
      endMerging();
    }
  }

  private synchronized void endMerging() {
    merging = false;
    if (closed) {
      free();
    }
  }

  /** Drops the column family; its files go when nothing reads them any more. */
  void drop() {
    checkOpen();
    try {
      database.dropColumnFamily(handle);
    } catch (RocksDBException e) {
      throw identity.failure("drop", e);
    }
  }

  /** Frees the handle; the options live until the database is closed, see {@link #closeOptions}. */
  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (buffered != null) {
      buffered.discard();
      buffered.close();
    }
    if (!merging) {
      free();
    }
  }

  private void free() {
    handle.close();
    NativeCount.closed(Kind.COLUMN_FAMILY);
  }

  /** Only once the database is closed: its background threads may use the compaction filter. */
  void closeOptions() {
    tableOptions.close();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "State '" + identity.name() + "' was used after the state backend had been closed.");
    }
  }
}
