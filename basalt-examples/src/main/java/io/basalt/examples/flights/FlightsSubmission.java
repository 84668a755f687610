package io.basalt.examples.flights;

import io.basalt.examples.flights.output.ResultDirectory;
import io.basalt.examples.flights.source.FlightsInput;
import io.basalt.examples.flights.source.FlightsSource;
import io.basalt.examples.flights.source.Interruptions;
import io.basalt.examples.flights.source.Pause;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * The main class of the job's jar, for a cluster of the user's: {@code flink run <jar> --output
 * <directory>}. State backend, checkpoints and restarts are as the cluster, or {@code flink run
 * -D}, has them; the parallelism is that of {@code flink run -p}.
 */
public final class FlightsSubmission {

  /** The name of the file that ends a pause, in the directory of results. */
  static final String CONTINUE = "continue";

  @Option(
      names = "--output",
      required = true,
      description = "Directory of the four result files, the same for client and TaskManagers.")
  private Path output = Path.of("");

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
      names = "--pause-at",
      paramLabel = "<flights>",
      description =
          "Pause behind so many flights until the output directory has a file 'continue': time to"
              + " kill a TaskManager.")
  private @Nullable Long pauseAt;

  private FlightsSubmission() {}

  /** Submits the job to the cluster of the environment that Flink's client has set up. */
  public static void main(String[] arguments) throws Exception {
    FlightsSubmission submission = new FlightsSubmission();
    // Not CommandLine.execute, which would keep errors from Flink's client.
    new CommandLine(submission).parseArgs(arguments);
    submission.submit(StreamExecutionEnvironment.getExecutionEnvironment());
  }

  private void submit(StreamExecutionEnvironment environment) throws Exception {
    Path directory = output.toAbsolutePath();
    new ResultDirectory(directory).prepare();
    Files.deleteIfExists(directory.resolve(CONTINUE));
    // As in the embedded run: no type may fall back to Kryo.
    environment.configure(new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
    new FlightsPipeline(source(directory), directory).addTo(environment);
    environment.execute("Flights");
  }

  private FlightsSource source(Path directory) {
    FlightsSource source =
        new FlightsSource(
            input == null ? FlightsInput.bundled() : FlightsInput.at(input),
            limit,
            Interruptions.NONE,
            "submitted");
    return pauseAt == null
        ? source
        : source.pausing(new Pause(pauseAt, directory.resolve(CONTINUE).toString()));
  }
}
