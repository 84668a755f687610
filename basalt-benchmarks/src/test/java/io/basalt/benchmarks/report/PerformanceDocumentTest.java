package io.basalt.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.run.Results;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document and its plots. */
class PerformanceDocumentTest {

  private static final Pattern PLOT = Pattern.compile("!\\[[^]]*]\\(([^)]*)\\)");

  @TempDir Path directory;

  @Test
  void showsRatiosWithTheirSpreadAndNamesTheBadOnes() throws Exception {
    String document =
        written(
            new MadeUp()
                .row("operations/value", "get", Metric.TASK_CPU, Backend.STOCK, 180, 200, 240)
                .row("operations/value", "get", Metric.TASK_CPU, Backend.BASALT, 120, 100, 90)
                .row("operations/value", "get", Metric.TASK_CPU, Backend.HEAP, 50, 50, 50)
                .row("operations/value", "add", Metric.TASK_CPU, Backend.STOCK, 100, 100, 100)
                .row("operations/value", "add", Metric.TASK_CPU, Backend.BASALT, 200, 200, 200)
                .row("operations/value", "add", Metric.ALLOCATED, Backend.STOCK, 10, 10, 10)
                .row("operations/value", "add", Metric.ALLOCATED, Backend.BASALT, 40, 40, 40)
                .results());

    assertThat(document)
        .contains("| operations | task CPU | 1 | 0 | 1 | 1.00 | 0.50 |")
        .contains("### operations/value\n\nOne million keys.\n")
        .contains(
            "| get | 200 ns | 100 ns | 50.0 ns | 2.00 (1.36 to 2.93) faster |"
                + " 0.50 (0.38 to 0.61) slower |")
        .contains("| add | 100 ns | 200 ns | - | 0.50 (0.45 to 0.55) slower | - |")
        .contains("| add | 10.0 bytes / 40.0 bytes / - (0.25 slower) |");
    assertThat(document.substring(document.indexOf("## The bad ones")))
        .contains(
            "| operations/value | add | task CPU | 100 ns | 200 ns | 0.50 (0.45 to 0.55) slower |")
        .contains("| operations/value | add | allocated |");
  }

  @Test
  void saysWhereTheFiguresAreFromAndWhatTheSpreadMeans() throws Exception {
    assertThat(written(MadeUp.everything()))
        .contains("| command | `./benchmarks --full` |")
        .contains("| when | 2026-01-02 03:04 (UTC), for 72 min |")
        .contains("| scale | full, 3 rounds |")
        .contains("| processor | Abacus \\| 2 |")
        .contains("end 10 % (CPU and bytes) or 25 % (what depends on the disk")
        .contains("\n\n## Summary")
        .contains("| iterate \\| a &lt;long> & wide one |");
  }

  @Test
  void takesRowsOfAllKinds() throws Exception {
    assertThat(written(MadeUp.everything()))
        .contains("### unheard\n", "### un/decided\n", "## Working sets\n")
        .contains("5.00 MB / 0 bytes / - (- faster)")
        .doesNotContain("NaN", "Infinity", "null");
  }

  @Test
  void nothingBadIsSaidToo() throws Exception {
    assertThat(
            written(
                new MadeUp().row("a/b", "c", Metric.TASK_CPU, Backend.BASALT, 1, 2, 3).results()))
        .contains("beyond the spread.\n\nNone.\n");
  }

  @Test
  void everyPlotIsThereAndWellFormed() throws Exception {
    String document = written(MadeUp.everything());

    List<String> plots = PLOT.matcher(document).results().map(match -> match.group(1)).toList();
    assertThat(plots)
        .containsExactlyInAnyOrder(
            "performance/operations.svg",
            "performance/working-sets-long.svg",
            "performance/working-sets-map-entry.svg",
            "performance/recovery-sizes-native-restore.svg",
            "performance/recovery-sizes-canonical-restore.svg");
    for (String plot : plots) {
      var root =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(directory.resolve(plot).toFile())
              .getDocumentElement();
      assertThat(root.getTagName()).isEqualTo("svg");
      assertThat(Files.readString(directory.resolve(plot))).doesNotContain("NaN", "Infinity");
    }
  }

  @Test
  void plotsOfAnEarlierRunGo() throws Exception {
    written(MadeUp.everything());
    written(new MadeUp().row("a/b", "c", Metric.TASK_CPU, Backend.BASALT, 1, 2, 3).results());

    try (Stream<Path> plots = Files.list(directory.resolve("performance"))) {
      assertThat(plots).isEmpty();
    }
  }

  private String written(Results results) throws Exception {
    Path file = directory.resolve("performance.md");
    PerformanceDocument.write(file, results);
    return Files.readString(file);
  }
}
