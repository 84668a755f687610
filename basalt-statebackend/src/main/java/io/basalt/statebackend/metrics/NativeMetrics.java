package io.basalt.statebackend.metrics;

import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.flink.metrics.MetricGroup;

/**
 * RocksDB's own figures as Flink gauges, those that the user has switched on: properties for each
 * table, tickers for the whole database. Names are stock's, so dashboards go on working.
 *
 * <p>Gauges hold the last value; Flink's view thread refreshes them every few seconds, each time
 * under a lease so that the database cannot be closed under it. A closed database leaves the last
 * value standing until Flink removes the operator's metric group.
 */
public final class NativeMetrics {

  /** How many entries compactions have removed because they had expired. */
  public static final String EXPIRED = "basalt.expired-entries-removed";

  /** RocksDB's name for that: entries that a compaction filter has removed. */
  public static final String EXPIRED_TICKER = "COMPACTION_KEY_DROP_USER";

  private static final String COLUMN_FAMILY_VARIABLE = "column_family";

  private final MetricGroup group;
  private final Database database;
  private final List<String> properties;
  private final boolean columnFamilyAsVariable;

  /**
   * Registers the tickers at once; tables come later, see {@link #watch}.
   *
   * @param properties RocksDB's names of the properties, such as {@code rocksdb.estimate-num-keys}
   * @param tickers RocksDB's names of the tickers; the database must have been opened with
   *     statistics
   * @param columnFamilyAsVariable whether the table's name is a variable of the scope, for
   *     reporters that know tags, or a level of it
   */
  public NativeMetrics(
      MetricGroup group,
      Database database,
      Collection<String> properties,
      Collection<String> tickers,
      boolean columnFamilyAsVariable) {
    this.group = group;
    this.database = database;
    this.properties = List.copyOf(properties);
    this.columnFamilyAsVariable = columnFamilyAsVariable;
    for (String ticker : tickers) {
      group.gauge(
          "rocksdb." + ticker.toLowerCase(Locale.ROOT),
          new NativeGauge(database, () -> database.ticker(ticker)));
    }
  }

  /**
   * Registers how many entries compactions have removed because they had expired, elements of lists
   * that live on not counted. The database must have been opened with {@link #EXPIRED_TICKER}.
   */
  public void countExpired() {
    group.gauge(EXPIRED, new NativeGauge(database, () -> database.ticker(EXPIRED_TICKER)));
  }

  /** Registers the gauges of a table. Task thread. */
  public void watch(Table table) {
    if (properties.isEmpty()) {
      return;
    }
    MetricGroup tableGroup =
        columnFamilyAsVariable
            ? group.addGroup(COLUMN_FAMILY_VARIABLE, table.name())
            : group.addGroup(table.name());
    for (String property : properties) {
      tableGroup.gauge(property, new NativeGauge(database, () -> table.property(property)));
    }
  }
}
