package io.basalt.benchmarks.report;

import java.util.Locale;

/** A picture of lines, boxes, marks and words on white. */
final class Svg {

  /** Where words stand in relation to their point. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  static final String INK = "#222222";
  static final String GRID = "#dddddd";

  /** How wide a letter is on the average, at the size that all words have. */
  static final double LETTER = 6.6;

  private final StringBuilder body = new StringBuilder();
  private final double width;
  private final double height;
  private final String title;

  Svg(String title, double width, double height) {
    this.title = title;
    this.width = width;
    this.height = height;
    words(width / 2, 20, Anchor.MIDDLE, true, title);
  }

  void line(double x1, double y1, double x2, double y2, String colour, double thickness) {
    body.append(
        format(
            "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s' stroke-width='%.1f'/>%n",
            x1, y1, x2, y2, colour, thickness));
  }

  void box(double x, double y, double boxWidth, double boxHeight, String colour) {
    body.append(
        format(
            "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>%n",
            x, y, boxWidth, boxHeight, colour));
  }

  void mark(Mark mark, double x, double y) {
    body.append(format("<path d='%s' fill='%s'/>%n", mark.at(x, y), mark.colour()));
  }

  void words(double x, double y, Anchor anchor, String text) {
    words(x, y, anchor, false, text);
  }

  private void words(double x, double y, Anchor anchor, boolean bold, String text) {
    body.append(
        format(
            "<text x='%.1f' y='%.1f' text-anchor='%s'%s>%s</text>%n",
            x,
            y,
            anchor.name().toLowerCase(Locale.ROOT),
            bold ? " font-weight='bold'" : "",
            escaped(text)));
  }

  /** Words that run upwards, for the name of an upright axis. */
  void uprightWords(double x, double y, String text) {
    body.append(
        format(
            "<text x='%.1f' y='%.1f' text-anchor='middle' transform='rotate(-90 %.1f %.1f)'>%s</text>%n",
            x, y, x, y, escaped(text)));
  }

  double height() {
    return height;
  }

  String document() {
    return format(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %.0f %.0f' width='%.0f'"
                + " height='%.0f' role='img' font-family='Helvetica, Arial, sans-serif'"
                + " font-size='12' fill='%s'>%n",
            width, height, width, height, INK)
        + "<title>%s</title>\n".formatted(escaped(title))
        + format("<rect width='%.0f' height='%.0f' fill='#ffffff'/>%n", width, height)
        + body
        + "</svg>\n";
  }

  private static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form.replace("%n", "\n"), values);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
