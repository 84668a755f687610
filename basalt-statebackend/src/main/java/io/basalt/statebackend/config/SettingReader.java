package io.basalt.statebackend.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.FallbackKey;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.jspecify.annotations.Nullable;

/**
 * Reads options of one configuration into settings, and turns every value that cannot be used into
 * an {@link IllegalConfigurationException} with its key, itself and what is allowed.
 */
final class SettingReader {

  private final ReadableConfig configuration;

  SettingReader(ReadableConfig configuration) {
    this.configuration = configuration;
  }

  /**
   * The value unless somebody has chosen one before: a setter beats the configuration, and so does
   * an earlier configuration. What has been chosen before is not even looked up, as in stock: a
   * wrong value in a configuration that does not count is no error.
   */
  <T> Setting<T> first(Setting<T> previous, ConfigOption<T> option, Rule<? super T> rule) {
    return previous.isExplicit() ? previous : explicit(option, rule).orElse(previous);
  }

  /** The same for an option without a default. */
  <T> @Nullable Setting<T> firstIfAny(
      @Nullable Setting<T> previous, ConfigOption<T> option, Rule<? super T> rule) {
    return previous != null ? previous : explicit(option, rule).orElse(null);
  }

  /**
   * The value of an option that has no setter: this configuration beats an earlier one, which beats
   * the predefined options.
   */
  <T> Setting<T> last(
      Setting<T> previous,
      ConfigOption<T> option,
      Rule<? super T> rule,
      PredefinedOptions predefined) {
    return explicit(option, rule)
        .orElseGet(
            () -> previous.isExplicit() ? previous : PredefinedTable.setting(predefined, option));
  }

  /** The same for an option that no predefined options set. */
  <T> Setting<T> last(Setting<T> previous, ConfigOption<T> option, Rule<? super T> rule) {
    return explicit(option, rule).orElse(previous);
  }

  /** The value if the configuration has one. */
  <T> Optional<Setting<T>> explicit(ConfigOption<T> option, Rule<? super T> rule) {
    Optional<T> value;
    try {
      value = configuration.getOptional(option);
    } catch (IllegalArgumentException e) {
      throw invalid(option, rule.allowed(), e);
    }
    if (value.isPresent() && !accepts(rule, value.get())) {
      throw invalid(option, rule.allowed(), null);
    }
    return value.map(present -> new Setting<>(present, Origin.CONFIGURATION));
  }

  /** The error about the value that the configuration has for the option. */
  IllegalConfigurationException invalid(
      ConfigOption<?> option, String allowed, @Nullable Throwable cause) {
    for (String key : keys(option)) {
      Optional<String> raw =
          configuration.getOptional(ConfigOptions.key(key).stringType().noDefaultValue());
      if (raw.isPresent()) {
        return invalid(key, raw.get(), allowed, cause);
      }
    }
    return invalid(option.key(), String.valueOf(option.defaultValue()), allowed, cause);
  }

  /** The error about any value. */
  static IllegalConfigurationException invalid(
      String key, String value, String allowed, @Nullable Throwable cause) {
    String message = "Invalid value '" + value + "' for '" + key + "': allowed is " + allowed + ".";
    return cause == null
        ? new IllegalConfigurationException(message)
        : new IllegalConfigurationException(message, cause);
  }

  private static <T> boolean accepts(Rule<? super T> rule, T value) {
    return rule.accepts().test(value);
  }

  private static List<String> keys(ConfigOption<?> option) {
    List<String> keys = new ArrayList<>();
    keys.add(option.key());
    for (FallbackKey fallback : option.fallbackKeys()) {
      keys.add(fallback.getKey());
    }
    return keys;
  }
}
