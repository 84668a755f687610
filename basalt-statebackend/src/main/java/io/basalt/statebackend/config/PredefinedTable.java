package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.BLOCK_CACHE_SIZE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.BLOCK_SIZE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.MAX_BACKGROUND_THREADS;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.MAX_SIZE_LEVEL_BASE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.MAX_WRITE_BUFFER_NUMBER;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.MIN_WRITE_BUFFER_NUMBER_TO_MERGE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.TARGET_FILE_SIZE_BASE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.USE_BLOOM_FILTER;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.USE_DYNAMIC_LEVEL_SIZE;

import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.state.rocksdb.PredefinedOptions;

/**
 * What each of stock's predefined options sets. Stock keeps its own table to itself; a test holds
 * this one equal to it.
 */
final class PredefinedTable {

  private static final Map<PredefinedOptions, Map<ConfigOption<?>, Object>> TABLE =
      Map.of(
          PredefinedOptions.DEFAULT,
          Map.of(),
          PredefinedOptions.SPINNING_DISK_OPTIMIZED,
          Map.of(MAX_BACKGROUND_THREADS, 4, USE_DYNAMIC_LEVEL_SIZE, true),
          PredefinedOptions.SPINNING_DISK_OPTIMIZED_HIGH_MEM,
          Map.of(
              MAX_BACKGROUND_THREADS,
              4,
              USE_DYNAMIC_LEVEL_SIZE,
              true,
              TARGET_FILE_SIZE_BASE,
              MemorySize.ofMebiBytes(256),
              MAX_SIZE_LEVEL_BASE,
              MemorySize.ofMebiBytes(1024),
              MAX_WRITE_BUFFER_NUMBER,
              4,
              MIN_WRITE_BUFFER_NUMBER_TO_MERGE,
              3,
              BLOCK_SIZE,
              new MemorySize(128 << 10),
              BLOCK_CACHE_SIZE,
              MemorySize.ofMebiBytes(256),
              USE_BLOOM_FILTER,
              true),
          PredefinedOptions.FLASH_SSD_OPTIMIZED,
          Map.of(MAX_BACKGROUND_THREADS, 4));

  private PredefinedTable() {}

  /** What the predefined options give an option: their own value or else its default. */
  static <T> Setting<T> setting(PredefinedOptions predefined, ConfigOption<T> option) {
    Map<ConfigOption<?>, Object> values = TABLE.getOrDefault(predefined, Map.of());
    Object value = values.get(option);
    if (value == null) {
      return Setting.byDefault(option.defaultValue());
    }
    // Unchecked: an entry of the table has the type of its option, which the test of equality with
    // stock's table shows for each.
    @SuppressWarnings("unchecked")
    T typed = (T) value;
    return new Setting<>(typed, Origin.PREDEFINED_OPTIONS);
  }
}
