package io.basalt.statebackend.program;

/** Reducing state. */
final class ReducingActions extends AccumulatorActions {

  @Override
  int added(Integer old, int value) {
    return old == null ? value : Functions.combine(old, value);
  }

  @Override
  Object value(Place place, int number) {
    return place.values().object(number);
  }

  @Override
  int merged(int one, int other) {
    return Functions.combine(one, other);
  }
}
