package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.COMPACT_FILTER_PERIODIC_COMPACTION_TIME;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.COMPACT_FILTER_QUERY_TIME_AFTER_NUM_ENTRIES;

import java.io.Serializable;
import java.time.Duration;

/**
 * How compactions take expired entries away. A state's own TTL configuration beats both.
 *
 * @param queryTimeAfterEntries after how many entries the filter asks for the time again
 * @param periodicCompaction the age at which a file of a state that expires is compacted in any
 *     case; 0 for never; nobody's choice is by the time to live
 */
public record CompactionFilterSettings(
    Setting<Long> queryTimeAfterEntries, Setting<Duration> periodicCompaction)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  static CompactionFilterSettings defaults() {
    return new CompactionFilterSettings(
        Setting.byDefault(COMPACT_FILTER_QUERY_TIME_AFTER_NUM_ENTRIES.defaultValue()),
        Setting.byDefault(COMPACT_FILTER_PERIODIC_COMPACTION_TIME.defaultValue()));
  }

  CompactionFilterSettings read(SettingReader reader) {
    return new CompactionFilterSettings(
        reader.last(
            queryTimeAfterEntries, COMPACT_FILTER_QUERY_TIME_AFTER_NUM_ENTRIES, Rule.LONG_COUNT),
        reader.last(periodicCompaction, COMPACT_FILTER_PERIODIC_COMPACTION_TIME, Rule.DURATION));
  }
}
