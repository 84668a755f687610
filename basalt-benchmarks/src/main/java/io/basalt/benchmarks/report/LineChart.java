package io.basalt.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Lines over two axes that both begin at zero. */
final class LineChart {

  private static final double WIDTH = 560;
  private static final double HEIGHT = 340;
  private static final double TOP = 54;
  private static final double BOTTOM = 50;
  private static final double LEFT = 92;
  private static final double RIGHT = 36;

  /** A figure over its place, with how far the rounds lie apart. */
  record Point(double x, double lowest, double middle, double highest) {}

  /** What one line shows. */
  record Line(String name, Mark mark, List<Point> points) {}

  private final Svg svg;
  private final Axis across;
  private final Axis up;

  private LineChart(String title, List<Line> lines) {
    svg = new Svg(title, WIDTH, HEIGHT);
    List<Point> points = new ArrayList<>();
    lines.forEach(line -> points.addAll(line.points()));
    across = Axis.linear(points.stream().mapToDouble(Point::x).max().orElse(0));
    up = Axis.linear(points.stream().mapToDouble(Point::highest).max().orElse(0));
  }

  static String draw(
      String title,
      String acrossName,
      DoubleFunction<String> acrossTick,
      String upName,
      DoubleFunction<String> upTick,
      List<Line> lines) {
    LineChart chart = new LineChart(title, lines);
    chart.axes(acrossName, acrossTick, upName, upTick);
    double legend = LEFT;
    for (Line line : lines) {
      chart.svg.mark(line.mark(), legend + 6, 38);
      chart.svg.words(legend + 16, 42, Svg.Anchor.START, line.name());
      legend += 36 + Svg.LETTER * line.name().length();
      chart.line(line);
    }
    return chart.svg.document();
  }

  private void axes(
      String acrossName,
      DoubleFunction<String> acrossTick,
      String upName,
      DoubleFunction<String> upTick) {
    double bottom = HEIGHT - BOTTOM;
    for (double tick : up.ticks()) {
      svg.line(LEFT, y(tick), WIDTH - RIGHT, y(tick), Svg.GRID, 1);
      svg.words(LEFT - 8, y(tick) + 4, Svg.Anchor.END, upTick.apply(tick));
    }
    for (double tick : across.ticks()) {
      svg.line(x(tick), TOP, x(tick), bottom, Svg.GRID, 1);
      svg.words(x(tick), bottom + 16, Svg.Anchor.MIDDLE, acrossTick.apply(tick));
    }
    svg.line(LEFT, bottom, WIDTH - RIGHT, bottom, Svg.INK, 1);
    svg.line(LEFT, TOP, LEFT, bottom, Svg.INK, 1);
    svg.words((LEFT + WIDTH - RIGHT) / 2, bottom + 38, Svg.Anchor.MIDDLE, acrossName);
    svg.uprightWords(18, (TOP + bottom) / 2, upName);
  }

  private void line(Line line) {
    String colour = line.mark().colour();
    for (int next = 1; next < line.points().size(); next++) {
      Point from = line.points().get(next - 1);
      Point to = line.points().get(next);
      svg.line(x(from.x()), y(from.middle()), x(to.x()), y(to.middle()), colour, 2);
    }
    for (Point point : line.points()) {
      svg.line(x(point.x()), y(point.lowest()), x(point.x()), y(point.highest()), colour, 1.5);
      svg.mark(line.mark(), x(point.x()), y(point.middle()));
    }
  }

  private double x(double value) {
    return LEFT + across.place(value) * (WIDTH - RIGHT - LEFT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - up.place(value) * (HEIGHT - BOTTOM - TOP);
  }
}
