package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Timers, transfers, restores and manual compactions are set as in stock. */
class TimerAndTransferSettingsTest {

  @Test
  void timersAreInRocksDbByDefault() {
    TimerSettings timer = StockConfiguration.settings().timer();

    assertThat(timer.queue()).isEqualTo(Setting.byDefault(PriorityQueueStateType.ROCKSDB));
    assertThat(timer.cacheSize()).isEqualTo(Setting.byDefault(256));
  }

  @Test
  void timersMayBeOnTheHeap() {
    assertThat(StockConfiguration.settings("timer-service.factory", "heap").timer().queue())
        .isEqualTo(new Setting<>(PriorityQueueStateType.HEAP, Origin.CONFIGURATION));
  }

  @Test
  void aTimerCacheHasTheConfiguredSize() {
    assertThat(StockConfiguration.settings("timer-service.cache-size", "9").timer().cacheSize())
        .isEqualTo(new Setting<>(9, Origin.CONFIGURATION));
    assertThat(StockConfiguration.settings("timer-service.cache-size", "-1").timer().cacheSize())
        .isEqualTo(Setting.byDefault(256));
  }

  @ParameterizedTest
  @CsvSource({"9, 9, false", "0, 1, false", "-1, 4, false", "-2, 1, true"})
  void transfersHaveThreadsOfTheirOwnOrTheTaskManagers(
      String configured, int own, boolean taskManagers) {
    TransferSettings transfer =
        StockConfiguration.settings("checkpoint.transfer.thread.num", configured).transfer();

    assertThat(transfer.ownThreads()).isEqualTo(own);
    assertThat(transfer.usesTaskManagerThreads()).isEqualTo(taskManagers);
  }

  @Test
  void restoresAreSet() {
    RestoreSettings restore =
        StockConfiguration.settings(
                "restore-overlap-fraction-threshold", "0.25",
                "use-ingest-db-restore-mode", "true",
                "incremental-restore-async-compact-after-rescale", "true",
                "rescaling.use-delete-files-in-range", "true")
            .restore();
    Setting<Boolean> unverified = Setting.byDefault(false);

    assertThat(RestoreSettings.defaults())
        .isEqualTo(
            new RestoreSettings(
                Setting.byDefault(0.0),
                Setting.byDefault(false),
                Setting.byDefault(false),
                Setting.byDefault(false),
                unverified));
    assertThat(restore)
        .isEqualTo(
            new RestoreSettings(
                new Setting<>(0.25, Origin.CONFIGURATION),
                new Setting<>(true, Origin.CONFIGURATION),
                new Setting<>(true, Origin.CONFIGURATION),
                new Setting<>(true, Origin.CONFIGURATION),
                unverified));
  }

  @Test
  void filesAreVerifiedOnlyOnRequest() {
    assertThat(RestoreSettings.defaults().verify()).isEqualTo(Setting.byDefault(false));
    String option = "state.backend.basalt.restore.verify";
    assertThat(StockConfiguration.settings(option, "true").restore().verify())
        .isEqualTo(new Setting<>(true, Origin.CONFIGURATION));
    assertThatThrownBy(() -> StockConfiguration.settings(option, "perhaps"))
        .hasMessageContaining(option)
        .hasMessageContaining("perhaps");
  }

  @Test
  void manualCompactionsAreStocksByDefault() {
    assertSame(
        StockConfiguration.settings().manualCompaction(),
        RocksDBManualCompactionConfig.getDefault());
  }

  @Test
  void manualCompactionsAreSetAsInStock() {
    String[] configured = {
      "manual-compaction.min-interval", "3 s",
      "manual-compaction.max-parallel-compactions", "2",
      "manual-compaction.max-file-size-to-compact", "70kb",
      "manual-compaction.min-files-to-compact", "4",
      "manual-compaction.max-files-to-compact", "11",
      "manual-compaction.max-output-file-size", "80mb",
      "manual-compaction.max-auto-compactions", "12"
    };

    ManualCompactionSettings ours = StockConfiguration.settings(configured).manualCompaction();

    assertThat(ours.minimumInterval().value()).isEqualTo(Duration.ofSeconds(3));
    assertSame(
        ours, RocksDBManualCompactionConfig.from(StockConfiguration.configuration(configured)));
  }

  @Test
  void writeBatchesAreSet() {
    assertThat(StockConfiguration.settings().database().writeBatchBytes()).isEqualTo(2 << 20);
    assertThat(StockConfiguration.settings("write-batch-size", "7kb").database().writeBatchSize())
        .isEqualTo(new Setting<>(new MemorySize(7 << 10), Origin.CONFIGURATION));
  }

  private static void assertSame(
      ManualCompactionSettings ours, RocksDBManualCompactionConfig stock) {
    assertThat(ours.minimumInterval().value().toMillis()).isEqualTo(stock.minInterval);
    assertThat(ours.maximumParallelCompactions().value()).isEqualTo(stock.maxManualCompactions);
    assertThat(ours.maximumFileSize().value()).isEqualTo(stock.maxFileSizeToCompact);
    assertThat(ours.minimumFiles().value()).isEqualTo(stock.minFilesToCompact);
    assertThat(ours.maximumFiles().value()).isEqualTo(stock.maxFilesToCompact);
    assertThat(ours.maximumOutputFileSize().value()).isEqualTo(stock.maxOutputFileSize);
    assertThat(ours.maximumAutomaticCompactions().value()).isEqualTo(stock.maxAutoCompactions);
  }
}
