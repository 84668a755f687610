package io.basalt.statebackend.program;

import io.basalt.statebackend.BasaltOptions;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.HistogramType;
import org.rocksdb.RocksDB;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;

/**
 * A user's options that make RocksDB flush and compact so early that a short program sees all of
 * it, and count what it does.
 */
public final class SmallBuffers implements RocksDBOptionsFactory {

  private static final long serialVersionUID = 1L;

  private static final long SMALLEST_BUFFER = 64 << 10;
  private static final int SMALL_FILE = 32 << 10;

  /** RocksDB's counters of all databases of this process, for as long as it lasts. */
  private static final Statistics STATISTICS = counters();

  private static Statistics counters() {
    RocksDB.loadLibrary();
    return new Statistics();
  }

  @Override
  public DBOptions createDBOptions(
      DBOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    return currentOptions.setStatistics(STATISTICS);
  }

  @Override
  public ColumnFamilyOptions createColumnOptions(
      ColumnFamilyOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    return currentOptions
        .setWriteBufferSize(SMALLEST_BUFFER)
        .setLevel0FileNumCompactionTrigger(2)
        .setTargetFileSizeBase(SMALL_FILE)
        .setMaxBytesForLevelBase(2 * SMALL_FILE);
  }

  /**
   * What chooses these options in a configuration. Filters, partitions and the tier follow from the
   * number of timers, so that what is drawn for a seed stays the same.
   *
   * @param roomForTimers whether the tier has room for those that are not in memory beside it
   */
  static Map<String, String> settings(int timersInMemory, boolean roomForTimers) {
    Map<String, String> settings = new HashMap<>();
    // Everything goes to the table, or at once, or a few stay, or all.
    switch (timersInMemory) {
      case 1 -> settings.put(BasaltOptions.HOT_TIER_SIZE.key(), "0");
      case 2 -> settings.put(BasaltOptions.HOT_TIER_SIZE.key(), "1b");
      case 3 -> settings.put(BasaltOptions.HOT_TIER_SIZE.key(), "3kb");
      default -> {}
    }
    if (roomForTimers && timersInMemory <= 3) {
      settings.put(BasaltOptions.HOT_TIER_SIZE.key(), "256kb");
    }
    settings.put(BasaltOptions.MAP_RANGE_DELETE_FROM.key(), "3");
    settings.put(BasaltOptions.MEMTABLE_FILTER.key(), timersInMemory % 2 == 1 ? "ON" : "ADAPTIVE");
    if (timersInMemory > 1) {
      settings.put(
          RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS.key(), String.valueOf(timersInMemory == 2));
    }
    settings.put(RocksDBOptions.OPTIONS_FACTORY.key(), SmallBuffers.class.getName());
    settings.put(
        RocksDBOptions.ROCKSDB_TIMER_SERVICE_FACTORY_CACHE_SIZE.key(),
        Integer.toString(timersInMemory));
    settings.put(RocksDBConfigurableOptions.BLOCK_SIZE.key(), "1kb");
    settings.put(RocksDBManualCompactionOptions.MIN_INTERVAL.key(), "10ms");
    settings.put(RocksDBManualCompactionOptions.MIN_FILES_TO_COMPACT.key(), "2");
    return settings;
  }

  /** What RocksDB has done in this process. */
  static Map<Coverage.Event, Long> counts() {
    return Map.of(
        Coverage.Event.MEMTABLE_FLUSH, counted(HistogramType.FLUSH_TIME),
        Coverage.Event.COMPACTION, counted(HistogramType.COMPACTION_TIME),
        Coverage.Event.MERGE_OPERAND, counted(HistogramType.READ_NUM_MERGE_OPERANDS),
        Coverage.Event.FILTER_ASKED, counted(TickerType.BLOOM_FILTER_USEFUL),
        Coverage.Event.ENTRY_DROPPED_BY_RANGE, counted(TickerType.COMPACTION_KEY_DROP_RANGE_DEL),
        Coverage.Event.ENTRY_DROPPED_BY_EXPIRY, counted(TickerType.COMPACTION_KEY_DROP_USER));
  }

  private static long counted(TickerType type) {
    return STATISTICS.getTickerCount(type);
  }

  private static long counted(HistogramType type) {
    return STATISTICS.getHistogramData(type).getCount();
  }
}
