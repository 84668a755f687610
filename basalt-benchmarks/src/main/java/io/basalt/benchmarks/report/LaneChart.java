package io.basalt.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What the charts with a lane for each row have in common: names to the left, figures along a
 * logarithmic axis, and how far the rounds lie apart as a thin line.
 */
final class LaneChart {

  private static final double WIDTH = 820;
  private static final double TOP = 54;
  private static final double BOTTOM = 44;
  private static final double RIGHT = 36;

  private final Svg svg;
  private final Axis axis;
  private final double left;
  private final double laneHeight;

  /**
   * @param figures all that must have a place on the axis; zeros and infinite ones have none
   */
  LaneChart(
      String title,
      String axisName,
      DoubleFunction<String> tickName,
      List<String> lanes,
      double laneHeight,
      DoubleStream figures) {
    this.laneHeight = laneHeight;
    left = 20 + Svg.LETTER * lanes.stream().mapToInt(String::length).max().orElse(0);
    double height = TOP + lanes.size() * laneHeight + BOTTOM;
    svg = new Svg(title, WIDTH, height);
    double[] placed = figures.filter(LaneChart::hasPlace).toArray();
    axis =
        placed.length == 0
            ? Axis.logarithmic(1, 10)
            : Axis.logarithmic(
                DoubleStream.of(placed).min().orElseThrow(),
                DoubleStream.of(placed).max().orElseThrow());
    double end = height - BOTTOM;
    double lastName = Double.NEGATIVE_INFINITY;
    for (double tick : axis.ticks()) {
      svg.line(x(tick), TOP, x(tick), end, Svg.GRID, 1);
      String name = tickName.apply(tick);
      double half = Svg.LETTER * name.length() / 2;
      // Near the end of a decade there is no room for every name.
      if (x(tick) - half > lastName + 4) {
        svg.words(x(tick), end + 16, Svg.Anchor.MIDDLE, name);
        lastName = x(tick) + half;
      }
    }
    svg.words((left + WIDTH - RIGHT) / 2, end + 34, Svg.Anchor.MIDDLE, axisName);
    for (int lane = 0; lane < lanes.size(); lane++) {
      svg.words(left - 10, middle(lane) + 4, Svg.Anchor.END, lanes.get(lane));
      svg.line(
          left, TOP + lane * laneHeight, WIDTH - RIGHT, TOP + lane * laneHeight, Svg.GRID, 0.5);
    }
  }

  private static boolean hasPlace(double figure) {
    return figure > 0 && Double.isFinite(figure);
  }

  private double x(double figure) {
    return left + axis.place(figure) * (WIDTH - RIGHT - left);
  }

  private double middle(int lane) {
    return TOP + (lane + 0.5) * laneHeight;
  }

  void legend(List<String> names, List<Mark> marks) {
    double x = left;
    for (int entry = 0; entry < names.size(); entry++) {
      svg.mark(marks.get(entry), x + 6, 38);
      svg.words(x + 16, 42, Svg.Anchor.START, names.get(entry));
      x += 36 + Svg.LETTER * names.get(entry).length();
    }
  }

  /** A mark at the figure. */
  void mark(int lane, double below, Mark mark, double lowest, double figure, double highest) {
    if (hasPlace(figure)) {
      double y = middle(lane) + below;
      whisker(y, lowest, highest, mark.colour());
      svg.mark(mark, x(figure), y);
    }
  }

  /** A bar from 1 to the figure. */
  void bar(int lane, String colour, double lowest, double figure, double highest) {
    if (hasPlace(figure)) {
      double begin = Math.min(x(1), x(figure));
      double length = Math.abs(x(figure) - x(1));
      svg.box(begin, middle(lane) - laneHeight * 0.32, length, laneHeight * 0.64, colour);
      whisker(middle(lane), lowest, highest, Svg.INK);
    }
  }

  private void whisker(double y, double lowest, double highest, String colour) {
    if (hasPlace(lowest) && hasPlace(highest)) {
      List<Double> ends = new ArrayList<>(List.of(x(lowest), x(highest)));
      svg.line(ends.get(0), y, ends.get(1), y, colour, 1.5);
      for (double end : ends) {
        svg.line(end, y - 3, end, y + 3, colour, 1.5);
      }
    }
  }

  /** The line at which nothing is won or lost. */
  void lineAtOne() {
    svg.line(x(1), TOP, x(1), TOP + axisHeight(), Svg.INK, 1.2);
  }

  private double axisHeight() {
    return svg.height() - TOP - BOTTOM;
  }

  void words(double fromLeft, String colour, String text) {
    svg.box(left + fromLeft, 33, 10, 10, colour);
    svg.words(left + fromLeft + 16, 42, Svg.Anchor.START, text);
  }

  String document() {
    return svg.document();
  }
}
