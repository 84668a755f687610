package io.basalt.statebackend.store;

import io.basalt.statebackend.store.Expiry.ElementEnds;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
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
 * pass until it is told otherwise. A table that is migrated to values with a time must be so
 * before, for the filter takes whatever stands there for one.
 *
 * <p>A filter can be told once. But a state may be registered again with another time to live or
 * without one (Flink's changelog registers states as its log has them, then the job does), and what
 * lives by the new one must not be removed by the old. Every filter asks this one for the time, so
 * that is what changes: {@code time + old <= now - (new - old)} says {@code time + new <= now}.
 *
 * <p>A compaction may see a value that a newer one hides, even one from before a migration; to
 * remove it changes nothing, but for a view of before, from which RocksDB lets a filter take what
 * it likes. So nothing expires by what has been told until the views are closed that were open.
 *
 * <p>Told by the task thread, asked by threads of RocksDB's.
 */
final class ExpiryFilter {

  private static final Logger LOG = LoggerFactory.getLogger(ExpiryFilter.class);

  /** RocksDB's default: an unsigned number that stands for "as it suits the table". */
  private static final long PERIOD_CHOSEN_BY_ROCKSDB = 0xfffffffffffffffeL;

  /** Before everything that has a time, so that nothing has expired. */
  private static final long BEFORE_ALL_TIME = Long.MIN_VALUE;

  private final LongSupplier clock;
  private final boolean periodIsUsers;
  private final FlinkCompactionFilterFactory filter;

  /** What RocksDB's filter was told; null before it has been. */
  private @Nullable Expiry told;

  /** What holds now; null while nothing expires. */
  private volatile @Nullable Expiry current;

  /** May see values of before that, which need not have times; those that are closed do not. */
  private volatile Set<ReadView> viewsOfBefore = Set.of();

  private ExpiryFilter(LongSupplier clock, boolean periodIsUsers, NativeOwner owner) {
    this.clock = clock;
    this.periodIsUsers = periodIsUsers;
    this.filter = owner.own(new FlinkCompactionFilterFactory(this::now));
  }

  /**
   * Gives the options of a table a filter that lets everything pass.
   *
   * @param options as the user's options factory left them
   */
  static ExpiryFilter install(
      ColumnFamilyOptions options, DatabaseSpecification specification, NativeOwner owner) {
    long period = options.periodicCompactionSeconds();
    if (period == PERIOD_CHOSEN_BY_ROCKSDB) {
      // Else RocksDB, seeing a filter, would rewrite every file once in 30 days.
      options.setPeriodicCompactionSeconds(0);
    }
    ExpiryFilter created =
        new ExpiryFilter(
            specification.clock(), period != PERIOD_CHOSEN_BY_ROCKSDB && period != 0, owner);
    if (options.compactionFilterFactory() != null) {
      LOG.warn(
          "The compaction filter factory that an options factory has set is not used: the filter of"
              + " expired entries takes its place, on states without a time to live, too.");
    }
    options.setCompactionFilterFactory(created.filter);
    return created;
  }

  /**
   * Removes what has expired from now on, or, if there is no expiry, nothing.
   *
   * @param openViews nothing is removed that they may see
   */
  void set(
      @Nullable Expiry expiry,
      Set<ReadView> openViews,
      TableIdentity table,
      RocksDB database,
      ColumnFamilyHandle handle) {
    Expiry previous = current;
    if (!Objects.equals(expiry, previous)) {
      viewsOfBefore = openViews;
    }
    if (expiry != null && told == null) {
      filter.configure(configuration(expiry, table));
      told = expiry;
    }
    current = expiry != null && hasLayoutAsTold(expiry, table) ? expiry : null;
    Duration period = period(current);
    if (!periodIsUsers && !period.equals(period(previous))) {
      setPeriod(period, table, database, handle);
    }
  }

  /** Elements of any length are told apart by what holds now; all else RocksDB has by heart. */
  private boolean hasLayoutAsTold(Expiry expiry, TableIdentity table) {
    Expiry.Layout first = told == null ? expiry.layout() : told.layout();
    if (first.equals(expiry.layout())
        || (first instanceof Expiry.Elements && expiry.layout() instanceof Expiry.Elements)) {
      return true;
    }
    LOG.warn(
        "The elements of list state '{}' have another length than when it was registered first:"
            + " compactions remove no expired ones until the job restarts.",
        table.name());
    return false;
  }

  private static Duration period(@Nullable Expiry expiry) {
    return expiry == null ? Duration.ZERO : expiry.periodicCompaction();
  }

  /** On the live column family: its options object is not looked at any more. */
  private static void setPeriod(
      Duration period, TableIdentity table, RocksDB database, ColumnFamilyHandle handle) {
    long seconds = period.isZero() ? 0 : Math.max(1, period.toSeconds());
    try {
      database.setOptions(
          handle,
          MutableColumnFamilyOptions.builder().setPeriodicCompactionSeconds(seconds).build());
    } catch (RocksDBException e) {
      throw table.failure("set the period of compactions of", e);
    }
  }

  /** Called by the filters of compactions. */
  private long now() {
    Expiry expiry = current;
    Expiry first = told;
    if (expiry == null || first == null || mayBeSeen()) {
      return BEFORE_ALL_TIME;
    }
    return clock.getAsLong() - (expiry.timeToLive().toMillis() - first.timeToLive().toMillis());
  }

  private boolean mayBeSeen() {
    for (ReadView view : viewsOfBefore) {
      if (view.isOpen()) {
        return true;
      }
    }
    return false;
  }

  private Config configuration(Expiry expiry, TableIdentity table) {
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
    AtomicBoolean failureLogged = new AtomicBoolean();
    return Config.createForList(
        timeToLive, entries, () -> new ExpiredElements(table, this::ends, failureLogged));
  }

  /** How elements are told apart now, or null if nothing expires. */
  private @Nullable Supplier<ElementEnds> ends() {
    Expiry expiry = current;
    return expiry != null && expiry.layout() instanceof Expiry.Elements elements
        ? elements.ends()
        : null;
  }
}
