package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.RocksDBNativeMetricOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.StockTables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.TickerType;

/** Each option of stock's metrics switches on what it does in stock. */
class MetricSettingsTest {

  static List<ConfigOption<?>> options() {
    return StockConfiguration.nativeMetrics();
  }

  @ParameterizedTest
  @MethodSource("options")
  void anOptionSwitchesOnWhatItDoesInStock(ConfigOption<Boolean> option) {
    Configuration configuration = new Configuration().set(option, true);
    RocksDBNativeMetricOptions stock = RocksDBNativeMetricOptions.fromConfig(configuration);

    MetricSettings metrics = metrics(configuration);

    assertThat(metrics.properties())
        .containsExactlyInAnyOrderElementsOf(
            stock.getProperties().stream().map(StockTables::rocksName).toList());
    assertThat(metrics.tickers())
        .containsExactlyInAnyOrderElementsOf(
            stock.getMonitorTickerTypes().stream().map(TickerType::name).toList());
    assertThat(metrics.columnFamilyAsVariable()).isEqualTo(stock.isColumnFamilyAsVariable());
  }

  @Test
  void nothingIsReportedByDefault() {
    assertThat(metrics(new Configuration()))
        .isEqualTo(new MetricSettings(List.of(), List.of(), false));
  }

  @Test
  void theUsersFactoryHasTheLastWord() {
    BackendSettings settings =
        StockConfiguration.settings("metrics.bytes-read", "true")
            .withOptionsFactory(new FlushCounter());

    assertThat(settings.metrics())
        .isEqualTo(
            new MetricSettings(
                List.of("rocksdb.num-running-flushes"), List.of("BYTES_READ"), false));
  }

  private static MetricSettings metrics(Configuration configuration) {
    return BackendSettings.defaults()
        .configured(configuration, MetricSettingsTest.class.getClassLoader())
        .metrics();
  }

  private static final class FlushCounter implements RocksDBOptionsFactory {

    @Override
    public DBOptions createDBOptions(
        DBOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
      return currentOptions;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
      return currentOptions;
    }

    @Override
    public RocksDBNativeMetricOptions createNativeMetricsOptions(
        RocksDBNativeMetricOptions nativeMetricOptions) {
      nativeMetricOptions.enableNumRunningFlushes();
      return nativeMetricOptions;
    }
  }
}
