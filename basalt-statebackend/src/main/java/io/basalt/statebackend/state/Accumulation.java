package io.basalt.statebackend.state;

import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.ReduceFunction;
import org.jspecify.annotations.Nullable;

/**
 * How a user's function folds values into an accumulator; the common form of reducing (where the
 * accumulator is a value) and aggregating.
 *
 * @param <I> the type of what is added
 * @param <A> the type of the accumulator
 */
interface Accumulation<I, A> {

  /** The accumulator with the value added; it starts from null. May change its argument. */
  A add(@Nullable A accumulator, I value) throws Exception;

  /**
   * Both in one, or null for nothing: Flink's functions of states that expire return it where both
   * have expired. May change its arguments.
   */
  @Nullable A merge(A left, A right) throws Exception;

  static <V> Accumulation<V, V> of(ReduceFunction<V> function) {
    return new Accumulation<>() {
      @Override
      public V add(@Nullable V accumulator, V value) throws Exception {
        return accumulator == null ? value : function.reduce(accumulator, value);
      }

      @Override
      public @Nullable V merge(V left, V right) throws Exception {
        return function.reduce(left, right);
      }
    };
  }

  static <I, A> Accumulation<I, A> of(AggregateFunction<I, A, ?> function) {
    return new Accumulation<>() {
      @Override
      public A add(@Nullable A accumulator, I value) {
        return function.add(
            value, accumulator == null ? function.createAccumulator() : accumulator);
      }

      @Override
      public @Nullable A merge(A left, A right) {
        return function.merge(left, right);
      }
    };
  }
}
