package io.basalt.examples.flights.source;

import org.apache.flink.api.connector.source.SourceSplit;

/**
 * The input from a position on. There is one: the packed file can only be unpacked from its start,
 * and a single reader is what keeps the flights of an airport in the order of the file, however
 * parallel the rest of the job is.
 *
 * <p>It names no file, so that a snapshot can be continued where the input has another path.
 */
record FlightsSplit(FlightsPosition position) implements SourceSplit {

  @Override
  public String splitId() {
    return "flights";
  }
}
