package io.basalt.examples.flights.functions;

import io.basalt.examples.flights.output.ResultFile;
import io.basalt.examples.flights.output.ResultRow;
import io.basalt.examples.flights.record.DelaySummary;
import io.basalt.examples.flights.record.DepartureTime;
import io.basalt.examples.flights.record.Flight;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * How late an airport's departures are in each hour of the day, emitted at the end of the input.
 *
 * <p>A map state by hour: a departure reads and writes the one entry of its hour, never all 24.
 */
public final class HourDelays extends KeyedProcessFunction<String, Flight, ResultRow> {

  private transient MapState<Integer, DelaySummary> delaysByHour;

  @Override
  public void open(OpenContext openContext) {
    delaysByHour =
        getRuntimeContext()
            .getMapState(
                new MapStateDescriptor<>("delays-by-hour", Integer.class, DelaySummary.class));
  }

  @Override
  public void processElement(Flight flight, Context context, Collector<ResultRow> rows)
      throws Exception {
    int hour = DepartureTime.hour(flight.departure());
    DelaySummary summary = delaysByHour.get(hour);
    if (summary == null) {
      // Set again for every new hour: it is one timer all the same.
      context.timerService().registerEventTimeTimer(DepartureTime.END_OF_INPUT);
      summary = DelaySummary.NONE;
    }
    delaysByHour.put(hour, summary.plus(flight.delayMinutes()));
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<ResultRow> rows)
      throws Exception {
    for (Map.Entry<Integer, DelaySummary> entry : delaysByHour.entries()) {
      DelaySummary summary = entry.getValue();
      rows.collect(
          ResultRow.of(
              ResultFile.HOURS,
              context.getCurrentKey(),
              entry.getKey(),
              summary.flights(),
              summary.meanMinutes()));
    }
    delaysByHour.clear();
  }
}
