package io.basalt.statebackend.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.exchange.Contents.Alarm;
import io.basalt.statebackend.exchange.Contents.Cell;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares a running job's state with what it must hold. */
final class ContentsCheck<K> {

  private final StateProgram<K> program;
  private final List<Subtask<K>> subtasks;
  private final Contents expected;

  ContentsCheck(StateProgram<K> program, List<Subtask<K>> subtasks, Contents expected) {
    this.program = program;
    this.subtasks = subtasks;
    this.expected = expected;
  }

  void holdsEverything() throws Exception {
    assertThat(values())
        .as("values")
        .containsExactlyInAnyOrderEntriesOf(valuesOfRegistered(state -> true));
    keyStreamsShowEveryKeyOnce();
    if (program.withTimers()) {
      timersComeOutInOrder();
    }
  }

  /** To be asked when the time to live of everything has passed. */
  void holdsNothingThatExpires() throws Exception {
    assertThat(values())
        .as("values after their time to live")
        .containsExactlyInAnyOrderEntriesOf(valuesOfRegistered(state -> !state.expires()));
  }

  /** What the interfaces promise of a queue beyond polling; stock's queues do not keep it. */
  void queuesShowEveryTimer() throws Exception {
    List<Alarm> iterated = new ArrayList<>();
    List<Alarm> byKeyGroup = new ArrayList<>();
    int size = 0;
    for (Subtask<K> subtask : subtasks) {
      for (TimerQueue<K, ?> queue : subtask.timers()) {
        iterated.addAll(queue.iterate(program::numberOf));
        byKeyGroup.addAll(queue.subsets(subtask.range(), program::numberOf));
        size += queue.size();
      }
    }
    Set<Alarm> alarms = program.withTimers() ? expected.alarms() : Set.of();
    assertThat(iterated).as("timers iterated").containsExactlyInAnyOrderElementsOf(alarms);
    assertThat(byKeyGroup).as("timers by key group").containsExactlyInAnyOrderElementsOf(alarms);
    assertThat(size).as("size of all queues").isEqualTo(alarms.size());
  }

  private Map<Cell, Object> values() throws Exception {
    Map<Cell, Object> values = new HashMap<>();
    for (int key = 0; key < program.numberOfKeys(); key++) {
      K current = program.keys().key(key);
      for (Subtask<K> subtask : subtasks) {
        if (subtask.owns(current)) {
          subtask.backend().setCurrentKey(current);
          readInto(values, subtask, key);
        }
      }
    }
    return values;
  }

  private void readInto(Map<Cell, Object> values, Subtask<K> subtask, int key) throws Exception {
    for (ProgramState<?, ?, ?> state : program.states()) {
      for (Object namespace : state.namespaces()) {
        Object value = state.readIn(subtask.backend(), namespace);
        if (value != null) {
          values.put(new Cell(state.name(), namespace, key), value);
        }
      }
    }
  }

  private Map<Cell, Object> valuesOfRegistered(Predicate<ProgramState<?, ?, ?>> which) {
    Set<String> names =
        program.states().stream().filter(which).map(ProgramState::name).collect(Collectors.toSet());
    Map<Cell, Object> values = new HashMap<>(expected.values());
    values.keySet().removeIf(cell -> !names.contains(cell.state()));
    return values;
  }

  private void keyStreamsShowEveryKeyOnce() {
    for (ProgramState<?, ?, ?> state : program.states()) {
      List<Cell> cells =
          expected.values().keySet().stream()
              .filter(cell -> cell.state().equals(state.name()))
              .toList();
      List<Cell> keysAndNamespaces = new ArrayList<>();
      List<Cell> keys = new ArrayList<>();
      for (Subtask<K> subtask : subtasks) {
        try (var stream = subtask.backend().<Object>getKeysAndNamespaces(state.name())) {
          stream.forEach(it -> keysAndNamespaces.add(cell(state, it.f1, it.f0)));
        }
        for (Object namespace : state.namespaces()) {
          try (Stream<K> stream = subtask.backend().getKeys(state.name(), namespace)) {
            stream.forEach(key -> keys.add(cell(state, namespace, key)));
          }
        }
      }
      assertThat(keys).as("keys of %s", state).containsExactlyInAnyOrderElementsOf(cells);
      assertThat(keysAndNamespaces)
          .as("keys and namespaces of %s", state)
          .containsExactlyInAnyOrderElementsOf(cells);
    }
  }

  private Cell cell(ProgramState<?, ?, ?> state, Object namespace, K key) {
    return new Cell(state.name(), namespace, program.numberOf(key));
  }

  private void timersComeOutInOrder() {
    List<Alarm> all = new ArrayList<>();
    for (Subtask<K> subtask : subtasks) {
      for (TimerQueue<K, ?> queue : subtask.timers()) {
        List<Alarm> drained = queue.drain(program::numberOf);
        assertThat(drained)
            .as("order of %s", queue.name())
            .isSortedAccordingTo(Comparator.comparingLong(Alarm::timestamp));
        all.addAll(drained);
      }
    }
    assertThat(all).as("timers").containsExactlyInAnyOrderElementsOf(expected.alarms());
  }
}
