package io.basalt.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * From figures to places along a line. It begins and ends at a tick.
 *
 * @param ticks ascending, at least two
 */
record Axis(boolean logarithmic, List<Double> ticks) {

  private static final int FEW = 4;

  /** From the coarse to the fine: the first that gives more than a few ticks is taken. */
  private static final double[][] MANTISSAS = {
    {1}, {1, 3}, {1, 2, 5}, {1, 1.5, 2, 3, 5, 7}, {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9}
  };

  /** Each decade is as long as any other. Zero has no place on it. */
  static Axis logarithmic(double lowest, double highest) {
    List<Double> ticks = List.of();
    for (double[] mantissas : MANTISSAS) {
      ticks = around(mantissas, lowest, highest);
      if (ticks.size() > FEW) {
        break;
      }
    }
    return new Axis(true, ticks);
  }

  private static List<Double> around(double[] mantissas, double lowest, double highest) {
    int first = (int) Math.floor(Math.log10(lowest)) - 1;
    int last = (int) Math.ceil(Math.log10(highest)) + 1;
    List<Double> all = new ArrayList<>();
    for (int decade = first; decade <= last; decade++) {
      for (double mantissa : mantissas) {
        all.add(Double.parseDouble(mantissa + "e" + decade));
      }
    }
    double from = all.stream().filter(tick -> tick <= lowest).reduce((a, b) -> b).orElseThrow();
    double to =
        all.stream().filter(tick -> tick >= highest && tick > from).findFirst().orElseThrow();
    return all.stream().filter(tick -> tick >= from && tick <= to).toList();
  }

  /** From zero. */
  static Axis linear(double highest) {
    double end = highest > 0 ? highest : 1;
    double decade = Math.pow(10, Math.floor(Math.log10(end / FEW)));
    double step =
        DoubleStream.of(1, 2, 2.5, 5, 10)
            .map(mantissa -> mantissa * decade)
            .filter(candidate -> end / candidate <= FEW + 1)
            .findFirst()
            .orElseThrow();
    List<Double> ticks = new ArrayList<>();
    for (int tick = 0; tick == 0 || ticks.get(tick - 1) < end; tick++) {
      ticks.add(tick * step);
    }
    return new Axis(false, ticks);
  }

  /** 0 at the beginning of the axis, 1 at its end. */
  double place(double value) {
    double from = ticks.get(0);
    double to = ticks.get(ticks.size() - 1);
    return logarithmic
        ? Math.log(value / from) / Math.log(to / from)
        : (value - from) / (to - from);
  }
}
