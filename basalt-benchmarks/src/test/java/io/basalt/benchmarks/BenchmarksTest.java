package io.basalt.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.report.MadeUp;
import io.basalt.benchmarks.run.Results;
import io.basalt.benchmarks.run.ResultsFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the command does, refuses and leaves. */
class BenchmarksTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();
  private final TinyGroups groups = new TinyGroups();

  @TempDir Path directory;

  @Test
  void measuresAndWritesBoth() throws Exception {
    Path results = directory.resolve("new/run.json");
    Path work = directory.resolve("work");

    int exitCode =
        execute("--moment", "--rounds", "2", "--results", results + "", "--directory", work + "");

    assertThat(errors.toString()).isEmpty();
    assertThat(exitCode).isZero();
    Results run = ResultsFile.read(results);
    assertThat(run.command()).isEqualTo("./benchmarks --moment --rounds 2");
    assertThat(run.scale()).isEqualTo(Scale.MOMENT);
    assertThat(run.samples()).hasSize(2 * 2 * 3);
    assertThat(run.machine()).containsKey("processor");
    assertThat(run.versions()).containsKey("flink");
    assertThat(run.descriptions())
        .containsEntry(
            "tiny/one",
            "Nothing, one. Java heap of the process: stock 20 MiB, basalt 20 MiB, heap 20 MiB.");
    assertThat(directory.resolve("new/run.md")).content().contains("## Summary", "### tiny/two");
    assertThat(out.toString())
        .contains("done: stock")
        .containsPattern("tiny +task CPU +2 +0 +0 +1\\.9\\d")
        .contains("Document: " + directory.resolve("new/run.md"));
    assertThat(work).doesNotExist();
    assertThat(groups.closed).isPositive();
  }

  @Test
  void measuresWhatIsAskedForOnly() throws Exception {
    Path results = directory.resolve("run.json");
    Path work = Files.createDirectory(directory.resolve("work"));

    int exitCode =
        execute(
            "--moment",
            "--only=tiny/two",
            "--backends=basalt,STOCK",
            "--results=" + results,
            "--document=" + directory.resolve("other/words.md"),
            "--directory=" + work);

    assertThat(exitCode).isZero();
    assertThat(ResultsFile.read(results).command())
        .isEqualTo("./benchmarks --moment --only=tiny/two --backends=basalt,STOCK");
    assertThat(ResultsFile.read(results).samples())
        .allSatisfy(sample -> assertThat(sample.group()).isEqualTo("tiny/two"))
        .extracting(sample -> sample.backend())
        .containsExactly(Backend.STOCK, Backend.BASALT);
    assertThat(directory.resolve("other/words.md")).exists();
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void leavesNothingWhenMeasuringFails() {
    groups.failing();
    Path results = directory.resolve("run.json");
    Path work = directory.resolve("work");

    int exitCode = execute("--moment", "--results=" + results, "--directory=" + work);

    assertThat(exitCode).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    assertThat(errors.toString()).contains("There was nothing to do.");
    assertThat(results).doesNotExist();
    assertThat(work).doesNotExist();
    assertThat(groups.closed).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --only nothing              | Nothing is called 'nothing'.
          --quick --full              | mutually exclusive
          --rounds -1                 | --rounds must be between 1 and 99, not -1.
          --rounds many               | 'many' is not an int
          --backends forst            | expected one of [STOCK, BASALT, HEAP]
          --directory pom.xml         | pom.xml is not a directory.
          --directory src             | src is not empty, and all in it would be deleted
          --results src               | src cannot be written.
          --results run               | run must end in .json.
          --results pom.xml/run.json  | pom.xml cannot be made a directory.
          --speed 1                   | Unknown option
          document                    | Missing required parameter: '<results>'
          document none.json          | none.json cannot be read: there is no such file.
          document pom.xml            | pom.xml is not the file of a run: Unexpected character
          compare none.json none.json | none.json cannot be read: there is no such file.
          compare none.json           | Missing required parameter: '<after>'
          """)
  void refusesWhatItCannotDo(String arguments, String message) {
    int exitCode = execute(arguments.split(" "));

    assertThat(errors.toString()).contains(message).doesNotContain("Exception");
    assertThat(exitCode).isEqualTo(CommandLine.ExitCode.USAGE);
  }

  @Test
  void refusesADiskWithoutSpace() {
    assertThatThrownBy(
            () -> WorkingDirectory.checkSpace(Path.of("here"), 3_000_000_000L, Scale.FULL))
        .hasMessage(
            "here has 3.0 GB of space left, and a full run needs 24.0 GB. Choose another:"
                + " --directory");
  }

  @Test
  void listsWhatThereIs() {
    assertThat(execute("--list")).isZero();
    assertThat(out.toString())
        .isEqualToNormalizingNewlines("tiny/one\n    Nothing, one.\ntiny/two\n    Nothing, two.\n");
  }

  @Test
  void explainsItself() {
    assertThat(execute("--help")).isZero();
    assertThat(out.toString())
        .contains("--quick", "--full", "--rounds", "--only", "--backends", "--results")
        .contains("--document", "--directory", "--list", "document", "compare")
        .doesNotContain("--moment");
  }

  @Test
  void writesTheDocumentAgain() throws Exception {
    Path results = directory.resolve("run.json");
    ResultsFile.write(results, MadeUp.everything());

    assertThat(execute("document", results.toString())).isZero();

    assertThat(directory.resolve("run.md")).content().contains("## Summary");
    assertThat(directory.resolve("run/operations.svg")).exists();
  }

  @Test
  void writesTheTablesOfEvictionPolicies() {
    Path document = directory.resolve("new/eviction.md");

    assertThat(execute("eviction", "--moment", "--document", document.toString())).isZero();

    assertThat(document).content().contains("## Hit ratio", "| flights: sum by route |");
    assertThat(out.toString()).contains("done: Zipf", "Document: " + document);
  }

  @Test
  void comparesBothWays() throws Exception {
    Path fast = run("fast.json", 100);
    Path slow = run("slow.json", 200);

    assertThat(execute("compare", fast + "", slow + "")).isEqualTo(1);
    assertThat(out.toString()).contains("0 of 1 rows agree within their stated spread; 1 slower");
    assertThat(execute("compare", slow + "", fast + "")).isZero();
    assertThat(execute("compare", fast + "", fast + "")).isZero();
    assertThat(out.toString()).contains("1 of 1 rows agree within their stated spread");
    assertThat(errors.toString()).isEmpty();
  }

  @Test
  void onlyAWholeRunReplacesTheQuotedFigures() {
    Path results = Path.of("results", "run.json");
    MadeUp run = new MadeUp();

    assertThat(Benchmarks.defaultDocument(groups, results, run.results()))
        .isEqualTo(Path.of("results", "run.md"));

    for (Backend backend : Backend.values()) {
      run.row("tiny/one", "row", Metric.TASK_CPU, backend, 1);
    }
    Results whole = withDescriptionsOfAll(run.results());
    assertThat(Benchmarks.defaultDocument(groups, results, whole))
        .isEqualTo(Path.of("docs", "performance.md"));
    Results quick = withDescriptionsOfAll(run.of(Scale.QUICK).results());
    assertThat(Benchmarks.defaultDocument(groups, results, quick))
        .isEqualTo(Path.of("results", "run.md"));
  }

  private static Results withDescriptionsOfAll(Results run) {
    return new Results(
        run.command(),
        run.began(),
        run.seconds(),
        run.scale(),
        run.rounds(),
        run.machine(),
        run.versions(),
        Map.of("tiny/one", "", "tiny/two", ""),
        run.samples());
  }

  private Path run(String name, double nanos) throws Exception {
    Path file = directory.resolve(name);
    ResultsFile.write(
        file,
        new MadeUp()
            .row("a/b", "c", Metric.TASK_CPU, Backend.STOCK, 100, 101, 102)
            .row("a/b", "c", Metric.TASK_CPU, Backend.BASALT, nanos, nanos + 1, nanos + 2)
            .results());
    return file;
  }

  private int execute(String... arguments) {
    return Benchmarks.execute(
        Benchmarks.commandLine(groups)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(errors, true)),
        arguments);
  }
}
