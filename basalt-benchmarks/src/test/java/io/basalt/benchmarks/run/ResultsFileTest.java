package io.basalt.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.measure.Scale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written can be read, by people too. */
class ResultsFileTest {

  private static final Results RESULTS =
      new Results(
          "./benchmarks",
          "2026-01-02 03:04",
          17,
          Scale.QUICK,
          2,
          Map.of("system", "any", "cores", "2"),
          Map.of("flink", "2.3.0"),
          Map.of("b/c", "Later.", "a/b", "Sooner."),
          List.of(
              new Sample(
                  "a/b",
                  "c",
                  Backend.STOCK,
                  1,
                  Map.of(Metric.TASK_CPU, 123.4561, Metric.WRITTEN, 1_234_567_000.0)),
              new Sample("a/b", "c", Backend.BASALT, 1, Map.of(Metric.TASK_CPU, 0.0))));

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("new").resolve("results.json");
    ResultsFile.write(file, RESULTS);
  }

  @Test
  void comesBackWithSixDigits() throws Exception {
    Results read = ResultsFile.read(file);

    assertThat(read).usingRecursiveComparison().ignoringFields("samples").isEqualTo(RESULTS);
    assertThat(read.samples()).hasSize(2);
    assertThat(read.samples().get(0).values())
        .containsEntry(Metric.TASK_CPU, 123.456)
        .containsEntry(Metric.WRITTEN, 1_234_570_000.0);
    assertThat(read.samples().get(1)).isEqualTo(RESULTS.samples().get(1));
  }

  @Test
  void isTheSameEveryTimeWithASampleInALine() throws Exception {
    String first = Files.readString(file);
    ResultsFile.write(file, ResultsFile.read(file));

    assertThat(file).hasContent(first);
    assertThat(first.lines())
        .contains("  \"layout\": 1,")
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"STOCK\"", "\"TASK_CPU\": 123.456", "1.23457E9")
                    .endsWith("}},"));
    assertThat(first.indexOf("Sooner")).isLessThan(first.indexOf("Later"));
  }

  @Test
  void refusesWhatIsNoRun() throws Exception {
    refuses("{\"layout\": 7}", "has layout 7, and this version reads layout 1.");
    refuses("[1, 2]", "is not the file of a run.");
    refuses("", "is not the file of a run.");
    refuses("no JSON", "is not the file of a run: Unrecognized token");
    refuses("{\"layout\": 1}", "is not the file of a run: ");
    refuses(Files.readString(file).replace("TASK_CPU", "TASK"), "is not the file of a run: ");
  }

  private void refuses(String content, String message) throws IOException {
    Path other = Files.writeString(directory.resolve("other.json"), content);
    assertThatThrownBy(() -> ResultsFile.read(other))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(other + " " + message);
  }

  @Test
  void refusesWhatIsNotThere() {
    assertThatThrownBy(() -> ResultsFile.read(directory.resolve("none.json")))
        .hasMessageContaining("none.json cannot be read: there is no such file.");
    assertThatThrownBy(() -> ResultsFile.read(directory))
        .hasMessageContaining(directory + " cannot be read: it is a directory.");
  }
}
