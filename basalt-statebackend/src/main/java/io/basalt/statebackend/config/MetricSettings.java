package io.basalt.statebackend.config;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.state.rocksdb.RocksDBNativeMetricOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * Which of RocksDB's own figures are reported as metrics.
 *
 * @param properties RocksDB's properties, such as {@code rocksdb.estimate-num-keys}, in
 *     alphabetical order: a gauge for each column family each
 * @param tickers the names of {@code TickerType}s, in alphabetical order: a gauge for the database
 *     each; with any of them the database keeps statistics
 * @param columnFamilyAsVariable whether the column family's name is a variable of the metric group
 *     rather than a group of its own
 */
public record MetricSettings(
    List<String> properties, List<String> tickers, boolean columnFamilyAsVariable) {

  /** Reads stock's options; the object is mutable, but only the user's factory changes it. */
  static RocksDBNativeMetricOptions read(ReadableConfig configuration) {
    try {
      return RocksDBNativeMetricOptions.fromConfig(configuration);
    } catch (IllegalArgumentException e) {
      throw new IllegalConfigurationException(e.getMessage() + " Allowed is true or false.", e);
    }
  }

  /** What is left of the options once the user's factory has had its say. */
  static MetricSettings of(
      RocksDBNativeMetricOptions configured, @Nullable RocksDBOptionsFactory factory) {
    RocksDBNativeMetricOptions options =
        factory == null ? configured : factory.createNativeMetricsOptions(configured);
    return new MetricSettings(
        names(options.getProperties()).stream().map(MetricSettings::property).sorted().toList(),
        names(options.getMonitorTickerTypes()).stream().sorted().toList(),
        options.isColumnFamilyAsVariable());
  }

  /** Takes the enums' classes, stock's and RocksDB's, out of sight. */
  private static List<String> names(Collection<? extends Enum<?>> constants) {
    return constants.stream().<String>map(Enum::name).toList();
  }

  /** {@code NumFilesAtLevel0} is {@code rocksdb.num-files-at-level0}, and so are all others. */
  private static String property(String constant) {
    String words = constant.replaceAll("(?<=[a-z])(?=[A-Z])", "-");
    return "rocksdb." + words.toLowerCase(Locale.ROOT);
  }
}
