package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.StockTables;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of predefined options is stock's. */
class PredefinedTableTest {

  @ParameterizedTest
  @EnumSource(PredefinedOptions.class)
  void equalsStocksTable(PredefinedOptions predefined) {
    assertThat(StockConfiguration.configurable())
        .hasSizeGreaterThan(20)
        .filteredOn(option -> !option.equals(RocksDBConfigurableOptions.LOG_DIR))
        .allSatisfy(
            option ->
                assertThat((Object) PredefinedTable.setting(predefined, option).value())
                    .as(option.key())
                    .isEqualTo(StockTables.predefined(predefined, option)));
  }

  @ParameterizedTest
  @EnumSource(PredefinedOptions.class)
  void noPredefinedOptionsSayWhereTheLogGoes(PredefinedOptions predefined) {
    assertThat(StockTables.predefined(predefined, RocksDBConfigurableOptions.LOG_DIR)).isNull();
  }

  @ParameterizedTest
  @EnumSource(PredefinedOptions.class)
  void namesItselfAsTheOriginOfWhatItSets(PredefinedOptions predefined) {
    assertThat(StockConfiguration.configurable())
        .filteredOn(option -> !option.equals(RocksDBConfigurableOptions.LOG_DIR))
        .allSatisfy(option -> assertOrigin(predefined, option));
  }

  private static <T> void assertOrigin(PredefinedOptions predefined, ConfigOption<T> option) {
    Setting<T> setting = PredefinedTable.setting(predefined, option);

    assertThat(setting.origin() == Origin.PREDEFINED_OPTIONS)
        .as(option.key())
        .isEqualTo(!setting.value().equals(option.defaultValue()));
  }
}
