package io.basalt.examples.flights;

import io.basalt.examples.flights.source.FlightsInput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.core.execution.SavepointFormatType;

/**
 * What a run is to do, checked and complete.
 *
 * @param backend where state lives
 * @param parallelism of everything but the source
 * @param input what is read
 * @param flights how many flights of it
 * @param output directory of the result files
 * @param checkpointDirectory directory of checkpoints and savepoints
 * @param checkpointInterval time between the starts of two checkpoints
 * @param from snapshot to start from
 * @param failures how many task failures are injected
 * @param savepointAt number of flights behind which the job is stopped with a savepoint
 * @param savepointFormat in which format
 * @param webInterface whether Flink's web interface is wanted
 */
public record FlightsSettings(
    Backend backend,
    int parallelism,
    FlightsInput input,
    long flights,
    Path output,
    Path checkpointDirectory,
    Duration checkpointInterval,
    Optional<Path> from,
    int failures,
    OptionalLong savepointAt,
    SavepointFormatType savepointFormat,
    boolean webInterface) {

  /** The number of flights behind which reading ends or halts. */
  long end() {
    return savepointAt.orElse(flights);
  }
}
