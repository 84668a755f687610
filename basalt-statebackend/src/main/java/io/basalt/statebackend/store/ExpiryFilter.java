package io.basalt.statebackend.store;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.FlinkCompactionFilter.Config;
import org.rocksdb.FlinkCompactionFilter.FlinkCompactionFilterFactory;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compaction filter of one table, which removes expired entries.
 *
 * <p>RocksDB takes a filter only when a table is created or opened, but a restore opens tables long
 * before the job says which of them expire. So each has one from the start, which lets everything
 * pass until it is told otherwise, once: a table that is migrated to values with a time must be so
 * before, for the filter takes whatever stands there for one.
 *
 * <p>A compaction may see a value that a newer one hides, even one from before a migration; to
 * remove it changes nothing.
 */
final class ExpiryFilter {

  private static final Logger LOG = LoggerFactory.getLogger(ExpiryFilter.class);

  /** RocksDB's default: an unsigned number that stands for "as it suits the table". */
  private static final long PERIOD_CHOSEN_BY_ROCKSDB = 0xfffffffffffffffeL;

  private final FlinkCompactionFilterFactory filter;
  private final boolean periodIsUsers;
  private @Nullable Expiry current;

  private ExpiryFilter(FlinkCompactionFilterFactory filter, boolean periodIsUsers) {
    this.filter = filter;
    this.periodIsUsers = periodIsUsers;
  }

  /**
   * Gives the options of a table a filter that lets everything pass.
   *
   * @param options as the user's options factory left them
   */
  static ExpiryFilter install(
      ColumnFamilyOptions options, DatabaseSpecification specification, NativeOwner owner) {
    FlinkCompactionFilterFactory filter =
        owner.own(new FlinkCompactionFilterFactory(specification.clock()::getAsLong));
    long period = options.periodicCompactionSeconds();
    if (period == PERIOD_CHOSEN_BY_ROCKSDB) {
      // Else RocksDB, seeing a filter, would rewrite every file once in 30 days.
      options.setPeriodicCompactionSeconds(0);
    }
    options.setCompactionFilterFactory(filter);
    return new ExpiryFilter(filter, period != PERIOD_CHOSEN_BY_ROCKSDB && period != 0);
  }

  /**
   * Removes expired entries from now on. Told the same again, it changes nothing; told otherwise it
   * goes on as it did and logs that, for RocksDB's filter cannot change its mind.
   */
  void start(Expiry expiry, TableIdentity table, RocksDB database, ColumnFamilyHandle handle) {
    if (current != null) {
      warnIfOther(current, expiry, table);
      return;
    }
    filter.configure(configuration(expiry, table));
    current = expiry;
    if (periodIsUsers || expiry.periodicCompaction().isZero()) {
      return;
    }
    // On the live column family: its options object is not looked at any more.
    try {
      database.setOptions(
          handle,
          MutableColumnFamilyOptions.builder()
              .setPeriodicCompactionSeconds(Math.max(1, expiry.periodicCompaction().toSeconds()))
              .build());
    } catch (RocksDBException e) {
      throw table.failure("set the period of compactions of", e);
    }
  }

  private static void warnIfOther(Expiry current, Expiry other, TableIdentity table) {
    if (!current.timeToLive().equals(other.timeToLive())
        || !current.layout().getClass().equals(other.layout().getClass())) {
      LOG.warn(
          "State '{}' was registered with a time to live of {} and is now with {}: until the job"
              + " restarts, compactions remove what has expired by the former.",
          table.name(),
          current.timeToLive(),
          other.timeToLive());
    }
  }

  private static Config configuration(Expiry expiry, TableIdentity table) {
    long timeToLive = expiry.timeToLive().toMillis();
    long entries = expiry.queryTimeAfterEntries();
    Expiry.Layout layout = expiry.layout();
    if (layout instanceof Expiry.SingleValue) {
      return Config.createForValue(timeToLive, entries);
    }
    if (layout instanceof Expiry.MapEntry) {
      return Config.createForMap(timeToLive, entries);
    }
    if (layout instanceof Expiry.FixedElements elements) {
      return Config.createForFixedElementList(timeToLive, entries, elements.bytes());
    }
    Expiry.Elements elements = (Expiry.Elements) layout;
    AtomicBoolean failureLogged = new AtomicBoolean();
    return Config.createForList(
        timeToLive,
        entries,
        () -> new ExpiredElements(table, elements.ends().get(), failureLogged));
  }
}
