package io.basalt.examples.flights.source;

import io.basalt.examples.flights.progress.RunProgress;
import io.basalt.examples.flights.record.Flight;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/**
 * Reads the flights of its split and remembers where it is: the position behind the last flight it
 * emitted goes into every checkpoint, and a restored reader continues there. Without a split it
 * finishes at once. Task thread only.
 */
final class FlightsReader implements SourceReader<Flight, FlightsSplit> {

  private final SourceReaderContext context;
  private final FlightsInput input;
  private final long limit;
  private final RunProgress progress;
  private final FlightParser parser = new FlightParser();
  private final CompletableFuture<Void> assignment = new CompletableFuture<>();

  private @Nullable FlightsSplit split;
  private @Nullable FlightLines lines;
  private long lastDeparture = Long.MIN_VALUE;

  /**
   * @param limit the number of flights after which the input is treated as ended
   * @param progress is told of every flight
   */
  FlightsReader(SourceReaderContext context, FlightsInput input, long limit, RunProgress progress) {
    this.context = context;
    this.input = input;
    this.limit = limit;
    this.progress = progress;
  }

  @Override
  public void start() {
    if (split == null) {
      context.sendSplitRequest();
    }
  }

  @Override
  public void addSplits(List<FlightsSplit> splits) {
    if (split != null || splits.size() != 1) {
      throw new IllegalStateException("The input has one split; got " + splits + " after " + split);
    }
    split = splits.get(0);
    assignment.complete(null);
  }

  @Override
  public void notifyNoMoreSplits() {
    assignment.complete(null);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return assignment;
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Flight> output) throws IOException {
    if (split == null) {
      return assignment.isDone() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
    }
    FlightLines open = lines == null ? open(split) : lines;
    String line = open.flights() < limit ? open.next() : null;
    if (line == null) {
      return InputStatus.END_OF_INPUT;
    }
    Flight flight = flightOf(line, open);
    output.collect(flight, flight.departure());
    progress.reached(open.flights());
    return InputStatus.MORE_AVAILABLE;
  }

  /** How many flights of the input lie behind this reader, those before its start included. */
  long flightsRead() {
    if (lines != null) {
      return lines.flights();
    }
    return split == null ? 0 : split.position().flights();
  }

  @Override
  public List<FlightsSplit> snapshotState(long checkpointId) {
    if (lines != null) {
      return List.of(new FlightsSplit(lines.position()));
    }
    return split == null ? List.of() : List.of(split);
  }

  @Override
  public void close() throws IOException {
    if (lines != null) {
      lines.close();
    }
  }

  private FlightLines open(FlightsSplit from) throws IOException {
    FlightLines opened = FlightLines.open(input, from.position());
    lines = opened;
    progress.startedAt(opened.flights());
    return opened;
  }

  private Flight flightOf(String line, FlightLines open) throws FlightFormatException {
    Flight flight;
    try {
      flight = parser.parse(line);
    } catch (FlightFormatException e) {
      throw open.error(e);
    }
    // Watermarks follow the departures; a flight out of order would be late, and windows drop late
    // flights without a word.
    if (flight.departure() < lastDeparture) {
      throw open.error("not in order of departure, which the job relies on");
    }
    lastDeparture = flight.departure();
    return flight;
  }
}
