package io.basalt.statebackend.flink;

import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.runtime.TupleSerializer;

/** The mean of numbers, its accumulator their sum and count. */
final class Mean implements AggregateFunction<Long, Tuple2<Long, Long>, Double> {

  @SuppressWarnings("unchecked") // A class literal cannot carry type arguments.
  static TypeSerializer<Tuple2<Long, Long>> accumulatorSerializer() {
    return new TupleSerializer<>(
        (Class<Tuple2<Long, Long>>) (Class<?>) Tuple2.class,
        new TypeSerializer<?>[] {LongSerializer.INSTANCE, LongSerializer.INSTANCE});
  }

  @Override
  public Tuple2<Long, Long> createAccumulator() {
    return Tuple2.of(0L, 0L);
  }

  @Override
  public Tuple2<Long, Long> add(Long value, Tuple2<Long, Long> accumulator) {
    return Tuple2.of(accumulator.f0 + value, accumulator.f1 + 1);
  }

  @Override
  public Double getResult(Tuple2<Long, Long> accumulator) {
    return accumulator.f0 / (double) accumulator.f1;
  }

  @Override
  public Tuple2<Long, Long> merge(Tuple2<Long, Long> left, Tuple2<Long, Long> right) {
    return Tuple2.of(left.f0 + right.f0, left.f1 + right.f1);
  }
}
