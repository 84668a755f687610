package io.basalt.examples.flights;

import io.basalt.examples.flights.functions.AirportDay;
import io.basalt.examples.flights.functions.HourDelays;
import io.basalt.examples.flights.functions.QuietTimes;
import io.basalt.examples.flights.functions.RouteDelays;
import io.basalt.examples.flights.output.ResultRow;
import io.basalt.examples.flights.output.ResultWriter;
import io.basalt.examples.flights.record.DepartureRun;
import io.basalt.examples.flights.record.Flight;
import io.basalt.examples.flights.source.FlightsSource;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/**
 * The job as Flink sees it: the flights go to four functions, whose rows go to one writer.
 *
 * <p>Every operator has a {@code uid}, by which a snapshot finds its state again, and the maximum
 * parallelism is fixed, so that a snapshot can be continued at any other.
 */
final class FlightsPipeline {

  static final int MAX_PARALLELISM = 128;

  private static final Duration DAY = Duration.ofDays(1);

  private final FlightsSource source;
  private final Path output;

  /**
   * @param source where the flights come from
   * @param output the directory of the result files
   */
  FlightsPipeline(FlightsSource source, Path output) {
    this.source = source;
    this.output = output;
  }

  /** Adds the job to an environment, whose parallelism is that of everything but the source. */
  void addTo(StreamExecutionEnvironment environment) {
    environment.setMaxParallelism(MAX_PARALLELISM);
    DataStream<Flight> flights = flights(environment);
    routes(flights)
        .union(airportDays(flights), hours(flights), quietTimes(flights))
        .keyBy(row -> ResultWriter.KEY)
        .process(new ResultWriter(output))
        .uid("results")
        .name("results");
  }

  private DataStream<Flight> flights(StreamExecutionEnvironment environment) {
    return environment
        .fromSource(source, FlightsSource.watermarks(), "flights", TypeInformation.of(Flight.class))
        .setParallelism(1)
        .uid("flights");
  }

  private static DataStream<ResultRow> routes(DataStream<Flight> flights) {
    return flights.keyBy(Flight::route).process(new RouteDelays()).uid("routes").name("routes");
  }

  private static DataStream<ResultRow> airportDays(DataStream<Flight> flights) {
    return flights
        .map(DepartureRun::of)
        // As parallel as the source, or flights would overtake one another on the way here.
        .setParallelism(1)
        .uid("departures")
        .name("departures")
        .keyBy(DepartureRun::airport)
        .window(TumblingEventTimeWindows.of(DAY))
        .reduce(DepartureRun::followedBy, new AirportDay())
        .uid("airport-days")
        .name("airport days");
  }

  private static DataStream<ResultRow> hours(DataStream<Flight> flights) {
    return flights.keyBy(Flight::origin).process(new HourDelays()).uid("hours").name("hours");
  }

  private static DataStream<ResultRow> quietTimes(DataStream<Flight> flights) {
    return flights
        .keyBy(Flight::origin)
        .process(new QuietTimes())
        .uid("quiet-times")
        .name("quiet times");
  }
}
