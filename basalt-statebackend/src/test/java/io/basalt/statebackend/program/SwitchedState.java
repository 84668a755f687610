package io.basalt.statebackend.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.program.Coverage.Event;
import io.basalt.statebackend.program.Model.Cell;
import io.basalt.statebackend.program.Model.Stamped;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.AppendingState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;

/**
 * A state that has just been registered with another time to live than it was written with.
 *
 * <p>What had not expired when the snapshot was complete must be there, by the time to live of now.
 * What had may be there or be gone, and where the time to live of now shows it, nobody but the
 * state can say: it is read at once, and from then on it is for certain what was read.
 */
final class SwitchedState {

  private final Execution execution;
  private final StateDefinition before;
  private final StateDefinition after;
  private final long completed;

  /**
   * A state before and after it was switched.
   *
   * @param completed when the snapshot was complete that it comes from
   */
  SwitchedState(
      Execution execution, StateDefinition before, StateDefinition after, long completed) {
    this.execution = execution;
    this.before = before;
    this.after = after;
    this.completed = completed;
  }

  /** Entries that had no time have been accessed now, says Flink. */
  void everythingIsOfNow() {
    for (Cell cell : execution.model().cellsOf(after)) {
      Object held = execution.model().get(cell);
      execution.model().put(cell, ofNow(held));
    }
  }

  private Object ofNow(Object held) {
    return switch (after.kind()) {
      case LIST -> ListActions.elements(held).stream().map(this::stampedNow).toList();
      case MAP -> {
        TreeMap<Bytes, Stamped> entries = new TreeMap<>(MapActions.entries(held));
        entries.replaceAll((key, entry) -> stampedNow(entry));
        yield entries;
      }
      default -> stampedNow((Stamped) held);
    };
  }

  private Stamped stampedNow(Stamped entry) {
    return new Stamped(entry.value(), execution.now());
  }

  /** Reads every place where it is uncertain what is there. */
  void lookAtWhatHadExpired() throws Exception {
    for (Cell cell : execution.model().cellsOf(after)) {
      Object held = execution.model().get(cell);
      if (entries(held).stream().anyMatch(entry -> isUncertain(entry) && isShown(entry))) {
        Place place = execution.place(after, cell, new Random(0));
        place.log("is read to see what is left");
        Object found =
            switch (after.kind()) {
              case VALUE -> single(place, held, place.<ValueState<Object>>as().value());
              case LIST -> list(place, ListActions.elements(held));
              case MAP -> map(place, MapActions.entries(held));
              default -> single(place, held, place.<AppendingState<Object, Object>>as().get());
            };
        execution.changed(after, cell, held, found);
      }
    }
  }

  private List<Stamped> entries(Object held) {
    return switch (after.kind()) {
      case LIST -> ListActions.elements(held);
      case MAP -> List.copyOf(MapActions.entries(held).values());
      default -> List.of((Stamped) held);
    };
  }

  private boolean isUncertain(Stamped entry) {
    return before.isExpired(entry.time(), completed);
  }

  private boolean isShown(Stamped entry) {
    return !after.isExpired(entry.time(), execution.now());
  }

  /** Of a place whose only entry is uncertain. */
  private Object single(Place place, Object held, Object read) {
    if (read == null) {
      place.coverage().count(Event.EXPIRED_ENTRY_GONE);
      return null;
    }
    Stamped entry = (Stamped) held;
    StateActions.assertRead(place, read, entry.value(), "what had expired");
    place.coverage().count(Event.EXPIRED_ENTRY_SEEN_AGAIN);
    return StateActions.afterRead(place, entry);
  }

  private Object map(Place place, NavigableMap<Bytes, Stamped> held) throws Exception {
    TreeMap<Bytes, Bytes> read = new TreeMap<>();
    for (Map.Entry<Object, Object> entry : place.<MapState<Object, Object>>as().entries()) {
      read.put(after.userKeys().bytesOf(entry.getKey()), after.values().bytesOf(entry.getValue()));
    }
    TreeMap<Bytes, Stamped> found = new TreeMap<>();
    held.forEach(
        (key, entry) -> {
          Bytes value = read.remove(key);
          if (value != null) {
            assertThat(isShown(entry)).as("%s of %s is shown", key, place.cell()).isTrue();
            assertThat(value).as("%s of %s", key, place.cell()).isEqualTo(entry.value());
            found.put(key, StateActions.afterRead(place, entry));
          } else if (isShown(entry)) {
            assertThat(isUncertain(entry)).as("%s of %s is gone", key, place.cell()).isTrue();
          }
          if (isUncertain(entry) && isShown(entry)) {
            place
                .coverage()
                .count(value == null ? Event.EXPIRED_ENTRY_GONE : Event.EXPIRED_ENTRY_SEEN_AGAIN);
          }
        });
    assertThat(read).as("what else is in %s", place.cell()).isEmpty();
    return found.isEmpty() ? null : found;
  }

  /**
   * Of equal elements it cannot be told which are left, nor when they were written: the list is
   * written again.
   */
  private Object list(Place place, List<Stamped> held) throws Exception {
    ListState<Object> state = place.as();
    List<Object> objects = new ArrayList<>();
    Iterable<Object> read = state.get();
    if (read != null) {
      read.forEach(objects::add);
    }
    List<Bytes> values = objects.stream().map(after.values()::bytesOf).toList();
    List<Stamped> shown = held.stream().filter(this::isShown).toList();
    assertThat(mayBeLeftOf(shown, values))
        .as("%s is left in %s of %s", values, place.cell(), shown)
        .isTrue();
    place
        .coverage()
        .count(
            values.size() < shown.size()
                ? Event.EXPIRED_ENTRY_GONE
                : Event.EXPIRED_ENTRY_SEEN_AGAIN);
    place.log("update with the %d elements left".formatted(objects.size()));
    state.update(objects);
    return values.isEmpty()
        ? null
        : values.stream().map(value -> new Stamped(value, execution.now())).toList();
  }

  /** Whether the values are those of the elements in their order, but for some uncertain ones. */
  private boolean mayBeLeftOf(List<Stamped> elements, List<Bytes> values) {
    // How many of the values may be those of the elements so far.
    BitSet matched = new BitSet();
    matched.set(0);
    for (Stamped element : elements) {
      BitSet next = isUncertain(element) ? (BitSet) matched.clone() : new BitSet();
      matched.stream()
          .filter(count -> count < values.size() && values.get(count).equals(element.value()))
          .forEach(count -> next.set(count + 1));
      matched = next;
    }
    return matched.get(values.size());
  }
}
