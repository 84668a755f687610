package io.basalt.statebackend.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.util.ResourceGuard;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
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

  private final Path directory;
  private final TableSet tables = new TableSet();
  private final ClearedFiles clearedFiles;
  private final PostponedCompactions postponed;
  private final WriteGate gate = new WriteGate(HeldMemory.OF_PROCESS.share());
  private final BufferedWrites bufferedWrites = new BufferedWrites(this, tables, gate);
  private final PageRecall recall = new PageRecall(PageBudget.OF_PROCESS);
  private volatile OpenedDatabase opened;
  private final ResourceGuard guard = new ResourceGuard();

  /** Held by whoever takes a lease, and while the database is opened again: both are short. */
  private final Object leasing = new Object();

  private boolean closed;

  private Database(Path directory, OpenedDatabase opened, Map<String, AccessPattern> patterns) {
    this.directory = directory;
    this.opened = opened;
    this.clearedFiles = new ClearedFiles(this, () -> this.opened.cursors().hasOpenViews());
    this.postponed = new PostponedCompactions(this, tables, clearedFiles, opened);
    TableReaction.install(opened, tables, clearedFiles, postponed);
    for (int i = 1; i < opened.handles().size(); i++) {
      String name = opened.names().get(i);
      adopt(
          name,
          Objects.requireNonNull(patterns.get(name)),
          opened.handles().get(i),
          opened.tableOptions().get(i));
    }
    postponed.opened(opened);
    gate.begin();
  }

  /** Creates an empty database in the directory, which must not hold one. */
  public static Database create(Path directory, DatabaseSpecification specification)
      throws IOException {
    return new Database(
        directory, OpenedDatabase.open(directory, specification, Map.of(), true), Map.of());
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
    return new Database(
        directory, OpenedDatabase.open(directory, specification, tables, false), tables);
  }

  /** Whether new files have partitioned indexes and filters. Any thread. */
  public boolean usesIndexPartitions() {
    DatabaseSpecification specification = opened.options().specification();
    return specification.partitionsIndexes(specification.expectedBytes());
  }

  /** Whether nothing is to be merged yet, see {@link PostponedCompactions}. Any thread. */
  public boolean keepsFiles() {
    return postponed.areWaiting();
  }

  /** The directory that holds the files. */
  public Path directory() {
    return directory;
  }

  /** The table of that name, or null. */
  public @Nullable Table find(String name) {
    return tables.find(name);
  }

  /** All tables, in the order of their creation. */
  public Collection<Table> tables() {
    return tables.all();
  }

  /** The same for any thread that holds a lease: as they were a moment ago, some dropped since. */
  public List<Table> tablesOfAnyThread() {
    return tables.ofAnyThread();
  }

  /** Creates an empty table that is going to be read that way. */
  public Table createTable(String name, AccessPattern pattern) {
    checkOpen();
    if (DEFAULT_TABLE.equals(name) || tables.find(name) != null) {
      throw new IllegalArgumentException("There is a table '" + name + "' already.");
    }
    // The files of a snapshot have the tables of its meta data, no others and all of them.
    gate.pass();
    TableOptions tableOptions = tables.options(opened.options().specification(), pattern);
    try {
      ColumnFamilyHandle handle =
          opened.rocks().createColumnFamily(OpenedDatabase.descriptor(name, tableOptions));
      return adopt(name, pattern, handle, tableOptions);
    } catch (RocksDBException e) {
      tables.retire(tableOptions);
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
    gate.pass();
    dropped.handOverBuffered(); // Or a thread that writes what is set aside would find it dropped.
    opened.cursors().filesHaveChanged();
    dropped.drop();
    tables.remove(dropped);
    closeDroppedTables();
  }

  /** A batch of writes; the caller closes it. */
  public Batch batch() {
    checkOpen();
    return opened.batch(directory, gate);
  }

  /**
   * The same for what has waited since before a barrier and is to pass the closed gate. Any thread
   * that keeps the database open.
   */
  public Batch batchThroughGate() {
    checkOpen();
    return opened.batch(directory, null);
  }

  /** Stands before all writes. */
  public WriteGate gate() {
    return gate;
  }

  public BufferedWrites bufferedWrites() {
    return bufferedWrites;
  }

  /** All tables as of now; the caller closes the view. Task thread. */
  public ReadView view() {
    handOverBuffered();
    return viewOfHandedOver();
  }

  /** All tables as far as writes have been handed over. Any thread with a lease. */
  public ReadView viewOfHandedOver() {
    checkOpen();
    return opened.cursors().view();
  }

  /** Hands over what tables buffer, but not what waits above them. Task thread. */
  public void handOverBuffered() {
    checkTables();
    tables.columnFamilies().forEach(ColumnFamilyTable::handOverBuffered);
  }

  void checkTables() {
    checkOpen();
    closeDroppedTables();
    tables.handles(); // Fails for one that was lost, see TableRewrite: in no snapshot it is empty.
  }

  /**
   * Writes what is in memory to files and links all files into a directory of their own, from where
   * they can be copied while the database goes on. Task thread, which needs no lease.
   *
   * @param target must not exist yet, its parent must; on the same volume as the database the files
   *     are hard links, else copies
   */
  public void linkFiles(Path target) throws IOException {
    handOverBuffered();
    linkHandedOver(target);
    partitionIfOutgrown();
  }

  /** The same without what is buffered. Any thread with a lease. */
  public void linkHandedOver(Path target) throws IOException {
    checkOpen();
    postponed.link(opened, target);
  }

  /** Writes what is in memory to files; what is written later is in others. Task thread. */
  public void writeFiles() throws IOException {
    handOverBuffered();
    postponed.areWaitingSince(opened);
    opened.flush(directory, tables.handles());
  }

  /**
   * Opens the database again with partitioned indexes and filters, as whole ones are not going to
   * fit the block cache: RocksDB chooses the format of files when it is opened. At a checkpoint,
   * which writes files anyway; whoever wants a lease waits. If somebody has one, or files are to
   * stay as they are, the next one tries. Task thread.
   *
   * @throws IOException if it cannot be opened again; it is closed then, and the task must fail
   */
  public void partitionIfOutgrown() throws IOException {
    DatabaseSpecification specification = opened.options().specification();
    MemoryShare memory = specification.memory();
    if (memory == null || usesIndexPartitions() || keepsFiles() || postponed.areBehind()) {
      return;
    }
    long bytes = tables.fileBytes();
    if (!memory.usesIndexPartitions(bytes)) {
      return;
    }
    synchronized (leasing) {
      if (isRead() || opened.cursors().hasOpenCursors() || guard.isClosed()) {
        return;
      }
      long began = System.nanoTime();
      openAgain(specification.expecting(bytes));
      opened.logPartitioned(directory, bytes, memory, System.nanoTime() - began);
    }
  }

  private void openAgain(DatabaseSpecification specification) throws IOException {
    postponed.end();
    writeFiles();
    Map<String, AccessPattern> patterns = tables.patterns();
    try (UsersHandles.Use unused = specification.usersHandles().use()) {
      free();
      opened = OpenedDatabase.open(directory, specification, patterns, false);
    } catch (IOException | RuntimeException | Error e) {
      closed = true;
      gate.end();
      recall.stop();
      guard.close();
      RelocatedLog.delete(opened.options().infoLogDirectory(), directory);
      throw e;
    }
    TableReaction.install(opened, tables, clearedFiles, postponed);
    tables.reopened(opened);
  }

  /**
   * Begins to put other entries in the place of a table's. Not while anybody but the caller reads
   * the database, who would not find them any more: then there is none. Task thread; the caller
   * closes it and writes nothing to the table meanwhile.
   */
  public @Nullable TableRewrite rewrite(Table table) throws IOException {
    checkOpen();
    gate.pass();
    table.handOver();
    return isRead()
        ? null
        : new TableRewrite(opened, tables, ColumnFamilyTable.of(table), directory, leasing, guard);
  }

  /**
   * Begins to add entries to a table that has none of their keys, and is not written to meanwhile.
   * Task thread; the caller closes it.
   *
   * @param few whether runs are to have few large files, which are better in level 0
   */
  public TableAddition addition(Table table, boolean few) {
    checkOpen();
    gate.pass();
    table.handOver();
    return new TableAddition(opened, ColumnFamilyTable.of(table), directory, few, recall);
  }

  /** Keeps the database open until the lease is closed; fails if it is closed or closing. */
  public Lease lease() throws IOException {
    synchronized (leasing) {
      return new Lease(guard.acquireResource());
    }
  }

  /** Gives no more leases and waits until all are back. Any thread; an interrupt stays set. */
  public void awaitLeases() {
    clearedFiles.stop(this::stopCompactions);
    recall.stop();
    guard.close();
  }

  /** Whether there are no more leases, and whoever has one is waited for. Any thread. */
  boolean isClosing() {
    return guard.isClosed();
  }

  /** How many leases are out. From any thread. */
  public int leases() {
    return guard.getLeaseCount();
  }

  /** A numeric property over all tables, such as {@code rocksdb.block-cache-usage}. */
  public long property(String name) {
    checkOpen();
    try {
      return opened.rocks().getLongProperty(name);
    } catch (RocksDBException e) {
      throw new TableIdentity("(all)", directory).failure("read property " + name + " of", e);
    }
  }

  /** The count of a statistics ticker by RocksDB's name; 0 if statistics are off. */
  public long ticker(String name) {
    checkOpen();
    return opened.options().ticker(name);
  }

  /** Ends compactions for good, before the database is closed. No other thread may close it. */
  public void stopCompactions() {
    opened.stopCompactions();
  }

  /** Waits for every lease, then frees everything. Does not delete files. May be called twice. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    awaitLeases();
    closed = true;
    gate.end();
    free();
    RelocatedLog.delete(opened.options().infoLogDirectory(), directory);
    tables.clear();
  }

  /** Nobody reads or writes any more. */
  private void free() {
    // Views hold native snapshots of the database and must go before it, cursors before views.
    opened.cursors().close();
    opened.rocks().cancelAllBackgroundWork(true);
    tables.closeAll();
    opened.closeRocks();
    tables.closeOptions();
    opened.closeOptions();
  }

  /** No reader can appear meanwhile: others take leases or open views on the task thread first. */
  private void closeDroppedTables() {
    if (!isRead() && !opened.cursors().hasOpenCursors()) {
      tables.closeDropped();
    }
  }

  private boolean isRead() {
    return guard.getLeaseCount() > 0 || opened.cursors().hasOpenViews();
  }

  private Table adopt(
      String name, AccessPattern pattern, ColumnFamilyHandle handle, TableOptions tableOptions) {
    return tables.add(
        new ColumnFamilyTable(
            opened.rocks(),
            handle,
            tableOptions,
            new TableIdentity(name, directory),
            pattern,
            opened.options(),
            opened.cursors(),
            gate));
  }

  /** Fails if it has been closed. */
  public void checkOpen() {
    if (closed) {
      throw new IllegalStateException("RocksDB in " + directory + " has been closed.");
    }
  }
}
