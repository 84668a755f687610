package io.basalt.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.measure.Metric;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures in units for people. */
class QuantityTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TASK_CPU   | 0          | 0 ns
          TASK_CPU   | 7.126      | 7.13 ns
          TASK_CPU   | 999.4      | 999 ns
          TASK_CPU   | 999.6      | 1.00 us
          TASK_CPU   | 12345      | 12.3 us
          LATENCY_99 | 1500       | 1.50 ms
          READY      | 61234      | 61.2 s
          READY      | 7200000    | 7200 s
          WRITTEN    | 0          | 0 bytes
          WRITTEN    | 2500000000 | 2.50 GB
          COLLECTION | 12.5       | 12.5 ms/s
          COLLECTION | 0.0012     | 0.0012 ms/s
          """)
  void readsAsPeopleWriteIt(Metric metric, double value, String text) {
    assertThat(Quantity.of(metric, value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0.5,0.50", "9.994,9.99", "9.996,10.0", "123.4,123", "Infinity,-", "NaN,-"})
  void ratios(double ratio, String text) {
    assertThat(Quantity.ratio(ratio)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"5.00 s,5 s", "2.50 s,2.5 s", "100 ms,100 ms", "0 ns,0 ns", "30.0 us,30 us"})
  void ticks(String quantity, String text) {
    assertThat(Quantity.tick(quantity)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1.5,1.5", "100,100", "0.25,0.25"})
  void ratiosOnAnAxis(double ratio, String text) {
    assertThat(Quantity.plainRatio(ratio)).isEqualTo(text);
  }
}
