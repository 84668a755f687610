package io.basalt.examples.flights.source;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A pause in the reading, for whoever wants to do something to the cluster meanwhile.
 *
 * @param at the number of flights behind which it begins
 * @param until the file whose existence ends it, visible to the task that reads
 */
public record Pause(long at, String until) implements Serializable {

  /** Whether it has been ended. Asks the file system. */
  boolean isOver() {
    return Files.exists(Path.of(until));
  }
}
