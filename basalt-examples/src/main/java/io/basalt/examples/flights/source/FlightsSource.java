package io.basalt.examples.flights.source;

import io.basalt.examples.flights.progress.RunProgress;
import io.basalt.examples.flights.record.Flight;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The flights of an input, in its order, with their departures as event time. To be run with a
 * parallelism of one, see {@link FlightsSplit}; further readers would have nothing to read.
 */
public final class FlightsSource implements Source<Flight, FlightsSplit, UnassignedSplits> {

  private static final long serialVersionUID = 1L;

  private final FlightsInput input;
  private final long limit;
  private final Interruptions interruptions;
  private final String run;
  private final @Nullable Pause pause;

  /**
   * @param input what to read
   * @param limit the number of flights after which the input is treated as ended
   * @param interruptions what is to happen on the way
   * @param run the name under which {@link RunProgress} follows the reading
   */
  public FlightsSource(FlightsInput input, long limit, Interruptions interruptions, String run) {
    this(input, limit, interruptions, run, null);
  }

  private FlightsSource(
      FlightsInput input,
      long limit,
      Interruptions interruptions,
      String run,
      @Nullable Pause pause) {
    this.input = input;
    this.limit = limit;
    this.interruptions = interruptions;
    this.run = run;
    this.pause = pause;
  }

  /** The same source with a pause on its way. */
  public FlightsSource pausing(Pause newPause) {
    return new FlightsSource(input, limit, interruptions, run, newPause);
  }

  /** The watermarks that fit the source. */
  public static WatermarkStrategy<Flight> watermarks() {
    return WatermarkStrategy.forGenerator(context -> new FlightWatermarks());
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SplitEnumerator<FlightsSplit, UnassignedSplits> createEnumerator(
      SplitEnumeratorContext<FlightsSplit> context) {
    return new FlightsEnumerator(context, List.of(new FlightsSplit(FlightsPosition.START)));
  }

  @Override
  public SplitEnumerator<FlightsSplit, UnassignedSplits> restoreEnumerator(
      SplitEnumeratorContext<FlightsSplit> context, UnassignedSplits unassigned) {
    return new FlightsEnumerator(context, unassigned.splits());
  }

  @Override
  public SourceReader<Flight, FlightsSplit> createReader(SourceReaderContext context) {
    RunProgress progress = RunProgress.of(run);
    FlightsReader reader = new FlightsReader(context, input, limit, progress);
    if (pause != null) {
      return new PausedReader(reader, pause);
    }
    return interruptions.isEmpty()
        ? reader
        : new InterruptedReader(reader, interruptions, progress);
  }

  @Override
  public SimpleVersionedSerializer<FlightsSplit> getSplitSerializer() {
    return new FlightsSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<UnassignedSplits> getEnumeratorCheckpointSerializer() {
    return new UnassignedSplitsSerializer();
  }
}
