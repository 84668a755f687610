package io.basalt.examples.flights;

import io.basalt.examples.flights.source.FlightsInput;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.core.execution.SavepointFormatType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of the command line, and what is wrong with them. */
final class FlightsOptions {

  private static final int MAX_FAILURES = 100;
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--backend",
      defaultValue = "basalt",
      description = "State backend: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Backend backend = Backend.BASALT;

  @Option(
      names = "--parallelism",
      defaultValue = "2",
      description = "Subtasks of each operator but the source. Default: ${DEFAULT-VALUE}.")
  private int parallelism;

  @Option(
      names = "--output",
      defaultValue = "flights-output",
      description = "Directory of the four result files. Default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("");

  @Option(
      names = "--checkpoint-dir",
      description = "Directory of checkpoints and savepoints. Default: checkpoints in the output.")
  private @Nullable Path checkpointDirectory;

  @Option(
      names = "--from",
      paramLabel = "<snapshot>",
      description = "Continue a savepoint or a checkpoint, a directory with a file _metadata.")
  private @Nullable String from;

  @Option(
      names = "--input",
      paramLabel = "<file>",
      description = "Flights to read instead of the bundled ones, .csv or .csv.xz.")
  private @Nullable Path input;

  @Option(
      names = "--limit",
      paramLabel = "<flights>",
      description = "Read only so many flights of the input.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--failures",
      defaultValue = "2",
      description = "Task failures to inject, 0 for none. Default: ${DEFAULT-VALUE}.")
  private int failures;

  @Option(
      names = "--savepoint-at",
      paramLabel = "<flights>",
      description = "Stop with a savepoint behind so many flights, to be continued by --from.")
  private @Nullable Long savepointAt;

  @Option(
      names = "--savepoint-format",
      defaultValue = "canonical",
      description =
          "Format of the savepoint, canonical or native. A canonical one can be continued on"
              + " any backend. Default: ${DEFAULT-VALUE}.")
  private SavepointFormatType savepointFormat = SavepointFormatType.CANONICAL;

  @Option(names = "--ui", description = "Serve Flink's web interface while the job runs.")
  private boolean webInterface;

  /**
   * Checks the options, and counts the flights of the input.
   *
   * @throws ParameterException if an option is wrong; the message says what is allowed
   */
  FlightsSettings settings() {
    require(
        parallelism >= 1 && parallelism <= FlightsPipeline.MAX_PARALLELISM,
        "--parallelism must be between 1 and %d, not %d.",
        FlightsPipeline.MAX_PARALLELISM,
        parallelism);
    require(
        failures >= 0 && failures <= MAX_FAILURES,
        "--failures must be between 0 and %d, not %d.",
        MAX_FAILURES,
        failures);
    require(limit > 0, "--limit must be positive, not %d.", limit);
    Optional<Path> snapshot = from == null ? Optional.empty() : Optional.of(snapshot(from));
    FlightsInput read = input == null ? FlightsInput.bundled() : FlightsInput.at(input);
    long flights = count(read);
    return new FlightsSettings(
        backend,
        parallelism,
        read,
        flights,
        directory("--output", output),
        directory(
            "--checkpoint-dir",
            checkpointDirectory == null ? output.resolve("checkpoints") : checkpointDirectory),
        CHECKPOINT_INTERVAL,
        snapshot,
        failures,
        savepointAt == null ? OptionalLong.empty() : savepointAt(savepointAt, flights),
        savepointFormat,
        webInterface);
  }

  private long count(FlightsInput read) {
    try {
      long flights = read.countFlights(limit);
      require(flights > 0, "--input has no flights: %s", read);
      return flights;
    } catch (NoSuchFileException e) {
      throw wrong("--input does not exist: " + read);
    } catch (IOException e) {
      throw wrong("--input cannot be read: " + e.getMessage());
    }
  }

  private Path directory(String option, Path directory) {
    try {
      return Files.createDirectories(directory.toAbsolutePath());
    } catch (IOException e) {
      throw wrong(option + " cannot be made a directory: " + directory + " (" + e + ")");
    }
  }

  /** Takes a path as the user types it, and as Flink and this job print it: a URI. */
  private Path snapshot(String location) {
    Path path = location.startsWith("file:") ? Path.of(URI.create(location)) : Path.of(location);
    require(
        Files.isRegularFile(path.resolve("_metadata")),
        "--from must be the directory of a savepoint or of one checkpoint (chk-<number>), with a"
            + " file _metadata in it: %s",
        location);
    return path.toAbsolutePath();
  }

  private OptionalLong savepointAt(long position, long flights) {
    require(
        position > 0 && position < flights,
        "--savepoint-at must lie between 0 and the end of the input, flight %d, not at %d.",
        flights,
        position);
    return OptionalLong.of(position);
  }

  private void require(boolean condition, String problem, Object... arguments) {
    if (!condition) {
      throw wrong(String.format(Locale.ROOT, problem, arguments));
    }
  }

  private ParameterException wrong(String problem) {
    return new ParameterException(Objects.requireNonNull(command).commandLine(), problem);
  }
}
