package io.basalt.statebackend.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.state.metrics.LatencyTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.MetricsTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.SizeTrackingStateConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flink's measuring of state is configured as Flink's builders configure it. */
class StateTrackingTest {

  private static final Configuration CONFIGURED =
      StockConfiguration.configuration(
          "state.latency-track.keyed-state-enabled", "true",
          "state.latency-track.sample-interval", "7",
          "state.latency-track.history-size", "9",
          "state.latency-track.state-name-as-variable", "false",
          "state.size-track.keyed-state-enabled", "true",
          "state.size-track.sample-interval", "17",
          "state.size-track.history-size", "19",
          "state.size-track.state-name-as-variable", "false");

  @Test
  void isOffByDefault() {
    assertSame(
        StateTracking.latency(new Configuration()),
        LatencyTrackingStateConfig.newBuilder().configure(new Configuration()));
    assertSame(
        StateTracking.size(new Configuration()),
        SizeTrackingStateConfig.newBuilder().configure(new Configuration()));
  }

  @Test
  void isConfigured() {
    assertSame(
        StateTracking.latency(CONFIGURED),
        LatencyTrackingStateConfig.newBuilder().configure(CONFIGURED));
    assertSame(
        StateTracking.size(CONFIGURED), SizeTrackingStateConfig.newBuilder().configure(CONFIGURED));
  }

  @ParameterizedTest
  @CsvSource({
    "state.latency-track.keyed-state-enabled, maybe, true or false",
    "state.latency-track.sample-interval, 0, larger than 0",
    "state.latency-track.history-size, x, a whole number",
    "state.size-track.sample-interval, -1, larger than 0",
    "state.size-track.history-size, 0, larger than 0",
    "state.size-track.state-name-as-variable, x, true or false"
  })
  void refusesWrongValues(String key, String value, String allowed) {
    Configuration wrong = new Configuration(CONFIGURED);
    wrong.setString(key, value);

    assertThatThrownBy(
            () -> {
              StateTracking.latency(wrong);
              StateTracking.size(wrong);
            })
        .isInstanceOf(IllegalConfigurationException.class)
        .hasMessageContainingAll(key, "'" + value + "'", allowed);
  }

  @Test
  void aNumberThatNothingUsesMayBeAnything() {
    Configuration off =
        StockConfiguration.configuration("state.latency-track.sample-interval", "0");

    assertThat(StateTracking.latency(off).build().isEnabled()).isFalse();
  }

  private static void assertSame(
      MetricsTrackingStateConfig.Builder<?, ?> ours,
      MetricsTrackingStateConfig.Builder<?, ?> flinks) {
    ours.setMetricGroup(new UnregisteredMetricsGroup());
    flinks.setMetricGroup(new UnregisteredMetricsGroup());

    assertThat(ours.build())
        .usingRecursiveComparison()
        .ignoringFields("metricGroup")
        .isEqualTo(flinks.build());
  }
}
