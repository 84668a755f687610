package io.basalt.examples.flights.functions;

import io.basalt.examples.flights.output.ResultFile;
import io.basalt.examples.flights.output.ResultRow;
import io.basalt.examples.flights.record.DepartureTime;
import io.basalt.examples.flights.record.Flight;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The times at which nothing left an airport for six hours or more.
 *
 * <p>Each departure sets an alarm six hours ahead; the next one takes it back if it comes earlier.
 * So an alarm that fires <i>is</i> a quiet time, and nothing else is. A quiet time's row needs both
 * of its ends, which become known in either order:
 *
 * <ul>
 *   <li>The alarm fires first and the airport is quiet <i>since</i> the last departure, until the
 *       next one ends it. If none comes before the end of the input, it was no gap between two.
 *   <li>The next departure comes first although it is late enough, since watermarks follow the
 *       departures: exactly six hours later, or before the watermark has got there. It leaves the
 *       alarm alone and puts down when the quiet time will have ended.
 * </ul>
 *
 * <p>Either way the rows are the same, wherever the watermarks stand.
 */
public final class QuietTimes extends KeyedProcessFunction<String, Flight, ResultRow> {

  private static final Duration QUIET = Duration.ofHours(6);

  /** When the last flight left; none before the first. */
  private transient ValueState<Long> lastDeparture;

  /** Since when it has been quiet; none unless the alarm of the last departure has fired. */
  private transient ValueState<Long> quietSince;

  /** The ends of quiet times whose alarms are still to fire, by their starts. */
  private transient MapState<Long, Long> endsByStart;

  @Override
  public void open(OpenContext openContext) {
    lastDeparture =
        getRuntimeContext().getState(new ValueStateDescriptor<>("last-departure", Long.class));
    quietSince =
        getRuntimeContext().getState(new ValueStateDescriptor<>("quiet-since", Long.class));
    endsByStart =
        getRuntimeContext()
            .getMapState(new MapStateDescriptor<>("ends-by-start", Long.class, Long.class));
  }

  @Override
  public void processElement(Flight flight, Context context, Collector<ResultRow> rows)
      throws Exception {
    long departure = flight.departure();
    Long last = lastDeparture.value();
    if (last != null) {
      if (departure < alarmAfter(last)) {
        context.timerService().deleteEventTimeTimer(alarmAfter(last));
      } else {
        endQuietTime(last, departure, context, rows);
      }
    }
    context.timerService().registerEventTimeTimer(alarmAfter(departure));
    lastDeparture.update(departure);
  }

  @Override
  public void onTimer(long alarm, OnTimerContext context, Collector<ResultRow> rows)
      throws Exception {
    long start = alarm - QUIET.toMillis();
    Long end = endsByStart.get(start);
    if (end == null) {
      quietSince.update(start);
    } else {
      endsByStart.remove(start);
      rows.collect(row(context.getCurrentKey(), start, end));
    }
  }

  private void endQuietTime(long start, long end, Context context, Collector<ResultRow> rows)
      throws Exception {
    if (quietSince.value() == null) {
      endsByStart.put(start, end);
    } else {
      quietSince.clear();
      rows.collect(row(context.getCurrentKey(), start, end));
    }
  }

  private static long alarmAfter(long departure) {
    return departure + QUIET.toMillis();
  }

  private static ResultRow row(String airport, long start, long end) {
    return ResultRow.of(
        ResultFile.QUIET,
        airport,
        DepartureTime.format(start),
        DepartureTime.format(end),
        Duration.ofMillis(end - start).toMinutes());
  }
}
