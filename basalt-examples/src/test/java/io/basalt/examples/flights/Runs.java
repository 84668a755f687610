package io.basalt.examples.flights;

import io.basalt.examples.flights.progress.ProgressDisplay;
import io.basalt.examples.flights.progress.RunReport;
import io.basalt.examples.flights.source.FlightsInput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.flink.core.execution.SavepointFormatType;

/** Runs of the job in a test: everything below one directory, settings named where they matter. */
final class Runs {

  private final Path directory;
  private FlightsInput input = FlightsInput.bundled();
  private long flights;
  private Backend backend = Backend.HASHMAP;
  private int parallelism = 1;
  private int failures;
  private Optional<Path> from = Optional.empty();
  private OptionalLong savepointAt = OptionalLong.empty();
  private SavepointFormatType savepointFormat = SavepointFormatType.CANONICAL;

  /**
   * Runs over the first flights of the bundled input, on the heap, without parallelism or failures.
   */
  Runs(Path directory, long flights) {
    this.directory = directory;
    this.flights = flights;
  }

  Runs reading(Path file) throws IOException {
    this.input = FlightsInput.at(file);
    this.flights = input.countFlights(Long.MAX_VALUE);
    return this;
  }

  Runs on(Backend newBackend, int newParallelism) {
    this.backend = newBackend;
    this.parallelism = newParallelism;
    return this;
  }

  Runs failing(int newFailures) {
    this.failures = newFailures;
    return this;
  }

  Runs stoppingAt(long position, SavepointFormatType format) {
    this.savepointAt = OptionalLong.of(position);
    this.savepointFormat = format;
    return this;
  }

  Runs continuing(Path snapshot) {
    this.from = Optional.of(snapshot);
    this.savepointAt = OptionalLong.empty();
    return this;
  }

  /** A run that has not been started. */
  FlightsRun prepare() {
    FlightsSettings settings =
        new FlightsSettings(
            backend,
            parallelism,
            input,
            flights,
            directory.resolve("output"),
            directory.resolve("checkpoints"),
            Duration.ofMillis(100),
            from,
            failures,
            savepointAt,
            savepointFormat,
            false);
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return new FlightsRun(settings, new ProgressDisplay(nowhere, false, settings.end()));
  }

  RunReport run() throws Exception {
    return prepare().execute();
  }

  /** What the job has written: the contents of every file by its name. */
  Map<String, String> results() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (var files = Files.newDirectoryStream(directory.resolve("output"))) {
      for (Path file : files) {
        contents.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return contents;
  }
}
