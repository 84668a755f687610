package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.util.IOUtils;
import org.apache.flink.util.ResourceGuard;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * An open RocksDB database of one keyed state backend: a table for each registered state.
 *
 * <p>Tables are created, dropped and listed by the task thread. Other threads (snapshots, foreign
 * readers) first take a {@link #lease()}, and {@link #close()} waits until every lease is given
 * back: closing under a running native call would end the process. Whoever opened the database
 * closes it; it closes its tables, options and every cursor and view somebody left open.
 */
public final class Database implements AutoCloseable {

  /** RocksDB insists on this column family; no state may have its name. */
  public static final String DEFAULT_TABLE = "default";

  private final RocksDB database;
  private final Path directory;
  private final DatabaseOptions options;
  private final ColumnFamilyHandle defaultHandle;
  private final TableOptions defaultOptions;
  private final Map<String, ColumnFamilyTable> tables = new LinkedHashMap<>();
  private final List<ColumnFamilyTable> droppedTables = new ArrayList<>();
  private final Set<ReadView> openViews = ConcurrentHashMap.newKeySet();
  private final CursorPool cursors;
  private volatile List<Table> tablesOfAnyThread = List.of();
  private final ResourceGuard guard = new ResourceGuard();
  private boolean closed;

  private Database(
      RocksDB database,
      Path directory,
      DatabaseOptions options,
      ColumnFamilyHandle defaultHandle,
      TableOptions defaultOptions) {
    this.database = database;
    this.directory = directory;
    this.options = options;
    this.defaultHandle = defaultHandle;
    this.defaultOptions = defaultOptions;
    this.cursors = new CursorPool(database, options.readOptions());
    options.fileChanges().react(new Reaction());
    NativeCount.opened(Kind.DATABASE);
    NativeCount.opened(Kind.COLUMN_FAMILY);
  }

  /** Creates an empty database in the directory, which must not hold one. */
  public static Database create(Path directory, DatabaseSpecification specification)
      throws IOException {
    return open(directory, specification, Map.of(), true);
  }

  /**
   * Opens the files of a database that somebody put into the directory.
   *
   * @param tables every table the files hold and how it is read, from the snapshot's meta data:
   *     RocksDB refuses to open a database of which not all column families are named
   * @throws IOException if the files are not a complete database with these tables, or damaged as
   *     far as this can be seen without reading all of them
   */
  public static Database openFiles(
      Path directory, DatabaseSpecification specification, Map<String, AccessPattern> tables)
      throws IOException {
    Manifest.verify(directory);
    return open(directory, specification, tables, false);
  }

  private static Database open(
      Path directory,
      DatabaseSpecification specification,
      Map<String, AccessPattern> tables,
      boolean createIfMissing)
      throws IOException {
    DatabaseOptions options = DatabaseOptions.create(specification, directory, createIfMissing);
    List<TableOptions> tableOptions = new ArrayList<>();
    try {
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      Map<String, AccessPattern> all = new LinkedHashMap<>();
      all.put(DEFAULT_TABLE, AccessPattern.RANGES);
      all.putAll(tables);
      for (Map.Entry<String, AccessPattern> table : all.entrySet()) {
        TableOptions created = TableOptions.create(specification, table.getValue());
        tableOptions.add(created);
        descriptors.add(descriptor(table.getKey(), created));
      }
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB rocks =
          RocksDB.open(options.databaseOptions(), directory.toString(), descriptors, handles);
      Database database =
          new Database(rocks, directory, options, handles.get(0), tableOptions.get(0));
      List<String> names = List.copyOf(all.keySet());
      for (int i = 1; i < handles.size(); i++) {
        database.adopt(names.get(i), handles.get(i), tableOptions.get(i));
      }
      return database;
    } catch (RocksDBException e) {
      closeAfterFailure(tableOptions, options, directory);
      throw new IOException(
          "Could not open RocksDB in "
              + directory
              + " with the states "
              + tables.keySet()
              + ": "
              + TableIdentity.RocksFailure.describe(e),
          e);
    } catch (RuntimeException | Error e) {
      // A user's options factory may throw anything.
      closeAfterFailure(tableOptions, options, directory);
      throw e;
    }
  }

  private static void closeAfterFailure(
      List<TableOptions> tableOptions, DatabaseOptions options, Path directory) {
    tableOptions.forEach(TableOptions::close);
    options.close();
    RelocatedLog.delete(options.infoLogDirectory(), directory);
  }

  /** Whether new files have partitioned indexes and filters. Any thread. */
  public boolean usesIndexPartitions() {
    DatabaseSpecification specification = options.specification();
    MemoryShare memory = specification.memory();
    return memory != null && memory.usesIndexPartitions(specification.expectedBytes());
  }

  /** The directory that holds the files. */
  public Path directory() {
    return directory;
  }

  /** The table of that name, or null. */
  public @Nullable Table find(String name) {
    return tables.get(name);
  }

  /** All tables, in the order of their creation. */
  public Collection<Table> tables() {
    return Collections.unmodifiableCollection(tables.values());
  }

  /** The same for any thread that holds a lease: as they were a moment ago, some dropped since. */
  public List<Table> tablesOfAnyThread() {
    return tablesOfAnyThread;
  }

  /** Creates an empty table that is going to be read that way. */
  public Table createTable(String name, AccessPattern pattern) {
    checkOpen();
    if (DEFAULT_TABLE.equals(name) || tables.containsKey(name)) {
      throw new IllegalArgumentException("There is a table '" + name + "' already.");
    }
    TableOptions tableOptions = TableOptions.create(options.specification(), pattern);
    try {
      ColumnFamilyHandle handle = database.createColumnFamily(descriptor(name, tableOptions));
      return adopt(name, handle, tableOptions);
    } catch (RocksDBException e) {
      tableOptions.close();
      throw new TableIdentity(name, directory).failure("create", e);
    }
  }

  /**
   * Removes a table and all its entries. A savepoint that is being written goes on reading them: as
   * long as anybody reads this database the memory and files of the table stay.
   */
  public void dropTable(Table table) {
    checkOpen();
    ColumnFamilyTable dropped = ColumnFamilyTable.of(table);
    cursors.filesHaveChanged();
    dropped.drop();
    tables.remove(dropped.name());
    tablesOfAnyThread = List.copyOf(tables.values());
    droppedTables.add(dropped);
    closeDroppedTables();
  }

  /** A batch of writes; the caller closes it. */
  public Batch batch() {
    checkOpen();
    return Batch.open(
        database,
        options.writeOptions(),
        options.specification().settings().writeBatchBytes(),
        new TableIdentity("(several)", directory));
  }

  /** All tables as of now; the caller closes the view. */
  public ReadView view() {
    checkOpen();
    closeDroppedTables();
    flushBuffered();
    cursors.filesHaveChanged();
    return ReadView.take(database, openViews);
  }

  /**
   * Writes what is in memory to files and links all files into a directory of their own, from where
   * they can be copied while the database goes on. Needs no lease on the task thread.
   *
   * @param target must not exist yet, its parent must; on the same volume as the database the files
   *     are hard links, else copies
   */
  public void linkFiles(Path target) throws IOException {
    checkOpen();
    flushBuffered();
    try (Checkpoint checkpoint = Checkpoint.create(database)) {
      checkpoint.createCheckpoint(target.toString());
    } catch (RocksDBException e) {
      throw new IOException(
          "Could not write the files of RocksDB in "
              + directory
              + " to "
              + target
              + ": "
              + TableIdentity.RocksFailure.describe(e),
          e);
    }
  }

  /**
   * Whether {@link #linkFiles} makes links there, so that it costs nothing: only on the volume of
   * the database, and not every file system can.
   */
  public boolean canLinkInto(Path target) {
    Path link = target.resolve("link-" + UUID.randomUUID());
    try {
      Files.createLink(link, directory.resolve("CURRENT"));
      Files.delete(link);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /**
   * Keeps the database open until the lease is closed.
   *
   * @throws IOException if the database is closed or closing
   */
  public Lease lease() throws IOException {
    return new Lease(guard.acquireResource());
  }

  /**
   * Gives no more leases and waits until all are back. From any thread; an interrupt does not
   * shorten it and stays set, see ResourceGuard.
   */
  public void awaitLeases() {
    guard.close();
  }

  /** How many leases are out. From any thread. */
  public int leases() {
    return guard.getLeaseCount();
  }

  /** A numeric property over all tables, such as {@code rocksdb.block-cache-usage}. */
  public long property(String name) {
    checkOpen();
    try {
      return database.getLongProperty(name);
    } catch (RocksDBException e) {
      throw new TableIdentity("(all)", directory).failure("read property " + name + " of", e);
    }
  }

  /** The count of a statistics ticker by RocksDB's name; 0 if statistics are off. */
  public long ticker(String name) {
    checkOpen();
    return options.ticker(name);
  }

  /**
   * Ends compactions, those under way included, for good; reads and writes go on. For a database
   * that is about to be closed. Any thread that knows it open.
   */
  public void stopCompactions() {
    database.cancelAllBackgroundWork(false);
  }

  /** Waits for every lease, then frees everything. Does not delete files. May be called twice. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    awaitLeases();
    closed = true;
    // Views hold native snapshots of the database and must go before it, cursors before views.
    cursors.close();
    Set.copyOf(openViews).forEach(IOUtils::closeQuietly);
    database.cancelAllBackgroundWork(true);
    tables.values().forEach(ColumnFamilyTable::close);
    droppedTables.forEach(ColumnFamilyTable::close);
    defaultHandle.close();
    NativeCount.closed(Kind.COLUMN_FAMILY);
    database.close();
    NativeCount.closed(Kind.DATABASE);
    tables.values().forEach(ColumnFamilyTable::closeOptions);
    droppedTables.forEach(ColumnFamilyTable::closeOptions);
    defaultOptions.close();
    options.close();
    RelocatedLog.delete(options.infoLogDirectory(), directory);
    tables.clear();
  }

  /**
   * Whoever reads on another thread has opened a view on the task thread before, so that no reader
   * can appear while none is there and this runs.
   */
  private void closeDroppedTables() {
    if (openViews.isEmpty() && !cursors.hasOpenCursors()) {
      droppedTables.forEach(ColumnFamilyTable::close);
    }
  }

  private void flushBuffered() {
    tables.values().forEach(ColumnFamilyTable::flushBuffered);
  }

  private Table adopt(String name, ColumnFamilyHandle handle, TableOptions tableOptions) {
    ColumnFamilyTable table =
        new ColumnFamilyTable(
            database, handle, tableOptions, new TableIdentity(name, directory), options, cursors);
    tables.put(name, table);
    tablesOfAnyThread = List.copyOf(tables.values());
    return table;
  }

  /** On threads of RocksDB's, all of which are gone before the database is closed. */
  private final class Reaction implements FileChanges.Reaction {

    @Override
    public void flushed(String columnFamily) {
      cursors.filesHaveChanged();
      for (Table table : tablesOfAnyThread) {
        if (table.name().equals(columnFamily)) {
          ColumnFamilyTable.of(table).flushed();
        }
      }
    }

    @Override
    public void compacted() {
      cursors.filesHaveChanged();
    }
  }

  private static ColumnFamilyDescriptor descriptor(String name, TableOptions tableOptions) {
    return new ColumnFamilyDescriptor(
        name.getBytes(StandardCharsets.UTF_8), tableOptions.columnFamilyOptions());
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("RocksDB in " + directory + " has been closed.");
    }
  }
}
