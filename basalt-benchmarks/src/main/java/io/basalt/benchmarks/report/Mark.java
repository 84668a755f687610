package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Backend;
import java.util.Locale;

/**
 * How a series is drawn. The colours are of the palette of Okabe and Ito, which people who see few
 * colours can tell apart; the shapes differ as well.
 */
enum Mark {
  CIRCLE("#D55E00", "a 4.5,4.5 0 1,0 9,0 a 4.5,4.5 0 1,0 -9,0", -4.5, 0),
  SQUARE("#0072B2", "h 8 v 8 h -8 z", -4, -4),
  TRIANGLE("#009E73", "l 5,9 h -10 z", 0, -5.5);

  private final String colour;
  private final String path;
  private final double left;
  private final double up;

  Mark(String colour, String path, double left, double up) {
    this.colour = colour;
    this.path = path;
    this.left = left;
    this.up = up;
  }

  static Mark of(Backend backend) {
    return switch (backend) {
      case STOCK -> CIRCLE;
      case BASALT -> SQUARE;
      case HEAP -> TRIANGLE;
    };
  }

  /** What a legend calls the backend. */
  static String nameOf(Backend backend) {
    return backend == Backend.BASALT ? "Basalt" : backend.name().toLowerCase(Locale.ROOT);
  }

  String colour() {
    return colour;
  }

  /** The data of an SVG path with its middle at the point. */
  String at(double x, double y) {
    return String.format(Locale.ROOT, "M %.1f,%.1f %s", x + left, y + up, path);
  }
}
