package io.basalt.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table of GitHub's Markdown, or of plain text: the first columns are words, the others figures.
 */
public final class MarkdownTable {

  private final int words;
  private final List<List<String>> lines = new ArrayList<>();

  /**
   * @param words how many columns are set to the left
   */
  public MarkdownTable(int words, List<String> headings) {
    this.words = words;
    lines.add(List.copyOf(headings));
  }

  public void add(List<String> cells) {
    if (cells.size() != lines.get(0).size()) {
      throw new IllegalArgumentException(
          "%d headings for %s".formatted(lines.get(0).size(), cells));
    }
    lines.add(List.copyOf(cells));
  }

  boolean isEmpty() {
    return lines.size() == 1;
  }

  public String markdown() {
    StringBuilder text = new StringBuilder(line(lines.get(0)));
    text.append('|');
    for (int column = 0; column < lines.get(0).size(); column++) {
      text.append(column < words ? " --- |" : " ---: |");
    }
    text.append('\n');
    lines.stream().skip(1).forEach(cells -> text.append(line(cells)));
    return text.append('\n').toString();
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|").replace("<", "&lt;"))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  String plain() {
    int columns = lines.get(0).size();
    int[] widths = new int[columns];
    for (List<String> cells : lines) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], cells.get(column).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> cells : lines) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String blanks = " ".repeat(widths[column] - cells.get(column).length());
        String cell = cells.get(column);
        line.append(column < words ? cell + blanks : blanks + cell).append("  ");
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
