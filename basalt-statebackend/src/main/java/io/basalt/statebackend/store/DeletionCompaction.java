package io.basalt.statebackend.store;

import java.util.Properties;
import org.rocksdb.ColumnFamilyOptions;

/**
 * Column family options with a collector that has RocksDB compact a file as soon as it is written
 * if deletions lie close together in it.
 *
 * <p>An iteration steps over every one of them, whatever its bounds, if they are inside: a tenth of
 * a second for a million. RocksDB's own rules know the sizes of files only. The Java API has no
 * class for the collector; the options file of a database records it and stock does not read it.
 */
final class DeletionCompaction {

  /** Among so many entries side by side, which cost an iteration half a millisecond or more... */
  private static final int WINDOW_ENTRIES = 4_096;

  /**
   * ...so many deletions. Nearly all: compacting a file that holds live entries, too, rewrites what
   * the next level has in its range, more often than it would be without.
   */
  private static final int WINDOW_DELETIONS = WINDOW_ENTRIES * 9 / 10;

  private DeletionCompaction() {}

  static ColumnFamilyOptions newOptions() {
    Properties properties = new Properties();
    properties.setProperty(
        "table_properties_collectors",
        "{id=CompactOnDeletionCollector;window_size="
            + WINDOW_ENTRIES
            + ";deletion_trigger="
            + WINDOW_DELETIONS
            + ";deletion_ratio=0}");
    ColumnFamilyOptions options = ColumnFamilyOptions.getColumnFamilyOptionsFromProps(properties);
    if (options == null) {
      throw new IllegalStateException(
          "RocksDB does not know the collector of deletions: the library is another one than that"
              + " of Flink 2.3. Put the distribution's frocksdbjni into lib/, or set"
              + " state.backend.basalt.map.compact-deletions: false.");
    }
    return options;
  }
}
