package io.basalt.statebackend.store;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.MutableColumnFamilyOptions.MutableColumnFamilyOptionsBuilder;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets writes go on while RocksDB merges what a restore has brought.
 *
 * <p>RocksDB slows writes down to some megabytes a second once it expects to have 64 GB to merge,
 * and stops them at 256 GB, so that they do not run away from it. But the files of several
 * databases are that much at once, though nobody has written anything: in every level there is a
 * multiple of what is to be there. Of two databases of 60 GB it expects 93, of two of 250 GB 293,
 * and the task would wait for hours.
 *
 * <p>So the limits, the user's or RocksDB's own, are raised by what there is to be merged when
 * compactions begin, or when the files of a snapshot are opened that was taken meanwhile, and
 * lowered again as it gets less, until they are what they were: what is written has all the time as
 * much room as always.
 */
final class CompactionDebt {

  private static final String EXPECTED = "rocksdb.estimate-pending-compaction-bytes";

  /**
   * From the fourth part of a limit on RocksDB hurries, and less does not matter. To change options
   * takes a file that is synced: so they are not changed with every compaction either.
   */
  private static final int PART_OF_LIMIT = 4;

  private static final Logger LOG = LoggerFactory.getLogger(CompactionDebt.class);

  private final Database database;

  /** Held while options are changed, which RocksDB's own threads must not wait for. */
  private final Object changing = new Object();

  /** By how much limits are raised, by the names of tables. */
  private final Map<String, Long> raised = new HashMap<>();

  private boolean looking;
  private boolean lookingAgain;

  CompactionDebt(Database database) {
    this.database = database;
  }

  /** Lets compactions of a table begin. Any thread with a lease. */
  void begin(OpenedDatabase opened, ColumnFamilyTable table) throws RocksDBException {
    synchronized (changing) {
      beginAlone(opened, table);
    }
  }

  private void beginAlone(OpenedDatabase opened, ColumnFamilyTable table) throws RocksDBException {
    MutableColumnFamilyOptionsBuilder change =
        MutableColumnFamilyOptions.builder().setDisableAutoCompactions(false);
    raise(opened, table, change);
    opened.rocks().setOptions(table.handle(), change.build());
  }

  /**
   * The same of a table whose compactions have not been postponed: a job may have been restored
   * before all was merged that a rescale had brought. Before anybody writes.
   */
  void inherit(OpenedDatabase opened, ColumnFamilyTable table) {
    synchronized (changing) {
      MutableColumnFamilyOptionsBuilder change = MutableColumnFamilyOptions.builder();
      try {
        if (raise(opened, table, change)) {
          opened.rocks().setOptions(table.handle(), change.build());
        }
      } catch (RocksDBException | RuntimeException e) {
        // The disk is full, say. Then writes wait, as they would have.
        LOG.warn("Did not raise the limits of state '{}'.", table.name(), e);
      }
    }
  }

  private boolean raise(
      OpenedDatabase opened, ColumnFamilyTable table, MutableColumnFamilyOptionsBuilder change) {
    long expected = expected(opened, table);
    long by = matters(expected, table.options()) ? expected : 0;
    if (by > 0) {
      raise(change, table.options(), by);
      synchronized (this) {
        raised.put(table.name(), by);
      }
      LOG.info(
          "Of state '{}' in {} there are {} bytes to be merged after the restore. Until they are,"
              + " writes are neither slowed down nor stopped because of them.",
          table.name(),
          database.directory(),
          by);
    }
    return by > 0;
  }

  /**
   * Some files have been merged. Called by a thread of RocksDB's, which must not change options.
   */
  void compacted(OpenedDatabase opened, String table) {
    synchronized (this) {
      if (!raised.containsKey(table)) {
        return;
      }
      lookingAgain = looking;
      if (looking) {
        return;
      }
      looking = true;
    }
    Thread thread = new Thread(() -> lookUnlessClosed(opened), "basalt-compactions");
    thread.setDaemon(true);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // There are no more threads. After the next one then.
      looksNoMore();
      LOG.warn("Could not look how much there is to be merged in {}.", database.directory(), e);
    }
  }

  private synchronized void looksNoMore() {
    looking = false;
    lookingAgain = false;
  }

  /** Whether limits are raised of any table that has not been dropped. Any thread. */
  boolean isThere() {
    List<? extends Table> tables = database.tablesOfAnyThread();
    synchronized (this) {
      return tables.stream().anyMatch(table -> raised.containsKey(table.name()));
    }
  }

  /** The database is opened again, with the limits that it had at first. Task thread. */
  synchronized void forget() {
    raised.clear();
  }

  private void lookUnlessClosed(OpenedDatabase opened) {
    boolean ended = false;
    try {
      do {
        try (Lease unused = database.lease()) {
          for (Table table : database.tablesOfAnyThread()) {
            synchronized (changing) {
              look(opened, ColumnFamilyTable.of(table));
            }
          }
        }
      } while (isToLookAgain());
      ended = true;
    } catch (IOException e) {
      LOG.debug("The database in {} has been closed.", database.directory(), e);
    } finally {
      // Or after an Error nobody would ever lower them.
      if (!ended) {
        looksNoMore();
      }
    }
  }

  private synchronized boolean isToLookAgain() {
    looking = lookingAgain;
    lookingAgain = false;
    return looking;
  }

  private void look(OpenedDatabase opened, ColumnFamilyTable table) {
    long by;
    synchronized (this) {
      by = raised.getOrDefault(table.name(), 0L);
    }
    // Also if the database has been opened again meanwhile: then there are none.
    if (by == 0) {
      return;
    }
    long next;
    try {
      long expected = expected(opened, table);
      next = matters(expected, table.options()) ? expected : 0;
      if (next > by / 2) {
        return;
      }
      MutableColumnFamilyOptionsBuilder change = MutableColumnFamilyOptions.builder();
      raise(change, table.options(), next);
      opened.rocks().setOptions(table.handle(), change.build());
    } catch (RocksDBException | RuntimeException e) {
      // The disk is full, say; or it has been dropped. After the next one then.
      LOG.debug("Did not lower the limits of state '{}'.", table.name(), e);
      return;
    }
    synchronized (this) {
      if (next > 0) {
        raised.put(table.name(), next);
      } else {
        raised.remove(table.name());
      }
    }
  }

  private static long expected(OpenedDatabase opened, ColumnFamilyTable table) {
    return NumericProperty.read(EXPECTED, opened.rocks(), table.handle(), table.identity());
  }

  private static boolean matters(long expected, ColumnFamilyOptions options) {
    return matters(expected, options.softPendingCompactionBytesLimit())
        || matters(expected, options.hardPendingCompactionBytesLimit());
  }

  private static boolean matters(long expected, long limit) {
    return limit > 0 && expected >= limit / PART_OF_LIMIT;
  }

  private static void raise(
      MutableColumnFamilyOptionsBuilder change, ColumnFamilyOptions options, long by) {
    change
        .setSoftPendingCompactionBytesLimit(raised(options.softPendingCompactionBytesLimit(), by))
        .setHardPendingCompactionBytesLimit(raised(options.hardPendingCompactionBytesLimit(), by));
  }

  /** None, which is 0, stays none. */
  private static long raised(long limit, long by) {
    return limit <= 0 ? limit : limit + Math.min(by, Long.MAX_VALUE - limit);
  }
}
