package io.basalt.statebackend.program;

import io.basalt.statebackend.program.Model.Stamped;
import org.apache.flink.api.common.state.ValueState;

/** Value state. */
final class ValueActions extends StateActions {

  @Override
  Object act(Place place, Object held) throws Exception {
    ValueState<Object> state = place.as();
    Object unwritable = place.unwritable();
    switch (place.random().nextInt(10)) {
      case 0 -> {
        place.log("clear");
        state.clear();
        return null;
      }
      case 1 -> {
        place.log("update(null)");
        state.update(null);
        return null;
      }
      case 2 -> {
        if (unwritable != null) {
          assertRefused(place, "update", () -> state.update(unwritable));
        }
        return held;
      }
      case 3, 4, 5 -> {
        return read(place, held);
      }
      default -> {
        int number = place.anyNumber();
        Object value = place.values().object(number);
        place.log("update(%d)".formatted(number));
        state.update(value);
        place.spoil(place.values(), value);
        return new Stamped(place.values().bytes(number), place.now());
      }
    }
  }

  @Override
  Object read(Place place, Object held) throws Exception {
    place.log("value");
    return readStamped(place, held, place.<ValueState<Object>>as().value(), "value");
  }

  @Override
  boolean isLive(StateDefinition definition, Object held, long now) {
    return isLive(definition, (Stamped) held, now);
  }
}
