package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Metric;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;

/** Figures as people write them: three digits and a unit that fits. */
final class Quantity {

  /** For what was not measured. */
  static final String NONE = "-";

  private Quantity() {}

  static String of(Metric metric, double value) {
    return switch (metric.unit()) {
      case "ns" -> time(value);
      case "us" -> time(value * 1e3);
      case "ms" -> time(value * 1e6);
      case "bytes" -> bytes(value);
      case "count" -> String.format(Locale.ROOT, "%,.0f", value);
      default -> digits(value) + " " + metric.unit();
    };
  }

  static String ofMedian(Metric metric, Optional<Rounds> rounds) {
    return rounds.map(values -> of(metric, values.median())).orElse(NONE);
  }

  static String time(double nanos) {
    return inUnit(nanos, 1e3, "ns", "us", "ms", "s");
  }

  static String bytes(double bytes) {
    return inUnit(bytes, 1e3, "bytes", "KB", "MB", "GB");
  }

  private static String inUnit(double value, double step, String... units) {
    int unit = 0;
    // What would be rounded up to a thousand gets the next unit.
    while (unit + 1 < units.length && value >= step * 0.9995) {
      value /= step;
      unit++;
    }
    return digits(value) + " " + units[unit];
  }

  static String ratio(double ratio) {
    if (!Double.isFinite(ratio)) {
      return NONE;
    }
    return String.format(
        Locale.ROOT, ratio < 9.995 ? "%.2f" : ratio < 99.95 ? "%.1f" : "%.0f", ratio);
  }

  /** Without zeros that say nothing, for an axis. */
  static String tick(String quantity) {
    return quantity.replaceFirst("(\\.[0-9]*?)0+ ", "$1 ").replace(". ", " ");
  }

  /** As short as it gets, for an axis. */
  static String plainRatio(double ratio) {
    return BigDecimal.valueOf(ratio).stripTrailingZeros().toPlainString();
  }

  /** The ratio, its spread, and the word if it is not level. */
  static String ratioWithSpread(Ratio ratio) {
    Verdict verdict = ratio.verdict();
    return "%s (%s to %s)%s"
        .formatted(
            ratio(ratio.middle()),
            ratio(ratio.lowest()),
            ratio(ratio.highest()),
            verdict == Verdict.LEVEL ? "" : " " + verdict);
  }

  private static String digits(double value) {
    if (value == 0) {
      return "0";
    }
    String format = value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f";
    return String.format(Locale.ROOT, value < 0.01 ? "%.2g" : format, value);
  }
}
