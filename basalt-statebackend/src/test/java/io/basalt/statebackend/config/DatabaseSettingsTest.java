package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.rocksdb.RocksDB;

/** RocksDB gets the options that it gets from stock, whatever is configured. */
class DatabaseSettingsTest {

  private static final List<String[]> CONFIGURED =
      List.of(
          new String[] {"thread.num", "7"},
          new String[] {"files.open", "77"},
          new String[] {"files.open", "-2"},
          new String[] {"log.max-file-size", "7mb"},
          new String[] {"log.max-file-size", "0"},
          new String[] {"log.file-num", "9"},
          new String[] {"log.dir", "/var/log/rocksdb"},
          new String[] {"log.level", "DEBUG_LEVEL"},
          new String[] {"log.level", "header_level"},
          new String[] {"compaction.style", "UNIVERSAL"},
          new String[] {"compaction.style", "fifo"},
          new String[] {"compaction.style", "NONE"},
          new String[] {"compaction.level.use-dynamic-size", "true"},
          new String[] {"compaction.level.use-dynamic-size", "FALSE"},
          new String[] {"compression.per.level", "NO_COMPRESSION;lz4_compression"},
          new String[] {"compression.per.level", "[NO_COMPRESSION, ZSTD_COMPRESSION]"},
          new String[] {"compression.per.level", ""},
          new String[] {"compaction.level.target-file-size-base", "7mb"},
          new String[] {"compaction.level.max-size-level-base", "77mb"},
          new String[] {"writebuffer.size", "7mb"},
          new String[] {"writebuffer.count", "5"},
          new String[] {"writebuffer.number-to-merge", "2"},
          new String[] {"block.blocksize", "7kb"},
          new String[] {"block.metadata-blocksize", "9kb"},
          new String[] {"block.cache-size", "77mb"},
          new String[] {"use-bloom-filter", "true"},
          new String[] {"use-bloom-filter", "false"},
          new String[] {"use-bloom-filter", "true", "bloom-filter.bits-per-key", "5.5"},
          new String[] {"use-bloom-filter", "true", "bloom-filter.block-based-mode", "true"},
          new String[] {"bloom-filter.bits-per-key", "0"},
          new String[] {"compaction.filter.query-time-after-num-entries", "7"},
          new String[] {"compaction.filter.query-time-after-num-entries", "-1"},
          new String[] {"compaction.filter.periodic-compaction-time", "7 d"},
          new String[] {"compaction.filter.periodic-compaction-time", "0"});

  @BeforeAll
  static void loadRocksDb() {
    RocksDB.loadLibrary();
  }

  static List<Arguments> configuredOverPredefined() {
    List<Arguments> cases = new ArrayList<>();
    for (PredefinedOptions predefined : PredefinedOptions.values()) {
      for (String[] configured : CONFIGURED) {
        cases.add(Arguments.of(predefined, List.of(configured)));
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("configuredOverPredefined")
  void aConfiguredOptionIsWhatItIsInStock(PredefinedOptions predefined, List<String> configured)
      throws Exception {
    Configuration configuration =
        StockConfiguration.configuration(configured.toArray(String[]::new));
    configuration.setString(StockConfiguration.PREFIX + "predefined-options", predefined.name());

    assertThat(StockOptions.of(database(configuration)))
        .isEqualTo(StockOptions.of(configuration, predefined));
  }

  @ParameterizedTest
  @EnumSource(PredefinedOptions.class)
  void predefinedOptionsAreWhatTheyAreInStock(PredefinedOptions predefined) throws Exception {
    DatabaseSettings byConfiguration =
        database(StockConfiguration.configuration("predefined-options", predefined.name()));
    DatabaseSettings byProgram = BackendSettings.defaults().withPredefined(predefined).database();

    assertThat(StockOptions.of(byConfiguration))
        .isEqualTo(StockOptions.of(new Configuration(), predefined))
        .isEqualTo(StockOptions.of(byProgram));
  }

  @Test
  void nothingConfiguredIsWhatItIsInStock() throws Exception {
    assertThat(StockOptions.of(DatabaseSettings.defaults()))
        .isEqualTo(StockOptions.of(new Configuration(), PredefinedOptions.DEFAULT));
  }

  @Test
  void aValueKnowsItsOrigin() {
    DatabaseSettings database =
        database(
            StockConfiguration.configuration(
                "predefined-options", "FLASH_SSD_OPTIMIZED", "files.open", "-1"));

    assertThat(database.predefined().origin()).isEqualTo(Origin.CONFIGURATION);
    assertThat(database.backgroundThreads().origin()).isEqualTo(Origin.PREDEFINED_OPTIONS);
    assertThat(database.openFiles().origin()).isEqualTo(Origin.CONFIGURATION);
    assertThat(database.columnFamily().writeBufferSize().origin()).isEqualTo(Origin.DEFAULT);
  }

  @Test
  void predefinedOptionsOfAProgramLieBeneathWhatIsConfigured() {
    DatabaseSettings before =
        BackendSettings.defaults()
            .withPredefined(PredefinedOptions.FLASH_SSD_OPTIMIZED)
            .configured(
                StockConfiguration.configuration("thread.num", "9"), getClass().getClassLoader())
            .database();
    DatabaseSettings after =
        StockConfiguration.settings("thread.num", "9")
            .withPredefined(PredefinedOptions.FLASH_SSD_OPTIMIZED)
            .database();

    assertThat(List.of(before, after))
        .allSatisfy(
            database -> {
              assertThat(database.predefined().origin()).isEqualTo(Origin.PROGRAM);
              assertThat(database.backgroundThreads().value()).isEqualTo(9);
            });
  }

  private static DatabaseSettings database(Configuration configuration) {
    return BackendSettings.defaults()
        .configured(configuration, DatabaseSettingsTest.class.getClassLoader())
        .database();
  }
}
