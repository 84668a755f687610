package io.basalt.statebackend.config;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.apache.flink.state.rocksdb.RocksDBResourceContainer;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Filter;

/**
 * The options of RocksDB that matter, by name: as stock makes them, and as Basalt's settings ask
 * for them.
 */
final class StockOptions {

  private StockOptions() {}

  /** What stock makes of a configuration. Needs RocksDB's native library. */
  static Map<String, Object> of(Configuration configuration, PredefinedOptions predefined)
      throws Exception {
    Map<String, Object> options = new TreeMap<>();
    try (RocksDBResourceContainer stock =
        new RocksDBResourceContainer(configuration, predefined, null, null, null, false)) {
      put(options, stock.getDbOptions());
      put(options, stock.getColumnOptions());
      options.put("disable_wal", stock.getWriteOptions().disableWAL());
      options.put("filter.query_time", stock.getQueryTimeAfterNumEntries());
      options.put("filter.periodic", stock.getPeriodicCompactionTime());
    }
    return options;
  }

  /** What Basalt's settings ask for. */
  static Map<String, Object> of(DatabaseSettings settings) {
    Map<String, Object> options = new TreeMap<>();
    options.put("max_background_jobs", settings.backgroundThreads().value());
    options.put("max_open_files", settings.openFiles().value());
    options.put("use_fsync", DatabaseSettings.USE_FSYNC);
    options.put("stats_dump_period", DatabaseSettings.STATISTICS_DUMP_PERIOD_SECONDS);
    options.put("create_if_missing", DatabaseSettings.CREATE_IF_MISSING);
    options.put("avoid_flush", DatabaseSettings.AVOID_FLUSH_DURING_SHUTDOWN);
    options.put("disable_wal", DatabaseSettings.DISABLE_WRITE_AHEAD_LOG);
    InfoLogSettings log = settings.infoLog();
    options.put("log.level", log.level().value());
    options.put("log.size", log.maximumFileSize().value().getBytes());
    options.put("log.files", (long) log.fileCount().value());
    options.put("log.dir", log.directory() == null ? "" : log.directory().value());
    ColumnFamilySettings family = settings.columnFamily();
    options.put("compaction_style", family.compactionStyle().value());
    options.put("dynamic_level", family.dynamicLevelSize().value());
    options.put("compression", family.compressionPerLevel().value().toString());
    options.put("target_file_size", family.targetFileSize().value().getBytes());
    options.put("max_bytes_for_level_base", family.maximumLevelBaseSize().value().getBytes());
    options.put("write_buffer_size", family.writeBufferSize().value().getBytes());
    options.put("max_write_buffers", family.maximumWriteBuffers().value());
    options.put("min_write_buffers", family.minimumWriteBuffersToMerge().value());
    BlockTableSettings table = family.table();
    options.put("block_size", table.blockSize().value().getBytes());
    options.put("metadata_block_size", table.metadataBlockSize().value().getBytes());
    options.put("block_cache_size", table.blockCacheSize().value().getBytes());
    options.put(
        "bloom", table.bloomFilter().value() ? table.bloomFilterBitsPerKey().value() : "none");
    CompactionFilterSettings filter = settings.compactionFilter();
    Duration periodic = filter.periodicCompaction().value();
    options.put("filter.query_time", filter.queryTimeAfterEntries().value());
    options.put("filter.periodic", periodic);
    options.put("periodic_compaction_seconds", periodic.toSeconds());
    return options;
  }

  private static void put(Map<String, Object> options, DBOptions database) {
    options.put("max_background_jobs", database.maxBackgroundJobs());
    options.put("max_open_files", database.maxOpenFiles());
    options.put("use_fsync", database.useFsync());
    options.put("stats_dump_period", database.statsDumpPeriodSec());
    options.put("create_if_missing", database.createIfMissing());
    options.put("avoid_flush", database.avoidFlushDuringShutdown());
    options.put("log.level", database.infoLogLevel().name());
    options.put("log.size", database.maxLogFileSize());
    options.put("log.files", database.keepLogFileNum());
    options.put("log.dir", database.dbLogDir());
  }

  @SuppressWarnings("deprecation") // The getter of the cache's size, which stock sets this old way.
  private static void put(Map<String, Object> options, ColumnFamilyOptions family)
      throws ReflectiveOperationException {
    options.put("compaction_style", family.compactionStyle().name());
    options.put("dynamic_level", family.levelCompactionDynamicLevelBytes());
    options.put("compression", family.compressionPerLevel().toString());
    options.put("target_file_size", family.targetFileSizeBase());
    options.put("max_bytes_for_level_base", family.maxBytesForLevelBase());
    options.put("write_buffer_size", family.writeBufferSize());
    options.put("max_write_buffers", family.maxWriteBufferNumber());
    options.put("min_write_buffers", family.minWriteBufferNumberToMerge());
    options.put("periodic_compaction_seconds", family.periodicCompactionSeconds());
    BlockBasedTableConfig table = (BlockBasedTableConfig) family.tableFormatConfig();
    options.put("block_size", table.blockSize());
    options.put("metadata_block_size", table.metadataBlockSize());
    options.put("block_cache_size", table.blockCacheSize());
    options.put("bloom", bitsPerKey(table.filterPolicy()));
  }

  /** A filter does not tell its bits by a getter. */
  private static Object bitsPerKey(Filter filter) throws ReflectiveOperationException {
    if (filter == null) {
      return "none";
    }
    Field bits = BloomFilter.class.getDeclaredField("bitsPerKey");
    bits.setAccessible(true);
    return bits.get(filter);
  }
}
