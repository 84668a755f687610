package io.basalt.statebackend.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.util.FileUtils;
import org.apache.flink.util.ResourceGuard;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.RocksDBException;

/**
 * Puts other entries in the place of all that a table has: they are written to files beside the
 * database, sorted, by several threads if there are, and become the table at once. Until then the
 * table is what it was.
 *
 * <p>The new files go into a new column family of the same name, for in the old one they would
 * overlap everything and lie in level 0, thousands of them, until a compaction had read it all
 * again. So nobody may read the table on the way: see {@link Database#rewrite}.
 */
public final class TableRewrite implements AutoCloseable {

  /** Foreign readers read one value, or gauges; a merge of small files takes longest. */
  private static final long LOOK_FOR_READERS_NANOS = 1_000_000;

  private final OpenedDatabase opened;
  private final TableSet tables;
  private final ColumnFamilyTable table;
  private final TableOptions options;
  private final Path directory;
  private final Object leasing;
  private final ResourceGuard guard;
  private final List<SortedFiles> runs = new ArrayList<>();
  private boolean replaced;

  TableRewrite(
      OpenedDatabase opened,
      TableSet tables,
      ColumnFamilyTable table,
      Path databaseDirectory,
      Object leasing,
      ResourceGuard guard)
      throws IOException {
    this.opened = opened;
    this.tables = tables;
    this.table = table;
    this.leasing = leasing;
    this.guard = guard;
    this.directory =
        Files.createDirectory(databaseDirectory.resolveSibling("rewrite-" + UUID.randomUUID()));
    this.options = TableOptions.create(opened.options().specification(), table.pattern());
  }

  /**
   * Begins files for a part of the keys, which no other run may have any of. Any thread; whoever
   * opens it finishes and closes it.
   *
   * @param buffers of the thread
   */
  public synchronized SortedFiles newRun(EntryBuffers buffers) {
    SortedFiles run =
        new SortedFiles(
            table.identity(),
            directory,
            "run-" + runs.size(),
            buffers,
            opened.options().databaseOptions(),
            options.columnFamilyOptions(),
            options.columnFamilyOptions().targetFileSizeBase(),
            file -> {});
    runs.add(run);
    return run;
  }

  /**
   * Makes the table what the runs have, all of which have been finished. Task thread, with no
   * cursor open. Waits for foreign readers to be done, of which no more come meanwhile.
   *
   * @throws IOException if RocksDB fails; the table may be gone then, and the database must be
   *     thrown away
   * @throws InterruptedException if the thread is interrupted while it waits; nothing is changed
   */
  public void replace() throws IOException, InterruptedException {
    List<String> files = new ArrayList<>();
    for (SortedFiles run : runs) {
      run.files().forEach(file -> files.add(file.toString()));
    }
    synchronized (leasing) {
      while (guard.getLeaseCount() > 0) {
        LockSupport.parkNanos(LOOK_FOR_READERS_NANOS);
        if (Thread.interrupted()) {
          throw new InterruptedException("Interrupted while the table was still read.");
        }
      }
      try {
        replace(files);
      } catch (RocksDBException e) {
        throw new IOException(table.identity().failure("rewrite", e).getMessage(), e);
      }
    }
  }

  private void replace(List<String> files) throws RocksDBException {
    opened.cursors().filesHaveChanged();
    table.drop();
    table.close();
    ColumnFamilyHandle columnFamily =
        opened.rocks().createColumnFamily(OpenedDatabase.descriptor(table.name(), options));
    tables.retire(
        table.reopened(opened.rocks(), columnFamily, options, opened.options(), opened.cursors()));
    replaced = true;
    if (files.isEmpty()) {
      return;
    }
    try (IngestExternalFileOptions moving = new IngestExternalFileOptions().setMoveFiles(true)) {
      opened.rocks().ingestExternalFile(columnFamily, files, moving);
    } catch (RocksDBException e) {
      // It is empty. As long as it cannot be used no snapshot succeeds that would have it so.
      table.close();
      throw e;
    }
  }

  /** Deletes the files that have not become the table's. */
  @Override
  public void close() throws IOException {
    if (!replaced) {
      options.close();
    }
    FileUtils.deleteDirectory(directory.toFile());
  }
}
