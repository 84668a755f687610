package io.basalt.statebackend.evolution;

import org.apache.flink.api.common.functions.AggregateFunction;

/** Adds numbers up in a value of some schema. */
record Sum(Schema schema) implements AggregateFunction<Integer, Object, Object> {

  @Override
  public Object createAccumulator() {
    return schema.value(0);
  }

  @Override
  public Object add(Integer number, Object accumulator) {
    return schema.value(schema.number(accumulator) + number);
  }

  @Override
  public Object getResult(Object accumulator) {
    return accumulator;
  }

  @Override
  public Object merge(Object one, Object other) {
    return schema.value(schema.number(one) + schema.number(other));
  }
}
