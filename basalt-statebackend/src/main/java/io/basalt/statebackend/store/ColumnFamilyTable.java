package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** A table that is one column family of one database. */
final class ColumnFamilyTable implements Table {

  /** Where the length of a value is wanted and not the value. */
  private static final byte[] NO_ROOM = new byte[0];

  private final TableIdentity identity;
  private final AccessPattern pattern;
  private RocksDB database;
  private ColumnFamilyHandle handle;
  private TableOptions tableOptions;
  private ReadOptions readOptions;
  private WriteOptions writeOptions;
  private CursorPool cursors;
  private volatile MemtableFiltering memtableFilter;
  private final RangeDeletions rangeDeletions =
      new RangeDeletions(
          () -> unlessClosed((d, h) -> FileMerge.rangeDeletions(d, h, identity()), 0L));
  private final WriteGate gate;
  WriteBuffer buffered;
  private Runnable waiting = () -> {};
  private Runnable bufferedAbove = () -> {};
  private @Nullable Expiry expiry;
  private boolean appending; // The last operation did, so that the next one may be one of many.
  private boolean merging;
  private boolean closed;

  ColumnFamilyTable(
      RocksDB database,
      ColumnFamilyHandle handle,
      TableOptions tableOptions,
      TableIdentity identity,
      AccessPattern pattern,
      DatabaseOptions options,
      CursorPool cursors,
      WriteGate gate) {
    this.identity = identity;
    this.pattern = pattern;
    this.gate = gate;
    this.database = database;
    this.handle = handle;
    this.tableOptions = tableOptions;
    this.readOptions = options.readOptions();
    this.writeOptions = options.writeOptions();
    this.cursors = cursors;
    this.memtableFilter = filtering();
    this.buffered = buffer(options);
    rangeDeletions.areTaken(options.takesRangeDeletions());
    NativeCount.opened(Kind.COLUMN_FAMILY);
  }

  /**
   * Goes on with another column family, or with the same of a database that has been opened again,
   * after {@link #close} and while nobody else can reach it.
   *
   * @return the previous options; where the database was closed they are, too
   */
  synchronized TableOptions reopened(
      RocksDB newDatabase,
      ColumnFamilyHandle newHandle,
      TableOptions newTableOptions,
      DatabaseOptions options,
      CursorPool newCursors) {
    TableOptions previous = tableOptions;
    database = newDatabase;
    handle = newHandle;
    tableOptions = newTableOptions;
    readOptions = options.readOptions();
    writeOptions = options.writeOptions();
    cursors = newCursors;
    memtableFilter = filtering();
    buffered = buffer(options);
    appending = false;
    rangeDeletions.flushed(Long.MAX_VALUE);
    NativeCount.opened(Kind.COLUMN_FAMILY);
    closed = false;
    if (expiry != null) {
      expire(expiry);
    }
    return previous;
  }

  private MemtableFiltering filtering() {
    return new MemtableFiltering(database, handle, identity, tableOptions.adaptiveMemtableFilter());
  }

  private WriteBuffer buffer(DatabaseOptions options) {
    long batchBytes = options.specification().settings().writeBatchBytes();
    return new WriteBuffer(() -> Batch.open(database, writeOptions, batchBytes, identity, gate));
  }

  AccessPattern pattern() {
    return pattern;
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
    handOverBuffered();
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
  public boolean contains(byte[] key) {
    boolean present = read(key, NO_ROOM) != ABSENT;
    memtableFilter.read(present);
    return present;
  }

  @Override
  public int read(byte[] key, byte[] buffer) {
    checkOpen();
    handOverBuffered();
    try {
      int length = database.get(handle, readOptions, key, buffer);
      // RocksDB's own number is larger than an int, and has become negative on its way.
      return length == RocksDB.NOT_FOUND ? ABSENT : length < 0 ? Integer.MAX_VALUE : length;
    } catch (RocksDBException e) {
      throw identity.failure("read from", e);
    }
  }

  @Override
  public void put(byte[] key, byte[] value) {
    flushForWrite();
    try {
      database.put(handle, writeOptions, key, value);
    } catch (RocksDBException e) {
      throw identity.failure("write to", e);
    }
  }

  @Override
  public void merge(byte[] key, byte[] operand) {
    checkOpen();
    if (appending || gate.isClosed()) {
      buffered.merge(this, key, operand);
    } else {
      flushForWrite();
      try {
        database.merge(handle, writeOptions, key, operand);
      } catch (RocksDBException e) {
        throw identity.failure("append to", e);
      }
    }
    appending = true;
  }

  @Override
  public void delete(byte[] key) {
    flushForWrite();
    try {
      database.delete(handle, writeOptions, key);
    } catch (RocksDBException e) {
      throw identity.failure("delete from", e);
    }
  }

  @Override
  public void putBuffered(byte[] key, byte[] value) {
    checkOpen();
    buffered.put(this, key, value);
  }

  @Override
  public void deleteBuffered(byte[] key) {
    checkOpen();
    buffered.delete(this, key);
  }

  @Override
  public boolean holdsWrites() {
    return buffered.isFilled() && gate.isClosed();
  }

  @Override
  public void handOverBuffered() {
    appending = false;
    buffered.flush();
    bufferedAbove.run();
  }

  /** The same, but leaves what is buffered to {@link BufferedWrites}. Task thread. */
  void setBufferedAside() {
    appending = false;
    buffered.setAside();
    bufferedAbove.run();
  }

  private void flushForWrite() {
    checkOpen();
    handOverBuffered();
    gate.pass();
  }

  @Override
  public void handOverWhenRead(Runnable above) {
    waiting = above;
  }

  @Override
  public void handOverWithBuffered(Runnable above) {
    bufferedAbove = above;
  }

  @Override
  public void handOver() {
    // First: appends past the tier are older than what waits there.
    handOverBuffered();
    waiting.run();
  }

  @Override
  public void deleteRange(byte[] lowerInclusive, byte[] upperExclusive) {
    flushForWrite();
    try {
      database.deleteRange(handle, writeOptions, lowerInclusive, upperExclusive);
    } catch (RocksDBException e) {
      throw identity.failure("delete a range from", e);
    }
    rangeDeletions.added(
        database.getLatestSequenceNumber(),
        FileMerge.approximateBytes(database, handle, lowerInclusive, upperExclusive));
  }

  @Override
  public void mergeDeletedRanges() {
    rangeDeletions.areToBeMerged();
  }

  @Override
  public boolean takesRangeDeletions() {
    return rangeDeletions.haveRoom();
  }

  @Override
  public boolean hasAdaptedMemtableFilter() {
    return memtableFilter.isOn();
  }

  @Override
  public Cursor cursor(byte[] lowerInclusive, byte[] upperExclusive, @Nullable ReadView view) {
    checkOpen();
    return cursors.open(handle, identity, lowerInclusive, upperExclusive, view);
  }

  // Not while it is closed: the lease of whoever reads gauges does not keep a dropped table open.
  @Override
  public synchronized long property(String name) {
    checkOpen();
    return NumericProperty.read(name, database, handle, identity);
  }

  @Override
  public void expire(@Nullable Expiry chosen) {
    checkOpen();
    tableOptions.expiryFilter().set(chosen, cursors.openViews(), identity, database, handle);
    expiry = chosen;
  }

  @Override
  public void compact() {
    checkOpen();
    handOver();
    FileMerge.all(database, handle, identity);
  }

  @Override
  public List<TableFile> files() {
    return unlessClosed(FileMerge::files, List.of());
  }

  /** Of any thread that keeps the database open, but not the table from being dropped. */
  synchronized <T> T unlessClosed(BiFunction<RocksDB, ColumnFamilyHandle, T> read, T otherwise) {
    return closed ? otherwise : read.apply(database, handle);
  }

  @Override
  public synchronized boolean hasFileOf(byte[] lowerInclusive, byte[] upperExclusive) {
    checkOpen();
    return FileMerge.hasFileOf(database, handle, lowerInclusive, upperExclusive);
  }

  RangeDeletions rangeDeletions() {
    return rangeDeletions;
  }

  ColumnFamilyOptions options() {
    return tableOptions.columnFamilyOptions();
  }

  @Override
  public List<String> mergeFiles(List<TableFile> files, long maximumBytes) {
    return files.isEmpty() ? List.of() : mergeFiles(files, files.get(0).level(), maximumBytes);
  }

  /** The same into files of another level. */
  List<String> mergeFiles(List<TableFile> files, int level, long maximumBytes) {
    synchronized (this) {
      if (closed || merging) {
        return List.of();
      }
      // Not under the lock: a merge takes long, and the task thread asks for properties.
      merging = true;
    }
    try {
      return FileMerge.merge(database, handle, files, level, maximumBytes);
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

  /** Frees the handle; the options live until the database is closed: {@link #tableOptions}. */
  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    buffered.close();
    if (!merging) {
      free();
    }
  }

  private void free() {
    handle.close();
    NativeCount.closed(Kind.COLUMN_FAMILY);
  }

  /** To be closed once the database is: its threads may use the compaction filter. */
  TableOptions tableOptions() {
    return tableOptions;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "State '" + identity.name() + "' was used after the state backend had been closed.");
    }
  }
}
