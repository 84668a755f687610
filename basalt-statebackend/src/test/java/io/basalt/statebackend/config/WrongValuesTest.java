package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong value is found when the backend is configured, which is at submission. */
class WrongValuesTest {

  /** Stock refuses them, too, when it is configured. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '|',
      textBlock =
          """
          thread.num|0|larger than 0
          thread.num|-1|larger than 0
          thread.num|two|a whole number
          thread.num|1.5|a whole number
          thread.num|" 3 "|a whole number
          files.open|many|a whole number
          log.max-file-size|-1|a size
          log.max-file-size|1 potato|a size
          log.file-num|0|larger than 0
          log.dir|relative/dir|an absolute path
          log.dir|""|an absolute path
          log.level|DEBUG|DEBUG_LEVEL, INFO_LEVEL, WARN_LEVEL, ERROR_LEVEL, FATAL_LEVEL, HEADER_LEVEL
          compaction.style|LEVELED|LEVEL, UNIVERSAL, FIFO, NONE
          compaction.level.use-dynamic-size|1|true or false
          compression.per.level|NO_COMPRESSION;x|SNAPPY_COMPRESSION
          compression.per.level|NO_COMPRESSION,LZ4_COMPRESSION|separated by semicolons
          compaction.level.target-file-size-base|0|larger than 0
          compaction.level.max-size-level-base|0|larger than 0
          writebuffer.size|0|larger than 0
          writebuffer.count|0|larger than 0
          writebuffer.number-to-merge|-1|larger than 0
          block.blocksize|0|larger than 0
          block.metadata-blocksize|0|larger than 0
          block.cache-size|0|larger than 0
          use-bloom-filter|yes|true or false
          bloom-filter.bits-per-key|ten|a number
          bloom-filter.block-based-mode|x|true or false
          compaction.filter.query-time-after-num-entries|x|a whole number
          compaction.filter.periodic-compaction-time|-1 s|a duration
          write-batch-size|-1|a size
          restore-overlap-fraction-threshold|-0.1|from 0 to 1
          restore-overlap-fraction-threshold|1.1|from 0 to 1
          use-ingest-db-restore-mode|x|true or false
          incremental-restore-async-compact-after-rescale|x|true or false
          rescaling.use-delete-files-in-range|x|true or false
          localdir|relative|a list of absolute paths
          localdir|""|a list of absolute paths
          localdir|/a,,/b|a list of absolute paths
          localdir|" /a , /b "|a list of absolute paths
          localdir|hdfs:///a|a list of absolute paths
          timer-service.factory|memory|HEAP, ROCKSDB
          timer-service.cache-size|x|a whole number
          checkpoint.transfer.thread.num|x|a whole number
          predefined-options|SSD|DEFAULT, SPINNING_DISK_OPTIMIZED, SPINNING_DISK_OPTIMIZED_HIGH_MEM, FLASH_SSD_OPTIMIZED
          predefined-options|flash_ssd_optimized|FLASH_SSD_OPTIMIZED
          options-factory|no.such.Factory|public class that implements
          options-factory|java.lang.String|public class that implements
          memory.managed|x|true or false
          memory.fixed-per-slot|x|a size
          memory.write-buffer-ratio|x|from 0 to 1
          memory.write-buffer-ratio|1.1|from 0 to 1
          memory.high-prio-pool-ratio|1.1|from 0 to 1
          memory.partitioned-index-filters|x|true or false
          manual-compaction.min-interval|x|a duration
          manual-compaction.max-parallel-compactions|x|a whole number
          manual-compaction.max-file-size-to-compact|x|a size
          manual-compaction.min-files-to-compact|x|a whole number
          manual-compaction.max-files-to-compact|x|a whole number
          manual-compaction.max-output-file-size|x|a size
          manual-compaction.max-auto-compactions|x|a whole number
          metrics.num-running-flushes|x|true or false
          execution.checkpointing.incremental|x|true or false
          """)
  void isRefusedAsByStock(String key, String value, String allowed) {
    Configuration configuration = StockConfiguration.configuration(key, value);

    assertThatThrownBy(() -> stock(configuration)).isInstanceOf(RuntimeException.class);
    assertRefused(key, value, allowed);
  }

  /** With these stock's job fails on the TaskManager, again and again. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          log.level|NUM_INFO_LOG_LEVELS|one of
          compression.per.level|NO_COMPRESSION;DISABLE_COMPRESSION_OPTION|a list
          timer-service.cache-size|0|larger than 0
          timer-service.cache-size|-2|larger than 0
          restore-overlap-fraction-threshold|NaN|from 0 to 1
          """)
  void isRefusedWhereStockFailsLater(String key, String value, String allowed) {
    assertRefused(key, value, allowed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          state.backend.basalt.block-cache|FIFO|CLOCK, LRU
          state.backend.basalt.memtable-filter|SOMETIMES|ADAPTIVE, ON, OFF
          state.backend.basalt.map.compact-deletions|x|true or false
          state.backend.basalt.map.range-delete-from|-1|0 for never
          state.backend.basalt.list.warning-size|-1|a size
          state.backend.basalt.list.maximum-size|0|below 2 gb
          state.backend.basalt.list.maximum-size|2gb|below 2 gb
          state.backend.basalt.restore.verify|x|true or false
          """)
  void ofBasaltsOwnOptionsIsRefused(String key, String value, String allowed) {
    assertRefused(key, value, allowed);
  }

  /** With these stock runs without the bounds that the user wanted. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          memory.write-buffer-ratio|-0.1|from 0 to 1
          memory.write-buffer-ratio|NaN|from 0 to 1
          memory.high-prio-pool-ratio|-0.1|from 0 to 1
          memory.high-prio-pool-ratio|NaN|from 0 to 1
          """)
  void isRefusedThoughStockTakesIt(String key, String value, String allowed) {
    assertThatCode(() -> stock(StockConfiguration.configuration(key, value)))
        .doesNotThrowAnyException();
    assertRefused(key, value, allowed);
  }

  /** Odd values with which a job of stock runs. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          files.open|0
          log.max-file-size|0
          log.level|debug_level
          compression.per.level|XPRESS_COMPRESSION
          bloom-filter.bits-per-key|-1
          write-batch-size|0
          restore-overlap-fraction-threshold|1
          localdir|/a,
          localdir|/a:/b
          localdir|/a;/b
          timer-service.cache-size|-1
          checkpoint.transfer.thread.num|0
          checkpoint.transfer.thread.num|-1
          checkpoint.transfer.thread.num|-2
          memory.fixed-per-slot|0
          memory.fixed-per-tm|x
          memory.write-buffer-ratio|0
          memory.write-buffer-ratio|0.9
          memory.high-prio-pool-ratio|0.5
          manual-compaction.max-parallel-compactions|-1
          manual-compaction.min-files-to-compact|50
          """)
  void isTakenAsByStock(String key, String value) {
    assertThatCode(() -> stock(StockConfiguration.configuration(key, value)))
        .doesNotThrowAnyException();
    assertThatCode(() -> StockConfiguration.settings(key, value)).doesNotThrowAnyException();
  }

  @Test
  void aTimerCacheThatNothingUsesMayHaveAnySize() {
    BackendSettings settings =
        StockConfiguration.settings(
            "timer-service.factory", "HEAP", "timer-service.cache-size", "0");

    assertThat(settings.timer().cacheSize().value()).isZero();
  }

  @Test
  void memoryOfTheTaskManagerIsCheckedWhereItCounts() {
    assertThatThrownBy(
            () ->
                StockConfiguration.settings("memory.managed", "false", "memory.fixed-per-tm", "x"))
        .isInstanceOf(IllegalConfigurationException.class)
        .hasMessageContainingAll("state.backend.rocksdb.memory.fixed-per-tm", "'x'", "a size");
  }

  @Test
  void ratiosOfTheSameMemoryAreCheckedTogether() {
    assertThatThrownBy(
            () ->
                StockConfiguration.settings(
                    "memory.write-buffer-ratio", "0.7", "memory.high-prio-pool-ratio", "0.4"))
        .isInstanceOf(IllegalConfigurationException.class)
        .hasMessageContainingAll(
            "state.backend.rocksdb.memory.write-buffer-ratio' is 0.7",
            "state.backend.rocksdb.memory.high-prio-pool-ratio' is 0.4",
            "at most 1");
  }

  @Test
  void theErrorNamesTheKeyThatTheUserWrote() {
    assertThatThrownBy(() -> StockConfiguration.settings("state.backend.incremental", "sometimes"))
        .isInstanceOf(IllegalConfigurationException.class)
        .hasMessageContainingAll("'state.backend.incremental'", "'sometimes'", "true or false");
  }

  private static void assertRefused(String key, String value, String allowed) {
    assertThatThrownBy(() -> StockConfiguration.settings(key, value))
        .isInstanceOf(IllegalConfigurationException.class)
        .hasMessageContainingAll(key, "'" + value + "'", allowed);
  }

  private static void stock(Configuration configuration) {
    new EmbeddedRocksDBStateBackend()
        .configure(configuration, WrongValuesTest.class.getClassLoader());
  }
}
