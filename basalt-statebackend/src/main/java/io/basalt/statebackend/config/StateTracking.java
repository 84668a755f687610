package io.basalt.statebackend.config;

import static org.apache.flink.configuration.StateLatencyTrackOptions.LATENCY_TRACK_ENABLED;
import static org.apache.flink.configuration.StateLatencyTrackOptions.LATENCY_TRACK_HISTORY_SIZE;
import static org.apache.flink.configuration.StateLatencyTrackOptions.LATENCY_TRACK_SAMPLE_INTERVAL;
import static org.apache.flink.configuration.StateLatencyTrackOptions.LATENCY_TRACK_STATE_NAME_AS_VARIABLE;
import static org.apache.flink.configuration.StateSizeTrackOptions.SIZE_TRACK_ENABLED;
import static org.apache.flink.configuration.StateSizeTrackOptions.SIZE_TRACK_HISTORY_SIZE;
import static org.apache.flink.configuration.StateSizeTrackOptions.SIZE_TRACK_SAMPLE_INTERVAL;
import static org.apache.flink.configuration.StateSizeTrackOptions.SIZE_TRACK_STATE_NAME_AS_VARIABLE;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.state.metrics.LatencyTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.MetricsTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.SizeTrackingStateConfig;

/**
 * Flink's own measuring of state: how long accesses take and how large keys and values are.
 *
 * <p>Flink's builders read the same options, but a wrong number would be found on the TaskManager
 * only, by a check without a message.
 */
public final class StateTracking {

  private StateTracking() {}

  /**
   * How latencies are measured; without its metric group.
   *
   * @throws IllegalConfigurationException if a value cannot be used
   */
  public static LatencyTrackingStateConfig.Builder latency(ReadableConfig configuration) {
    return read(
        LatencyTrackingStateConfig.newBuilder(),
        configuration,
        LATENCY_TRACK_ENABLED,
        LATENCY_TRACK_SAMPLE_INTERVAL,
        LATENCY_TRACK_HISTORY_SIZE,
        LATENCY_TRACK_STATE_NAME_AS_VARIABLE);
  }

  /**
   * How sizes are measured; without its metric group.
   *
   * @throws IllegalConfigurationException if a value cannot be used
   */
  public static SizeTrackingStateConfig.Builder size(ReadableConfig configuration) {
    return read(
        SizeTrackingStateConfig.newBuilder(),
        configuration,
        SIZE_TRACK_ENABLED,
        SIZE_TRACK_SAMPLE_INTERVAL,
        SIZE_TRACK_HISTORY_SIZE,
        SIZE_TRACK_STATE_NAME_AS_VARIABLE);
  }

  private static <
          T extends MetricsTrackingStateConfig, B extends MetricsTrackingStateConfig.Builder<T, B>>
      B read(
          B builder,
          ReadableConfig configuration,
          ConfigOption<Boolean> enabled,
          ConfigOption<Integer> sampleInterval,
          ConfigOption<Integer> historySize,
          ConfigOption<Boolean> stateNameAsVariable) {
    SettingReader reader = new SettingReader(configuration);
    boolean isEnabled = value(reader, enabled, Rule.FLAG);
    // As in stock a number that nothing uses may be anything.
    Rule<Integer> count = isEnabled ? Rule.POSITIVE_COUNT : Rule.COUNT;
    return builder
        .setEnabled(isEnabled)
        .setSampleInterval(value(reader, sampleInterval, count))
        .setHistorySize(value(reader, historySize, count))
        .setStateNameAsVariable(value(reader, stateNameAsVariable, Rule.FLAG));
  }

  private static <T> T value(SettingReader reader, ConfigOption<T> option, Rule<T> rule) {
    return reader.first(Setting.byDefault(option.defaultValue()), option, rule).value();
  }
}
