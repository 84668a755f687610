package io.basalt.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the command line accepts, refuses and prints. */
class CommandLineTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StringWriter errors = new StringWriter();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --backend forst                   | expected one of [BASALT, ROCKSDB, HASHMAP]
          --parallelism 0                   | --parallelism must be between 1 and 128, not 0.
          --parallelism two                 | 'two' is not an int
          --failures -1                     | --failures must be between 0 and 100, not -1.
          --limit 0                         | --limit must be positive, not 0.
          --input no-such-file.csv          | --input does not exist:
          --from no-such-snapshot           | with a file _metadata in it: no-such-snapshot
          --limit 10 --savepoint-at 10      | the end of the input, flight 10, not at 10.
          --savepoint-format binary         | --savepoint-format
          --speed fast                      | Unknown options: '--speed', 'fast'
          """)
  void refusesWhatItCannotDo(String arguments, String message) {
    int exitCode = execute(arguments.split(" "));

    assertThat(errors.toString()).contains(message).doesNotContain("Exception");
    assertThat(exitCode).isEqualTo(CommandLine.ExitCode.USAGE);
  }

  @Test
  void refusesAnInputThatIsNone() throws Exception {
    Path file = Files.writeString(directory.resolve("other.csv"), "a,b,c\n1,2,3\n");
    assertThat(execute("--input", file.toString())).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString())
        .contains(file + ", line 1: expected the header departure,")
        .contains("found a,b,c");
  }

  @Test
  void refusesAnInputThatIsNotPacked() throws Exception {
    Path file = Files.writeString(directory.resolve("plain.csv.xz"), "departure");
    assertThat(execute("--input", file.toString())).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains("Cannot unpack " + file + " as an xz file");
  }

  @Test
  void refusesAnOutputThatIsAFile() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    CommandLine command = commandLine();
    assertThat(command.execute("--limit", "10", "--output", file.toString()))
        .isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(errors.toString()).contains("--output cannot be made a directory: " + file);
  }

  @Test
  void explainsItsOptions() {
    ByteArrayOutputStream help = new ByteArrayOutputStream();
    CommandLine command = commandLine();
    command.setOut(new PrintWriter(help, true, StandardCharsets.UTF_8));

    assertThat(command.execute("--help")).isEqualTo(CommandLine.ExitCode.OK);

    assertThat(help.toString(StandardCharsets.UTF_8))
        .contains("--backend", "basalt, rocksdb, hashmap", "--parallelism", "--checkpoint-dir")
        .contains("--output", "--from", "--ui", "--input", "--limit", "--failures");
  }

  @Test
  void endsWithATableOfTheRun() {
    int exitCode = execute("--limit", "3000", "--backend", "hashmap", "--failures", "1", "--ui");

    assertThat(errors.toString()).isEmpty();
    assertThat(exitCode).isEqualTo(CommandLine.ExitCode.OK);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("Flink's web interface: http://localhost:")
        .contains("Task killed behind flight 1,530.")
        .contains("Continuing behind flight ")
        .containsPattern("state backend +hashmap\n")
        .containsPattern("flights +3,000\n")
        .containsPattern("failures injected +1\n")
        .containsPattern("recovered from a checkpoint +1\n")
        .containsPattern("routes.csv +[0-9,]+ rows\n");
    assertThat(directory.resolve("output")).isDirectoryContaining("glob:**/quiet.csv");
  }

  private int execute(String... arguments) {
    Stream<String> output = Stream.of("--output", directory.resolve("output").toString());
    return commandLine()
        .execute(Stream.concat(Stream.of(arguments), output).toArray(String[]::new));
  }

  private CommandLine commandLine() {
    FlightsJob job = new FlightsJob(new PrintStream(out, true, StandardCharsets.UTF_8), false);
    return FlightsJob.commandLine(job).setErr(new PrintWriter(errors, true));
  }
}
