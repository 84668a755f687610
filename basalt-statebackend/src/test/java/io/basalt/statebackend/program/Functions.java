package io.basalt.statebackend.program;

import io.basalt.statebackend.program.StateDefinition.Answer;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.ReduceFunction;

/**
 * The functions of reducing and aggregating state: neither commutative nor associative, changing
 * their arguments and failing now and then. They compute with the numbers of objects, and so does
 * the model.
 */
final class Functions {

  /** Combining anything with this one fails. */
  static final int POISON = 29;

  private static final int MERGED = 3;

  private Functions() {}

  /** What comes of two accumulators, or of an accumulator and a value. */
  static int combine(int one, int other) {
    if (other == POISON) {
      throw new UserFailure();
    }
    return (7 * one + other + 1) % Domain.SMALL;
  }

  /** What comes of two accumulators of aggregating state. */
  static int merge(int one, int other) {
    return combine(one, other == POISON ? POISON : (other + MERGED) % Domain.SMALL);
  }

  static ReduceFunction<Object> reduce(StateDefinition definition) {
    Domain<Object> values = definition.values();
    return (one, other) ->
        answer(definition, one, other, values.numberOf(one), values.numberOf(other));
  }

  static AggregateFunction<Integer, Object, Object> aggregate(StateDefinition definition) {
    Domain<Object> values = definition.values();
    return new AggregateFunction<>() {
      @Override
      public Object createAccumulator() {
        return values.object(0);
      }

      @Override
      public Object add(Integer value, Object accumulator) {
        return answer(
            definition, accumulator, values.object(1), values.numberOf(accumulator), value);
      }

      /** The accumulator itself, which the caller then does with as it likes. */
      @Override
      public Object getResult(Object accumulator) {
        return accumulator;
      }

      @Override
      public Object merge(Object one, Object other) {
        int number = values.numberOf(other);
        int shifted = number == POISON ? POISON : (number + MERGED) % Domain.SMALL;
        return answer(definition, one, other, values.numberOf(one), shifted);
      }
    };
  }

  private static Object answer(
      StateDefinition definition, Object first, Object second, int one, int other) {
    Domain<Object> values = definition.values();
    if (other == POISON && definition.answer() != Answer.A_NEW_OBJECT) {
      // An argument half changed when the function fails must not be what is stored.
      values.spoil(first);
    }
    int number = combine(one, other);
    return switch (definition.answer()) {
      case A_NEW_OBJECT -> values.object(number);
      case ITS_FIRST_ARGUMENT_CHANGED -> values.become(first, number);
      case ITS_SECOND_ARGUMENT_CHANGED -> values.become(second, number);
    };
  }
}
