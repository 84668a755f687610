package io.basalt.statebackend.config;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBNativeMetricOptions;

/** Stock's options and configurations of them, for tests. */
final class StockConfiguration {

  static final String PREFIX = "state.backend.rocksdb.";

  private StockConfiguration() {}

  /** A configuration of keys (without {@link #PREFIX} where they are stock's) and values. */
  static Configuration configuration(String... keysAndValues) {
    Configuration configuration = new Configuration();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String key = keysAndValues[i];
      boolean complete = key.startsWith("state.") || key.startsWith("execution.");
      configuration.setString(complete ? key : PREFIX + key, keysAndValues[i + 1]);
    }
    return configuration;
  }

  static BackendSettings settings(String... keysAndValues) {
    return BackendSettings.defaults()
        .configured(configuration(keysAndValues), StockConfiguration.class.getClassLoader());
  }

  static List<ConfigOption<?>> configurable() {
    return constants(RocksDBConfigurableOptions.class);
  }

  static List<ConfigOption<?>> nativeMetrics() {
    return constants(RocksDBNativeMetricOptions.class);
  }

  private static List<ConfigOption<?>> constants(Class<?> holder) {
    List<ConfigOption<?>> options = new ArrayList<>();
    Arrays.stream(holder.getFields())
        .filter(field -> field.getType() == ConfigOption.class)
        .forEach(field -> options.add(valueOf(field)));
    return options;
  }

  private static ConfigOption<?> valueOf(Field constant) {
    try {
      return (ConfigOption<?>) constant.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
