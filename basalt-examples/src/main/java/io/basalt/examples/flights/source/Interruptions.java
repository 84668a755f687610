package io.basalt.examples.flights.source;

import java.io.Serializable;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What is to happen to the reading on its way: task failures, and a halt at which the job waits to
 * be stopped with a savepoint.
 *
 * @param failAt numbers of flights: from each on, the task is to fail once, in this order
 * @param fuse how many flights more are read before it does, for a recovery to have to repeat
 * @param end the number of flights at which reading ends, or halts
 * @param haltAtEnd whether to wait at the end instead of finishing
 */
public record Interruptions(List<Long> failAt, long fuse, long end, boolean haltAtEnd)
    implements Serializable {

  /** Nothing happens: the input is read from its start to its end. */
  public static final Interruptions NONE = new Interruptions(List.of(), 0, Long.MAX_VALUE, false);

  /** Failures spread evenly over the flights, each followed by at least a hundredth of them. */
  public static Interruptions evenly(int failures, long end, boolean haltAtEnd) {
    List<Long> failAt =
        LongStream.rangeClosed(1, failures).map(i -> end * i / (failures + 1)).boxed().toList();
    return new Interruptions(failAt, Math.max(1, end / 100), end, haltAtEnd);
  }

  /** Whether there is nothing to do. */
  boolean isEmpty() {
    return failAt.isEmpty() && !haltAtEnd;
  }
}
