package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.LIST;
import static io.basalt.statebackend.state.OperatorOfStates.MAP;
import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
import static io.basalt.statebackend.state.OperatorOfStates.keys;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.OperatorSubtask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;

/**
 * What a source gives that can be read again from any position, and what states hold that have got
 * each event up to a position exactly once.
 */
final class CountedEvents {

  private static final int KEYS = 600;
  private static final int MAP_KEYS = 20;

  /** What an event does to the states of its key. */
  private enum Kind {
    COUNT,
    APPEND,
    PUT,
    FORGET_COUNT,
    FORGET_LIST,
    FORGET_MAP
  }

  private static final int PERCENT_OF_REMOVALS = 6;

  private record Event(long position, long key, Kind kind) {}

  private final long seed;
  private final Map<Long, Long> counts = new HashMap<>();
  private final Map<Long, List<Long>> lists = new HashMap<>();
  private final Map<Long, Map<Integer, Long>> maps = new HashMap<>();
  private long position;

  CountedEvents(long seed) {
    this.seed = seed;
  }

  private Event event(long at) {
    SplittableRandom random = new SplittableRandom(seed + at);
    // Some keys come again and again, most now and then.
    double skewed = Math.pow(random.nextDouble(), 3);
    Kind[] kinds = Kind.values();
    int first = random.nextInt(100) < PERCENT_OF_REMOVALS ? kinds.length / 2 : 0;
    return new Event(at, (long) (KEYS * skewed), kinds[first + random.nextInt(kinds.length / 2)]);
  }

  /** Moves the expectation on: each event up to there, without it. */
  void expectUpTo(long end) {
    for (; position < end; position++) {
      Event event = event(position);
      switch (event.kind()) {
        case COUNT -> counts.merge(event.key(), 1L, Long::sum);
        case APPEND -> lists.computeIfAbsent(event.key(), key -> new ArrayList<>()).add(position);
        case PUT ->
            maps.computeIfAbsent(event.key(), key -> new HashMap<>())
                .put((int) position % MAP_KEYS, position);
        case FORGET_COUNT -> counts.remove(event.key());
        case FORGET_LIST -> lists.remove(event.key());
        case FORGET_MAP -> maps.remove(event.key());
      }
    }
  }

  /** A task's states get the event at a position. */
  void process(OperatorSubtask<Long> subtask, long at) throws Exception {
    Event event = event(at);
    subtask.backend().setCurrentKey(event.key());
    ValueState<Long> value = state(subtask, VALUE);
    ListState<Long> list = state(subtask, LIST);
    MapState<Integer, Long> map = state(subtask, MAP);
    switch (event.kind()) {
      case COUNT -> {
        Long count = value.value();
        value.update(count == null ? 1 : count + 1);
      }
      case APPEND -> list.add(at);
      case PUT -> map.put((int) at % MAP_KEYS, at);
      case FORGET_COUNT -> value.clear();
      case FORGET_LIST -> list.clear();
      case FORGET_MAP -> map.clear();
    }
  }

  /** A task's states are what is expected. */
  void assertCountedBy(OperatorSubtask<Long> subtask) throws Exception {
    assertThat(keys(subtask, VALUE.getName())).hasSameElementsAs(counts.keySet());
    for (long key = 0; key < KEYS; key++) {
      subtask.backend().setCurrentKey(key);
      assertThat(state(subtask, VALUE).value()).as("count of %s", key).isEqualTo(counts.get(key));
      Iterable<Long> elements = state(subtask, LIST).get();
      List<Long> expected = lists.getOrDefault(key, List.of());
      assertThat(elements == null ? List.of() : elements).as("list of %s", key).isEqualTo(expected);
      Map<Integer, Long> entries = new HashMap<>();
      for (Map.Entry<Integer, Long> entry : state(subtask, MAP).entries()) {
        entries.put(entry.getKey(), entry.getValue());
      }
      assertThat(entries).as("map of %s", key).isEqualTo(maps.getOrDefault(key, Map.of()));
    }
  }
}
