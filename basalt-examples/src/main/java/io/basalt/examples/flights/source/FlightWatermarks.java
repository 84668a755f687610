package io.basalt.examples.flights.source;

import io.basalt.examples.flights.record.Flight;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * A watermark each time the departures move on, just below the new one, since the next flight may
 * depart in the same minute. Flink's own strategies look at the wall clock instead and would let
 * days of event time pass between two watermarks at the speed a file is read.
 */
final class FlightWatermarks implements WatermarkGenerator<Flight> {

  private long lastDeparture = Long.MIN_VALUE;

  @Override
  public void onEvent(Flight flight, long departure, WatermarkOutput output) {
    if (departure > lastDeparture) {
      lastDeparture = departure;
      output.emitWatermark(new Watermark(departure - 1));
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    // Every watermark has been emitted with the flight that caused it.
  }
}
