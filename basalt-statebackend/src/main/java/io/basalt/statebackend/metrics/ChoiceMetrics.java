package io.basalt.statebackend.metrics;

import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import org.apache.flink.metrics.MetricGroup;

/**
 * What Basalt has chosen by itself, as gauges: 1 for yes, 0 for no. They read a field, so they are
 * always on, and stay as they are when the database is closed.
 */
public final class ChoiceMetrics {

  /** Whether files have partitioned indexes and filters. */
  public static final String INDEX_PARTITIONS = "basalt.partitioned-index-filters";

  /** Of a state: whether its memtables have a filter because many of its reads find nothing. */
  public static final String MEMTABLE_FILTER = "basalt.memtable-filter";

  private final MetricGroup group;

  /** Registers what holds for the whole database. */
  public ChoiceMetrics(MetricGroup group, Database database) {
    this.group = group;
    group.gauge(INDEX_PARTITIONS, () -> database.usesIndexPartitions() ? 1 : 0);
  }

  /** Registers what holds for a table. Task thread. */
  public void watch(Table table) {
    group
        .addGroup(table.name())
        .gauge(MEMTABLE_FILTER, () -> table.hasAdaptedMemtableFilter() ? 1 : 0);
  }
}
