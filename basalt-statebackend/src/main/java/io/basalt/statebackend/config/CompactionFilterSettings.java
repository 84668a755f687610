package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.COMPACT_FILTER_PERIODIC_COMPACTION_TIME;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.COMPACT_FILTER_QUERY_TIME_AFTER_NUM_ENTRIES;

import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/**
 * How compactions take expired entries away. A state's own TTL configuration beats both.
 *
 * @param queryTimeAfterEntries after how many entries the filter asks for the time again
 * @param periodicCompaction the age at which a file of a state that expires is compacted in any
 *     case; 0 for never; nobody's choice is by the time to live
 * @param countsExpired whether removed entries are counted
 */
public record CompactionFilterSettings(
    Setting<Long> queryTimeAfterEntries,
    Setting<Duration> periodicCompaction,
    Setting<Boolean> countsExpired)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** See {@code BasaltOptions}, which is where users find it. */
  public static final ConfigOption<Boolean> COUNT_EXPIRED =
      ConfigOptions.key("state.backend.basalt.metrics.expired-entries")
          .booleanType()
          .defaultValue(false)
          .withDescription(
              "Whether the entries that compactions have removed because they had expired are"
                  + " counted, as the metric basalt.expired-entries-removed. RocksDB counts them with"
                  + " all its statistics, which cost some percent.");

  static CompactionFilterSettings defaults() {
    return new CompactionFilterSettings(
        Setting.byDefault(COMPACT_FILTER_QUERY_TIME_AFTER_NUM_ENTRIES.defaultValue()),
        Setting.byDefault(COMPACT_FILTER_PERIODIC_COMPACTION_TIME.defaultValue()),
        Setting.byDefault(COUNT_EXPIRED.defaultValue()));
  }

  CompactionFilterSettings read(SettingReader reader) {
    return new CompactionFilterSettings(
        reader.last(
            queryTimeAfterEntries, COMPACT_FILTER_QUERY_TIME_AFTER_NUM_ENTRIES, Rule.LONG_COUNT),
        reader.last(periodicCompaction, COMPACT_FILTER_PERIODIC_COMPACTION_TIME, Rule.DURATION),
        reader.last(countsExpired, COUNT_EXPIRED, Rule.FLAG));
  }
}
