package io.basalt.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

/** Ticks and places. */
class AxisTest {

  @Test
  void beginsAtZeroAndEndsAtATick() {
    assertThat(Axis.linear(93).ticks()).containsExactly(0.0, 20.0, 40.0, 60.0, 80.0, 100.0);
    assertThat(Axis.linear(0).ticks()).startsWith(0.0).hasSizeGreaterThan(1);
  }

  @Test
  void decadesAreEquallyLong() {
    Axis axis = Axis.logarithmic(1, 100_000);

    assertThat(axis.ticks()).containsExactly(1.0, 10.0, 100.0, 1e3, 1e4, 1e5);
    assertThat(axis.place(10)).isEqualTo(0.2);
  }

  @Property
  void everythingHasItsPlaceBetweenFewTicks(
      @ForAll @DoubleRange(min = 0.01, max = 1e12) double one,
      @ForAll @DoubleRange(min = 0.01, max = 1e12) double two) {
    Axis logarithmic = Axis.logarithmic(Math.min(one, two), Math.max(one, two));
    assertThat(logarithmic.place(one)).isBetween(0.0, 1.0);
    assertThat(logarithmic.place(two)).isBetween(0.0, 1.0);
    assertThat(logarithmic.ticks()).hasSizeBetween(2, 21);

    Axis linear = Axis.linear(one);
    assertThat(linear.place(one)).isBetween(0.0, 1.0);
    assertThat(linear.ticks()).hasSizeBetween(3, 7);
  }
}
