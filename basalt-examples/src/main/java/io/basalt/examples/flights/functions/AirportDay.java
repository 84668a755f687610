package io.basalt.examples.flights.functions;

import io.basalt.examples.flights.output.ResultFile;
import io.basalt.examples.flights.output.ResultRow;
import io.basalt.examples.flights.record.DepartureRun;
import io.basalt.examples.flights.record.DepartureTime;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Emits an airport's day when the watermark has passed midnight.
 *
 * <p>The day itself is a window whose departures have been joined one by one in a reducing state,
 * so that a day takes the space of one run however many departures it has.
 */
public final class AirportDay
    extends ProcessWindowFunction<DepartureRun, ResultRow, String, TimeWindow> {

  @Override
  public void process(
      String airport, Context context, Iterable<DepartureRun> days, Collector<ResultRow> rows) {
    for (DepartureRun day : days) {
      rows.collect(
          ResultRow.of(
              ResultFile.AIRPORT_DAYS,
              airport,
              DepartureTime.date(context.window().getStart()),
              day.departures(),
              day.late(),
              day.worstStreak()));
    }
  }
}
