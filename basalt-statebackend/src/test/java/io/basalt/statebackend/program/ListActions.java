package io.basalt.statebackend.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.program.Model.Stamped;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;

/** List state. */
final class ListActions extends StateActions {

  private static final int LONGEST = 200;

  @Override
  Object act(Place place, Object held) throws Exception {
    ListState<Object> state = place.as();
    Object unwritable = place.unwritable();
    List<Stamped> old = elements(held);
    switch (place.random().nextInt(12)) {
      case 0 -> {
        place.log("clear");
        state.clear();
        return null;
      }
      case 1 -> {
        if (unwritable != null) {
          assertRefused(place, "add", () -> state.add(unwritable));
          assertRefused(
              place, "addAll", () -> state.addAll(List.of(place.values().object(1), unwritable)));
          assertRefused(place, "update", () -> state.update(List.of(unwritable)));
        }
        return held;
      }
      case 2 -> {
        List<Integer> numbers = numbers(place, 4);
        place.log("update(%s)".formatted(numbers));
        List<Object> objects = objects(place, numbers);
        state.update(objects);
        spoil(place, objects);
        return numbers.isEmpty() ? null : joined(place, List.of(), numbers);
      }
      case 3, 4 -> {
        List<Integer> numbers = numbers(place, 4);
        place.log("addAll(%s)".formatted(numbers));
        List<Object> objects = objects(place, numbers);
        state.addAll(objects);
        spoil(place, objects);
        return numbers.isEmpty() ? held : joined(place, old, numbers);
      }
      case 5, 6, 7 -> {
        return read(place, held);
      }
      default -> {
        if (old.size() > LONGEST) {
          return held;
        }
        int number = place.anyNumber();
        place.log("add(%d)".formatted(number));
        Object element = place.values().object(number);
        state.add(element);
        place.spoil(place.values(), element);
        return joined(place, old, List.of(number));
      }
    }
  }

  @Override
  Object read(Place place, Object held) throws Exception {
    place.log("get");
    List<Object> objects = new ArrayList<>();
    Iterable<Object> read = place.<ListState<Object>>as().get();
    if (read != null) {
      read.forEach(objects::add);
    }
    List<Stamped> live = new ArrayList<>();
    for (Stamped element : elements(held)) {
      if (!isExpired(place, element)) {
        live.add(element);
      }
    }
    assertThat(objects.stream().map(place.values()::bytesOf).toList())
        .as("list of %s", place.cell())
        .isEqualTo(live.stream().map(Stamped::value).toList());
    spoil(place, objects);
    if (live.isEmpty()) {
      return null;
    }
    return place.definition().timeToLive().isRenewedByReads()
        ? live.stream().map(element -> afterRead(place, element)).toList()
        : held;
  }

  @Override
  boolean isLive(StateDefinition definition, Object held, long now) {
    return elements(held).stream().anyMatch(element -> isLive(definition, element, now));
  }

  // What the model holds of a list state.
  @SuppressWarnings("unchecked")
  static List<Stamped> elements(Object held) {
    return held == null ? List.of() : (List<Stamped>) held;
  }

  private static List<Stamped> joined(Place place, List<Stamped> old, List<Integer> numbers) {
    List<Stamped> joined = new ArrayList<>(old);
    for (int number : numbers) {
      joined.add(new Stamped(place.values().bytes(number), place.now()));
    }
    return List.copyOf(joined);
  }

  private static List<Object> objects(Place place, List<Integer> numbers) {
    return new ArrayList<>(numbers.stream().map(place.values()::object).toList());
  }

  private static void spoil(Place place, List<Object> objects) {
    objects.forEach(object -> place.spoil(place.values(), object));
    if (place.holdsBytes()) {
      objects.clear();
    }
  }
}
