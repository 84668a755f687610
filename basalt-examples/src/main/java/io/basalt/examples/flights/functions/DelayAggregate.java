package io.basalt.examples.flights.functions;

import io.basalt.examples.flights.record.DelaySummary;
import org.apache.flink.api.common.functions.AggregateFunction;

/** Adds delays, in minutes, to a summary of them. */
final class DelayAggregate implements AggregateFunction<Integer, DelaySummary, DelaySummary> {

  @Override
  public DelaySummary createAccumulator() {
    return DelaySummary.NONE;
  }

  @Override
  public DelaySummary add(Integer delayMinutes, DelaySummary summary) {
    return summary.plus(delayMinutes);
  }

  @Override
  public DelaySummary getResult(DelaySummary summary) {
    return summary;
  }

  @Override
  public DelaySummary merge(DelaySummary one, DelaySummary other) {
    return one.plus(other);
  }
}
