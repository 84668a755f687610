package io.basalt.statebackend.program;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.program.Model.Stamped;
import org.apache.flink.api.common.state.AppendingState;
import org.apache.flink.runtime.state.internal.InternalAppendingState;

/** What reducing and aggregating state have in common. */
abstract class AccumulatorActions extends StateActions {

  /**
   * The number of the accumulator after a value was added.
   *
   * @param old the number of the accumulator before; null for none
   * @throws UserFailure if the user's function fails
   */
  abstract int added(Integer old, int value);

  /** The value that a program adds for a number. */
  abstract Object value(Place place, int number);

  /** The number of the accumulator that two are merged into. */
  abstract int merged(int one, int other);

  @Override
  Object act(Place place, Object held) throws Exception {
    AppendingState<Object, Object> state = place.as();
    switch (place.random().nextInt(12)) {
      case 0 -> {
        place.log("clear");
        state.clear();
        return null;
      }
      case 1 -> {
        return updateInternal(place, held);
      }
      case 2, 3, 4, 5 -> {
        return read(place, held);
      }
      default -> {
        return add(place, state, (Stamped) held);
      }
    }
  }

  private Object add(Place place, AppendingState<Object, Object> state, Stamped held)
      throws Exception {
    int number = place.random().nextInt(Domain.SMALL);
    Integer old = held == null || isExpired(place, held) ? null : number(place, held);
    Object value = value(place, number);
    int after;
    try {
      after = added(old, number);
    } catch (UserFailure e) {
      if (!place.holdsBytes()) {
        // The heap backend keeps a null after that, and its next snapshot fails.
        return held;
      }
      place.log("add(%d), which fails".formatted(number));
      place.coverage().count(Coverage.Event.USER_FAILURE);
      assertThatThrownBy(() -> state.add(value)).hasStackTraceContaining(e.getMessage());
      return held;
    }
    place.log("add(%d)".formatted(number));
    state.add(value);
    place.spoil(place.values(), value instanceof Integer ? null : value);
    return new Stamped(place.values().bytes(after), place.now());
  }

  /** As windows do that merge their contents. */
  private static Object updateInternal(Place place, Object held) throws Exception {
    if (place.definition().expires()) {
      return held;
    }
    int number = place.random().nextInt(Domain.SMALL);
    place.log("updateInternal(%d)".formatted(number));
    Object accumulator = place.values().object(number);
    place
        .<InternalAppendingState<Object, Object, Object, Object, Object>>as()
        .updateInternal(accumulator);
    place.spoil(place.values(), accumulator);
    return new Stamped(place.values().bytes(number), place.now());
  }

  @Override
  Object read(Place place, Object held) throws Exception {
    place.log("get");
    return readStamped(place, held, place.<AppendingState<Object, Object>>as().get(), "get");
  }

  @Override
  boolean isLive(StateDefinition definition, Object held, long now) {
    return isLive(definition, (Stamped) held, now);
  }

  static int number(Place place, Stamped held) {
    return place.values().numberOfBytes(held.value());
  }
}
