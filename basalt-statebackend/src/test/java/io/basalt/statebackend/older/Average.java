package io.basalt.statebackend.older;

import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.java.tuple.Tuple2;

/**
 * Sum and count of numbers.
 *
 * <p>Compiled against older versions of Flink, too.
 */
final class Average implements AggregateFunction<Long, Tuple2<Long, Integer>, Double> {

  private static final long serialVersionUID = 1L;

  @Override
  public Tuple2<Long, Integer> createAccumulator() {
    return Tuple2.of(0L, 0);
  }

  @Override
  public Tuple2<Long, Integer> add(Long value, Tuple2<Long, Integer> accumulator) {
    return Tuple2.of(accumulator.f0 + value, accumulator.f1 + 1);
  }

  @Override
  public Double getResult(Tuple2<Long, Integer> accumulator) {
    return accumulator.f0 / (double) accumulator.f1;
  }

  @Override
  public Tuple2<Long, Integer> merge(Tuple2<Long, Integer> a, Tuple2<Long, Integer> b) {
    return Tuple2.of(a.f0 + b.f0, a.f1 + b.f1);
  }
}
