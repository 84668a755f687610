package io.basalt.benchmarks.report;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.run.Results;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run for people: Markdown with its plots in a directory beside it, which has the document's name
 * without the ending.
 */
public final class PerformanceDocument {

  private final Results results;
  private final Figures figures;
  private final Path file;
  private final Path plotDirectory;
  private final StringBuilder text = new StringBuilder();

  private PerformanceDocument(Path file, Results results) {
    this.results = results;
    this.file = file.toAbsolutePath();
    this.figures = Figures.of(results);
    this.plotDirectory = this.file.resolveSibling(nameWithoutEnding(this.file));
  }

  private static String nameWithoutEnding(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".md") ? name.substring(0, name.length() - 3) : name + "-plots";
  }

  /** Writes the document and its plots; plots of an earlier run go. */
  public static void write(Path file, Results results) throws IOException {
    new PerformanceDocument(file, results).write();
  }

  private void write() throws IOException {
    Files.createDirectories(plotDirectory);
    try (DirectoryStream<Path> earlier = Files.newDirectoryStream(plotDirectory, "*.svg")) {
      for (Path plot : earlier) {
        Files.delete(plot);
      }
    }
    text.append(Preface.of(results));
    text.append("## Summary\n\n");
    text.append(
        "Rows counted by how Basalt stands against stock; the ratios are geometric means.\n\n");
    text.append(Summary.table(figures).markdown());
    badOnes();
    for (String part : figures.parts()) {
      part(part);
    }
    Files.writeString(file, text.toString().stripTrailing() + "\n");
  }

  private void badOnes() {
    text.append("## The bad ones\n\n");
    text.append("Rows in which Basalt is slower than stock beyond the spread.\n\n");
    MarkdownTable table = slower(true);
    text.append(table.isEmpty() ? "None.\n\n" : table.markdown());
    MarkdownTable besides = slower(false);
    if (!besides.isEmpty()) {
      text.append(
          "<details><summary>Worse beyond the spread in something that does not decide</summary>"
              + "\n\n%s</details>\n\n".formatted(besides.markdown()));
    }
  }

  private MarkdownTable slower(boolean deciding) {
    MarkdownTable table =
        new MarkdownTable(
            3, List.of("group", "row", "metric", "stock", "Basalt", "x stock (spread)"));
    for (Row row : figures.rows()) {
      for (Metric metric : Judging.COMPARED) {
        if (row.deciding().equals(Optional.of(metric)) == deciding && row.isSlower(metric)) {
          table.add(
              List.of(
                  row.group(),
                  row.name(),
                  Judging.title(metric),
                  Quantity.ofMedian(metric, row.rounds(metric, Backend.STOCK)),
                  Quantity.ofMedian(metric, row.rounds(metric, Backend.BASALT)),
                  row.ratio(metric, Backend.STOCK)
                      .map(Quantity::ratioWithSpread)
                      .orElse(Quantity.NONE)));
        }
      }
    }
    return table;
  }

  private void part(String part) throws IOException {
    text.append("## %s\n\n".formatted(Words.capitalized(part.replace('-', ' '))));
    plots(Plots.ofPart(figures, part));
    for (String group : figures.groupsOf(part)) {
      text.append("### %s\n\n".formatted(group));
      Optional.ofNullable(results.descriptions().get(group))
          .ifPresent(description -> text.append(description).append("\n\n"));
      plots(Plots.ofGroup(figures, group));
      text.append(GroupTables.markdown(figures.rowsOf(group)));
    }
  }

  private void plots(List<Plots.Plot> plots) throws IOException {
    for (Plots.Plot plot : plots) {
      Files.writeString(plotDirectory.resolve(plot.file()), plot.svg());
      text.append(
          "![%s](%s/%s)\n\n".formatted(plot.title(), plotDirectory.getFileName(), plot.file()));
    }
  }
}
