package io.basalt.examples.flights.functions;

import io.basalt.examples.flights.output.ResultFile;
import io.basalt.examples.flights.output.ResultRow;
import io.basalt.examples.flights.record.DelaySummary;
import io.basalt.examples.flights.record.DepartureTime;
import io.basalt.examples.flights.record.Flight;
import io.basalt.examples.flights.record.Route;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * How late the flights of a route are, emitted at the end of the input.
 *
 * <p>An aggregating state: delays go in, a summary is kept, and the sum of integers inside it stays
 * exact until the mean is taken once.
 */
public final class RouteDelays extends KeyedProcessFunction<Route, Flight, ResultRow> {

  private transient AggregatingState<Integer, DelaySummary> delays;

  @Override
  public void open(OpenContext openContext) {
    delays =
        getRuntimeContext()
            .getAggregatingState(
                new AggregatingStateDescriptor<>(
                    "delays", new DelayAggregate(), DelaySummary.class));
  }

  @Override
  public void processElement(Flight flight, Context context, Collector<ResultRow> rows)
      throws Exception {
    if (delays.get() == null) {
      context.timerService().registerEventTimeTimer(DepartureTime.END_OF_INPUT);
    }
    delays.add(flight.delayMinutes());
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<ResultRow> rows)
      throws Exception {
    Route route = context.getCurrentKey();
    DelaySummary summary = delays.get();
    rows.collect(
        ResultRow.of(
            ResultFile.ROUTES,
            route.origin(),
            route.destination(),
            summary.flights(),
            summary.meanMinutes(),
            summary.worstMinutes()));
    delays.clear();
  }
}
