package io.basalt.examples.flights.record;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What is known of the delays of a group of flights.
 *
 * @param flights how many there are
 * @param totalMinutes the sum of their delays, kept whole so that the mean is exact in any order
 * @param worstMinutes the largest delay; meaningless while there are no flights
 */
public record DelaySummary(long flights, long totalMinutes, int worstMinutes) {

  /** No flight yet. */
  public static final DelaySummary NONE = new DelaySummary(0, 0, Integer.MIN_VALUE);

  /** This group and one flight more. */
  public DelaySummary plus(int delayMinutes) {
    return new DelaySummary(
        flights + 1, totalMinutes + delayMinutes, Math.max(worstMinutes, delayMinutes));
  }

  /** Both groups together. */
  public DelaySummary plus(DelaySummary other) {
    return new DelaySummary(
        flights + other.flights,
        totalMinutes + other.totalMinutes,
        Math.max(worstMinutes, other.worstMinutes));
  }

  /**
   * The mean delay with two decimals, halves rounded away from zero.
   *
   * @throws ArithmeticException if there are no flights
   */
  public BigDecimal meanMinutes() {
    return BigDecimal.valueOf(totalMinutes)
        .divide(BigDecimal.valueOf(flights), 2, RoundingMode.HALF_UP);
  }
}
