package io.basalt.statebackend.peer;

import org.apache.flink.api.common.functions.AggregateFunction;

/** Texts one behind the other. */
final class Concatenation implements AggregateFunction<String, String, String> {

  @Override
  public String createAccumulator() {
    return "";
  }

  @Override
  public String add(String value, String accumulator) {
    return accumulator + value;
  }

  @Override
  public String getResult(String accumulator) {
    return accumulator;
  }

  @Override
  public String merge(String left, String right) {
    return left + right;
  }
}
