package io.basalt.statebackend.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.program.Model.Cell;
import io.basalt.statebackend.program.Model.Stamped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;

/**
 * Iterations over maps that go on little by little while the program writes, to the same map too.
 *
 * <p>What an iterator owes: the entries that nobody has touched since it began, each once, with
 * their values, in the order of their bytes. A touched one may be shown as it was or as it is.
 */
final class MapWalks {

  private static final int MOST_OPEN = 3;

  private final Execution execution;
  private final List<Walk> open = new ArrayList<>();

  MapWalks(Execution execution) {
    this.execution = execution;
  }

  private static final class Walk {
    final StateDefinition state;
    final Cell cell;
    final Iterator<Map.Entry<Object, Object>> iterator;
    final TreeMap<Bytes, Stamped> begun;
    final Set<Bytes> touched = new HashSet<>();
    Bytes last;

    Walk(
        StateDefinition state,
        Cell cell,
        Iterator<Map.Entry<Object, Object>> iterator,
        Map<Bytes, Stamped> begun) {
      this.state = state;
      this.cell = cell;
      this.iterator = iterator;
      this.begun = new TreeMap<>(begun);
    }

    /** Whether an entry that must be shown lies before the key, or anywhere if it is null. */
    boolean hasSkippedOneBefore(Bytes key) {
      NavigableMap<Bytes, Stamped> rest = last == null ? begun : begun.tailMap(last, false);
      NavigableMap<Bytes, Stamped> skipped = key == null ? rest : rest.headMap(key, false);
      return !touched.containsAll(skipped.keySet());
    }
  }

  void open(Random random) throws Exception {
    List<StateDefinition> maps =
        execution.definition().states().stream()
            .filter(state -> state.kind() == StateDefinition.Kind.MAP && !state.expires())
            .toList();
    if (maps.isEmpty() || open.size() == MOST_OPEN || !execution.isOnBasalt()) {
      return;
    }
    StateDefinition state = maps.get(random.nextInt(maps.size()));
    Cell cell = execution.cell(state, random);
    Place place = execution.place(state, cell, random);
    place.log("a walk begins");
    MapState<Object, Object> map = place.as();
    open.add(
        new Walk(state, cell, map.iterator(), MapActions.entries(execution.model().get(cell))));
  }

  void goOn(Random random) throws Exception {
    if (open.isEmpty()) {
      return;
    }
    int chosen = random.nextInt(open.size());
    Walk walk = open.get(chosen);
    // The key of the iteration does not have to be the current one.
    for (int count = random.nextInt(150); count >= 0; count--) {
      if (!walk.iterator.hasNext()) {
        assertThat(walk.hasSkippedOneBefore(null)).as("end of walk over %s", walk.cell).isFalse();
        execution.journal().add(walk.cell + " the walk ends");
        open.remove(chosen);
        return;
      }
      step(walk, random);
    }
    if (random.nextInt(10) == 0) {
      execution.journal().add(walk.cell + " the walk is abandoned");
      open.remove(chosen);
    }
  }

  private void step(Walk walk, Random random) throws Exception {
    Map.Entry<Object, Object> entry = walk.iterator.next();
    Bytes key = walk.state.userKeys().bytesOf(entry.getKey());
    assertThat(walk.last == null || walk.last.compareTo(key) < 0)
        .as("order of walk over %s: %s, then %s", walk.cell, walk.last, key)
        .isTrue();
    assertThat(walk.hasSkippedOneBefore(key))
        .as("skipped between %s and %s in %s", walk.last, key, walk.cell)
        .isFalse();
    if (walk.touched.isEmpty()) {
      Stamped expected = walk.begun.get(key);
      assertThat(expected).as("entry %s of %s", key, walk.cell).isNotNull();
      Object value = entry.getValue();
      assertThat(value == null ? null : walk.state.values().bytesOf(value))
          .as("value of %s of %s", key, walk.cell)
          .isEqualTo(expected.value());
    } else {
      execution.coverage().count(Coverage.Event.MAP_WALK_OVER_WRITES);
      assertThat(walk.begun.containsKey(key) || walk.touched.contains(key))
          .as("entry %s of %s", key, walk.cell)
          .isTrue();
    }
    walk.last = key;
    change(walk, entry, key, random);
  }

  private void change(Walk walk, Map.Entry<Object, Object> entry, Bytes key, Random random) {
    Object before = execution.model().get(walk.cell);
    TreeMap<Bytes, Stamped> after = new TreeMap<>(MapActions.entries(before));
    switch (random.nextInt(20)) {
      case 0 -> {
        execution.journal().add(walk.cell + " the walk removes " + key);
        walk.iterator.remove();
        after.remove(key);
      }
      case 1 -> {
        int number = random.nextInt(Domain.SMALL);
        execution.journal().add(walk.cell + " the walk sets " + key + " to " + number);
        entry.setValue(walk.state.values().object(number));
        after.put(key, new Stamped(walk.state.values().bytes(number), execution.now()));
      }
      default -> {
        return;
      }
    }
    execution.changed(walk.state, walk.cell, before, after.isEmpty() ? null : after);
  }

  /** The entries that differ are touched, for everybody who walks over them. */
  void changed(Cell cell, Object before, Object after) {
    if (open.stream().noneMatch(walk -> walk.cell.equals(cell))) {
      return;
    }
    Map<Bytes, Stamped> old = MapActions.entries(before);
    Map<Bytes, Stamped> now = MapActions.entries(after);
    Set<Bytes> touched = new HashSet<>();
    old.forEach(
        (key, entry) -> {
          if (!Objects.equals(entry, now.get(key))) {
            touched.add(key);
          }
        });
    now.keySet().stream().filter(key -> !old.containsKey(key)).forEach(touched::add);
    for (Walk walk : open) {
      if (walk.cell.equals(cell)) {
        walk.touched.addAll(touched);
      }
    }
  }

  void abandon() {
    open.clear();
  }
}
