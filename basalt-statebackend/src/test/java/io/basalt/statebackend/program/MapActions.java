package io.basalt.statebackend.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.program.Model.Stamped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;

/** Map state, whose entries come in the byte order of their keys. */
final class MapActions extends StateActions {

  /** More than are read at once by an iterator. */
  private static final int MANY = 300;

  private static final int FEW_KEYS = 12;
  private static final int MANY_KEYS = 400;

  @Override
  Object act(Place place, Object held) throws Exception {
    MapState<Object, Object> state = place.as();
    TreeMap<Bytes, Stamped> entries = new TreeMap<>(entries(held));
    Domain<Object> userKeys = place.definition().userKeys();
    int number = place.random().nextInt(FEW_KEYS);
    Bytes key = userKeys.bytes(number);
    Object userKey = userKeys.object(number);
    switch (place.random().nextInt(20)) {
      case 0 -> {
        if (place.random().nextInt(3) == 0) {
          place.log("clear");
          state.clear();
          entries.clear();
        }
      }
      case 1, 2 -> {
        place.log("remove(%d)".formatted(number));
        state.remove(userKey);
        entries.remove(key);
      }
      case 3 -> putAll(place, state, entries, MANY_KEYS, MANY);
      case 4, 5 -> putAll(place, state, entries, FEW_KEYS, 5);
      case 6, 7, 8 -> {
        place.log("get(%d)".formatted(number));
        Object read = state.get(userKey);
        readEntry(place, entries, key, read);
      }
      case 9, 10 -> {
        place.log("contains(%d)".formatted(number));
        contains(place, state.contains(userKey), entries, key);
      }
      case 11 -> isEmpty(place, state, held);
      case 12, 13 -> {
        return read(place, held);
      }
      case 14 -> walk(place, state, entries);
      case 15 -> unwritable(place, state, userKey);
      default -> put(place, state, entries, number);
    }
    place.spoil(userKeys, userKey);
    return entries.isEmpty() ? null : entries;
  }

  private static void put(
      Place place, MapState<Object, Object> state, Map<Bytes, Stamped> entries, int userKey)
      throws Exception {
    Domain<Object> userKeys = place.definition().userKeys();
    Object key = userKeys.object(userKey);
    Integer number = anyValue(place);
    Object value = number == null ? null : place.values().object(number);
    place.log("put(%d, %s)".formatted(userKey, number));
    state.put(key, value);
    place.spoil(userKeys, key);
    place.spoil(place.values(), value);
    entries.put(userKeys.bytes(userKey), stamped(place, number));
  }

  private static void putAll(
      Place place,
      MapState<Object, Object> state,
      Map<Bytes, Stamped> entries,
      int numberOfKeys,
      int most)
      throws Exception {
    Domain<Object> userKeys = place.definition().userKeys();
    // By number first: objects of some domains have no equals.
    Map<Integer, Integer> numbers = new HashMap<>();
    for (int count = place.random().nextInt(most + 1); count > 0; count--) {
      numbers.put(place.random().nextInt(numberOfKeys), anyValue(place));
    }
    place.log("putAll(%s)".formatted(numbers));
    Map<Object, Object> objects = new HashMap<>();
    numbers.forEach(
        (key, value) -> {
          objects.put(userKeys.object(key), value == null ? null : place.values().object(value));
          entries.put(userKeys.bytes(key), stamped(place, value));
        });
    state.putAll(objects);
  }

  private static void unwritable(Place place, MapState<Object, Object> state, Object userKey) {
    Object unwritable = place.unwritable();
    if (unwritable != null) {
      assertRefused(place, "put", () -> state.put(userKey, unwritable));
      // What stock has written of it by then stays written.
      if (place.isOnBasalt()) {
        // The one that can be written comes first: it must not be written either.
        Map<Object, Object> some = new LinkedHashMap<>();
        some.put(place.definition().userKeys().object(1), place.values().object(1));
        some.put(place.definition().userKeys().object(0), unwritable);
        assertRefused(place, "putAll", () -> state.putAll(some));
      }
    }
  }

  private static void readEntry(Place place, Map<Bytes, Stamped> entries, Bytes key, Object read) {
    Stamped entry = entries.get(key);
    if (entry == null || isExpired(place, entry)) {
      assertRead(place, read, null, "get");
      entries.remove(key);
    } else {
      assertRead(place, read, entry.value(), "get");
      entries.put(key, afterRead(place, entry));
    }
  }

  private static void contains(
      Place place, boolean contained, Map<Bytes, Stamped> entries, Bytes key) {
    Stamped entry = entries.get(key);
    boolean live = entry != null && !isExpired(place, entry);
    assertThat(contained).as("contains of %s", place.cell()).isEqualTo(live);
    if (live) {
      entries.put(key, afterRead(place, entry));
    } else {
      entries.remove(key);
    }
  }

  private void isEmpty(Place place, MapState<Object, Object> state, Object held) throws Exception {
    place.log("isEmpty");
    boolean empty = state.isEmpty();
    if (held == null) {
      assertThat(empty).as("isEmpty of %s", place.cell()).isTrue();
    } else if (isLive(place.definition(), held, place.now())) {
      assertThat(empty).as("isEmpty of %s", place.cell()).isFalse();
    }
  }

  /** Changes and removes entries through an iterator. */
  private static void walk(
      Place place, MapState<Object, Object> state, NavigableMap<Bytes, Stamped> entries)
      throws Exception {
    if (place.definition().expires()) {
      return;
    }
    place.log("walk, changing and removing");
    Domain<Object> userKeys = place.definition().userKeys();
    List<Bytes> seen = new ArrayList<>();
    List<Bytes> expected = new ArrayList<>(entries.keySet());
    Iterator<Map.Entry<Object, Object>> iterator = state.entries().iterator();
    while (iterator.hasNext()) {
      Map.Entry<Object, Object> entry = iterator.next();
      Bytes key = userKeys.bytesOf(entry.getKey());
      seen.add(key);
      Stamped held = entries.get(key);
      assertThat(held).as("entry %s of %s", key, place.cell()).isNotNull();
      assertRead(place, entry.getValue(), held.value(), "entry");
      switch (place.random().nextInt(6)) {
        case 0 -> {
          iterator.remove();
          entries.remove(key);
        }
        case 1 -> {
          int number = place.random().nextInt(Domain.SMALL);
          Object value = place.values().object(number);
          entry.setValue(value);
          place.spoil(place.values(), value);
          entries.put(key, stamped(place, number));
        }
        default -> {}
      }
    }
    assertEntries(place, seen, expected);
  }

  @Override
  Object read(Place place, Object held) throws Exception {
    int way = place.random().nextInt(3);
    place.log(List.of("entries", "keys", "values").get(way));
    MapState<Object, Object> state = place.as();
    TreeMap<Bytes, Stamped> live = new TreeMap<>();
    entries(held)
        .forEach(
            (key, entry) -> {
              if (!isExpired(place, entry)) {
                live.put(key, afterRead(place, entry));
              }
            });
    List<Bytes> keys = new ArrayList<>();
    List<Bytes> values = new ArrayList<>();
    switch (way) {
      case 0 -> {
        for (Map.Entry<Object, Object> entry : state.entries()) {
          keys.add(place.definition().userKeys().bytesOf(entry.getKey()));
          values.add(bytesOf(place, entry.getValue()));
          place.spoil(place.values(), entry.getValue());
        }
      }
      case 1 -> state.keys().forEach(it -> keys.add(place.definition().userKeys().bytesOf(it)));
      default -> state.values().forEach(it -> values.add(bytesOf(place, it)));
    }
    if (way < 2) {
      assertEntries(place, keys, new ArrayList<>(live.keySet()));
    }
    if (way != 1) {
      assertEntries(
          place, values, new ArrayList<>(live.values().stream().map(Stamped::value).toList()));
    }
    return live.isEmpty() ? null : live;
  }

  private static void assertEntries(Place place, List<Bytes> seen, List<Bytes> expected) {
    if (place.holdsBytes()) {
      assertThat(seen).as("entries of %s", place.cell()).isEqualTo(expected);
    } else {
      // The heap has an order of its own.
      assertThat(seen)
          .as("entries of %s", place.cell())
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Override
  boolean isLive(StateDefinition definition, Object held, long now) {
    return entries(held).values().stream().anyMatch(entry -> isLive(definition, entry, now));
  }

  // What the model holds of a map state.
  @SuppressWarnings("unchecked")
  static NavigableMap<Bytes, Stamped> entries(Object held) {
    return held == null ? new TreeMap<>() : (NavigableMap<Bytes, Stamped>) held;
  }

  /**
   * A value's number, or null for a null value: Flink's wrapper of expiring values takes none, nor
   * can a state start to expire that has one, and the heap's canonical savepoints do not either.
   */
  private static Integer anyValue(Place place) {
    return !place.definition().forHeap()
            && !place.definition().expires()
            && !place.definition().switchable()
            && place.random().nextInt(8) == 0
        ? null
        : (Integer) place.anyNumber();
  }

  private static Stamped stamped(Place place, Integer number) {
    return new Stamped(number == null ? null : place.values().bytes(number), place.now());
  }

  private static Bytes bytesOf(Place place, Object value) {
    return value == null ? null : place.values().bytesOf(value);
  }
}
