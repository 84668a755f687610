package io.basalt.statebackend.store;

import java.util.Arrays;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionJobInfo;
import org.rocksdb.CompactionOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.Range;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.TableProperties;

/** Lists the files of a column family and merges some of them. */
final class FileMerge {

  private FileMerge() {}

  static List<TableFile> files(RocksDB database, ColumnFamilyHandle handle) {
    return database.getColumnFamilyMetaData(handle).levels().stream()
        .flatMap(
            level ->
                level.files().stream()
                    .map(
                        file ->
                            new TableFile(
                                file.fileName(),
                                level.level(),
                                file.size(),
                                file.beingCompacted())))
        .toList();
  }

  /** How large its files are together: a walk over numbers, which lists none of them. */
  static long bytes(RocksDB database, ColumnFamilyHandle handle) {
    try {
      return database.getLongProperty(handle, "rocksdb.live-sst-files-size");
    } catch (RocksDBException e) {
      // Nobody is to be told on a thread of RocksDB's, and too large is left to it.
      return Long.MAX_VALUE;
    }
  }

  static boolean hasFileOf(
      RocksDB database, ColumnFamilyHandle handle, byte[] lowerInclusive, byte[] upperExclusive) {
    return database.getColumnFamilyMetaData(handle).levels().stream()
        .flatMap(level -> level.files().stream())
        .anyMatch(
            file ->
                Arrays.compareUnsigned(file.smallestKey(), upperExclusive) < 0
                    && Arrays.compareUnsigned(file.largestKey(), lowerInclusive) >= 0);
  }

  /** How many bytes of files hold keys of the range, from their indexes. */
  static long approximateBytes(
      RocksDB database, ColumnFamilyHandle handle, byte[] lowerInclusive, byte[] upperExclusive) {
    try (Slice lower = new Slice(lowerInclusive);
        Slice upper = new Slice(upperExclusive)) {
      return database
          .getApproximateSizes(
              handle, List.of(new Range(lower, upper)), SizeApproximationFlag.INCLUDE_FILES)[0];
    }
  }

  /** To which level all of the files can be merged; 0 if their levels mean something else. */
  static int lastLevel(List<TableFile> files, ColumnFamilyOptions options) {
    if (options.compactionStyle() != CompactionStyle.LEVEL) {
      return 0;
    }
    int first = options.levelCompactionDynamicLevelBytes() ? options.numLevels() - 1 : 1;
    return files.stream().mapToInt(TableFile::level).reduce(first, Math::max);
  }

  /**
   * Merges the files into new ones of a level. They are compressed as RocksDB's options of that
   * level say, which CompactionOptions would overrule by default.
   *
   * @return the names of the new files; none if RocksDB was faster or is about to be closed
   */
  static List<String> merge(
      RocksDB database,
      ColumnFamilyHandle handle,
      List<TableFile> files,
      int level,
      long maximumBytes)
      throws RocksDBException {
    try (CompactionOptions options =
            new CompactionOptions()
                .setCompression(CompressionType.DISABLE_COMPRESSION_OPTION)
                .setOutputFileSizeLimit(maximumBytes);
        CompactionJobInfo unused = new CompactionJobInfo()) {
      return database.compactFiles(
          options, handle, files.stream().map(TableFile::name).toList(), level, -1, unused);
    } catch (RocksDBException e) {
      if (isOvertaken(e.getStatus())) {
        return List.of();
      }
      throw e;
    }
  }

  /** Compacts the whole column family and waits for it. */
  static void all(RocksDB database, ColumnFamilyHandle handle, TableIdentity identity) {
    try {
      database.compactRange(handle);
    } catch (RocksDBException e) {
      throw identity.failure("compact", e);
    }
  }

  /** A file is gone or taken by a compaction of RocksDB's own, or the database is being closed. */
  private static boolean isOvertaken(Status status) {
    return status != null
        && switch (status.getCode()) {
          case Aborted, InvalidArgument, ShutdownInProgress, Incomplete -> true;
          default -> false;
        };
  }

  /** How many range deletions there are in files, from their properties. */
  static long rangeDeletions(RocksDB database, ColumnFamilyHandle handle, TableIdentity identity) {
    try {
      return database.getPropertiesOfAllTables(handle).values().stream()
          .mapToLong(TableProperties::getNumRangeDeletions)
          .sum();
    } catch (RocksDBException e) {
      throw identity.failure("read the properties of files of", e);
    }
  }
}
