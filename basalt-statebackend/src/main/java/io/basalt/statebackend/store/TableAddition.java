package io.basalt.statebackend.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.flink.util.FileUtils;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.RocksDBException;

/**
 * Adds entries to a table that has none of their keys: they are written to files beside the
 * database, sorted, by several threads if there are, and become the table's at once. They hide
 * whatever was there, and whatever had been deleted before stays so.
 *
 * <p>RocksDB puts a file into the lowest level above everything it overlaps: the last one, if
 * nothing lies between its first key and its last.
 */
public final class TableAddition implements AutoCloseable {

  /**
   * Where there are to be few files: one of a gigabyte at RocksDB's own target. Until a file is
   * complete its filter and its index are in memory that nobody counts, and storage gets it in one
   * piece.
   */
  private static final int TARGETS_OF_A_LARGE_FILE = 16;

  /** So that such a file's length is a number. */
  private static final long MOST_TARGET_BYTES = 1L << 50;

  private final OpenedDatabase opened;
  private final ColumnFamilyTable table;
  private final Path databaseDirectory;
  private final Path directory;
  private final long fileBytes;
  private final PageRecall recall;
  private final List<SortedFiles> runs = new ArrayList<>();

  TableAddition(
      OpenedDatabase opened,
      ColumnFamilyTable table,
      Path databaseDirectory,
      boolean few,
      PageRecall recall) {
    this.opened = opened;
    this.table = table;
    this.databaseDirectory = databaseDirectory;
    this.recall = recall;
    this.directory = databaseDirectory.resolveSibling("addition-" + UUID.randomUUID());
    long target = Math.min(table.options().targetFileSizeBase(), MOST_TARGET_BYTES);
    this.fileBytes = (few ? TARGETS_OF_A_LARGE_FILE : 1) * target;
  }

  /**
   * Begins files for a part of the keys, which no other run may have any of. Any thread; whoever
   * opens it finishes and closes it.
   *
   * @param buffers of the thread
   */
  public synchronized SortedFiles newRun(EntryBuffers buffers) throws IOException {
    Files.createDirectories(directory);
    SortedFiles run =
        new SortedFiles(
            table.identity(),
            directory,
            "run-" + runs.size(),
            buffers,
            opened.options().databaseOptions(),
            table.options(),
            fileBytes,
            file -> recall.read(List.of(file)));
    runs.add(run);
    return run;
  }

  /**
   * Makes the table have what the runs have, all of which have been finished. Task thread.
   *
   * @throws IOException if RocksDB fails; the table is what it was then
   */
  public void add() throws IOException {
    List<String> files = new ArrayList<>();
    for (SortedFiles run : runs) {
      run.files().forEach(file -> files.add(file.toString()));
    }
    if (files.isEmpty()) {
      return;
    }
    opened.cursors().filesHaveChanged();
    Set<String> before = fileNames();
    try (IngestExternalFileOptions moving = new IngestExternalFileOptions().setMoveFiles(true)) {
      opened.rocks().ingestExternalFile(table.handle(), files, moving);
    } catch (RocksDBException e) {
      throw new IOException(table.identity().failure("add files to", e).getMessage(), e);
    }
    // What has been read under its old name is not read again.
    Set<String> added = fileNames();
    added.removeAll(before);
    recall.read(added.stream().map(databaseDirectory::resolve).toList());
  }

  /** RocksDB's begin with a slash. */
  private Set<String> fileNames() {
    return table.files().stream()
        .map(file -> file.name().substring(file.name().lastIndexOf('/') + 1))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Deletes the files that have not become the table's. */
  @Override
  public void close() throws IOException {
    FileUtils.deleteDirectory(directory.toFile());
  }
}
