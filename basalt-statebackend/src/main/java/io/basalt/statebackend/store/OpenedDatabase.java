package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RocksDB as it was opened once, with what lives as long as that. A database can be closed and
 * opened again while its tables live on, see {@link Database#linkFiles}.
 *
 * @param handles of the default column family and of each table, in order
 * @param tableOptions the same
 * @param postponed the names of the tables whose compactions wait, see {@link PostponedCompactions}
 */
record OpenedDatabase(
    RocksDB rocks,
    DatabaseOptions options,
    List<String> names,
    List<ColumnFamilyHandle> handles,
    List<TableOptions> tableOptions,
    CursorPool cursors,
    Set<String> postponed) {

  private static final Logger LOG = LoggerFactory.getLogger(OpenedDatabase.class);

  /**
   * Opens the files in the directory.
   *
   * @param tables every table they hold, and how it is read
   * @throws IOException naming directory and tables; nothing is left open then
   */
  static OpenedDatabase open(
      Path directory,
      DatabaseSpecification specification,
      Map<String, AccessPattern> tables,
      boolean createIfMissing)
      throws IOException {
    DatabaseOptions options = createOptions(directory, specification, createIfMissing);
    List<TableOptions> tableOptions = new ArrayList<>();
    Set<String> postponed = new HashSet<>();
    try {
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      Map<String, AccessPattern> all = new LinkedHashMap<>();
      all.put(Database.DEFAULT_TABLE, AccessPattern.RANGES);
      all.putAll(tables);
      for (Map.Entry<String, AccessPattern> table : all.entrySet()) {
        TableOptions created = TableOptions.create(specification, table.getValue());
        tableOptions.add(created);
        // Who has none at all goes on having none.
        if (specification.postponesCompactions()
            && !created.columnFamilyOptions().disableAutoCompactions()) {
          created.columnFamilyOptions().setDisableAutoCompactions(true);
          postponed.add(table.getKey());
        }
        descriptors.add(descriptor(table.getKey(), created));
      }
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      RocksDB rocks =
          RocksDB.open(options.databaseOptions(), directory.toString(), descriptors, handles);
      NativeCount.opened(Kind.DATABASE);
      NativeCount.opened(Kind.COLUMN_FAMILY);
      return new OpenedDatabase(
          rocks,
          options,
          List.copyOf(all.keySet()),
          handles,
          tableOptions,
          new CursorPool(
              rocks,
              options.readOptions(),
              tableOptions.stream().allMatch(TableOptions::hasSkipLists)),
          Set.copyOf(postponed));
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

  private static DatabaseOptions createOptions(
      Path directory, DatabaseSpecification specification, boolean createIfMissing) {
    specification.usersHandles().retain();
    try {
      return DatabaseOptions.create(specification, directory, createIfMissing);
    } catch (RuntimeException | Error e) {
      specification.usersHandles().release();
      throw e;
    }
  }

  private static void closeAfterFailure(
      List<TableOptions> tableOptions, DatabaseOptions options, Path directory) {
    tableOptions.forEach(TableOptions::close);
    options.close();
    options.specification().usersHandles().release();
    RelocatedLog.delete(options.infoLogDirectory(), directory);
  }

  static ColumnFamilyDescriptor descriptor(String name, TableOptions tableOptions) {
    return new ColumnFamilyDescriptor(
        name.getBytes(StandardCharsets.UTF_8), tableOptions.columnFamilyOptions());
  }

  /** A batch of writes to all tables; the caller closes it. */
  Batch batch(Path directory, @Nullable WriteGate gate) {
    return Batch.open(
        rocks,
        options.writeOptions(),
        options.specification().settings().writeBatchBytes(),
        new TableIdentity("(several)", directory),
        gate);
  }

  /** Writes what is in memory to files and links all files into the target. */
  void link(Path directory, Path target) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.create(rocks)) {
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

  /** There is no log: what is in memtables would be lost. A checkpoint has just emptied them. */
  void flush(Path directory, List<ColumnFamilyHandle> columnFamilies) throws IOException {
    try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
      rocks.flush(waiting, columnFamilies);
    } catch (RocksDBException e) {
      throw new IOException(
          "Could not flush RocksDB in " + directory + ": " + TableIdentity.RocksFailure.describe(e),
          e);
    }
  }

  /** The format of its new files is another one from now on. */
  void logPartitioned(Path directory, long bytes, MemoryShare memory, long nanos) {
    LOG.info(
        "Files in {} get partitioned indexes and filters from now on: there are {} bytes of them,"
            + " and {} bytes for blocks in memory. To open the database again took {} ms.",
        directory,
        bytes,
        memory.bytesForBlocks(),
        nanos / 1_000_000);
  }

  /**
   * Ends compactions for good. Does nothing once it is closed: opening it again may have failed.
   */
  void stopCompactions() {
    if (rocks.isOwningHandle()) {
      rocks.cancelAllBackgroundWork(false);
    }
  }

  /** Closes the database; its tables have been closed, and close their options after it. */
  void closeRocks() {
    handles.get(0).close();
    NativeCount.closed(Kind.COLUMN_FAMILY);
    rocks.close();
    NativeCount.closed(Kind.DATABASE);
  }

  /** After that, and after the tables' options. */
  void closeOptions() {
    tableOptions.get(0).close();
    options.close();
    options.specification().usersHandles().release();
  }
}
