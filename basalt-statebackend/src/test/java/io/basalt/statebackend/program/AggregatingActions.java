package io.basalt.statebackend.program;

/** Aggregating state. */
final class AggregatingActions extends AccumulatorActions {

  @Override
  int added(Integer old, int value) {
    return Functions.combine(old == null ? 0 : old, value);
  }

  @Override
  Object value(Place place, int number) {
    return number;
  }

  @Override
  int merged(int one, int other) {
    return Functions.merge(one, other);
  }
}
