package io.basalt.statebackend.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.program.Model.Cell;
import io.basalt.statebackend.program.Model.Stamped;
import io.basalt.statebackend.program.StateDefinition.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.StateEntry;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.runtime.state.internal.InternalKvState.StateIncrementalVisitor;
import org.apache.flink.runtime.state.internal.InternalMergingState;

/** What is done to more than one key or namespace of a state at a time. */
final class WholeStateActions {

  private final Execution execution;

  WholeStateActions(Execution execution) {
    this.execution = execution;
  }

  /** Moves what some namespaces of a key hold into another one, as merging windows do. */
  void mergeNamespaces(Random random) throws Exception {
    StateDefinition state = any(random);
    boolean accumulates = state.kind() == Kind.REDUCING || state.kind() == Kind.AGGREGATING;
    // What stock does with failing functions and expired entries: DeliberateDifferencesTest.
    boolean merges =
        state.kind() == Kind.LIST || (accumulates && !state.expires() && execution.isOnBasalt());
    if (!merges) {
      return;
    }
    Cell target = withSomethingToMerge(state, random);
    List<Integer> sources = new ArrayList<>();
    for (int count = random.nextInt(4); count > 0; count--) {
      int source = random.nextInt(state.numberOfNamespaces());
      // A namespace merged into itself, or twice, is for Basalt alone to get right.
      if (execution.isOnBasalt() || (source != target.namespace() && !sources.contains(source))) {
        sources.add(source);
      }
    }
    Place place = execution.place(state, target, random);
    place.coverage().count(Coverage.Event.NAMESPACE_MERGE);
    InternalMergingState<Object, Object, ?, ?, ?> merging = place.as();
    List<Object> namespaces = sources.stream().map(state.namespaces()::object).toList();
    Object into = state.namespaces().object(target.namespace());
    Map<Cell, Object> after = new TreeMap<>(Comparator.comparing(Cell::toString));
    try {
      after.putAll(accumulates ? merged(place, target, sources) : joined(target, sources));
    } catch (UserFailure e) {
      place.log("mergeNamespaces of %s, which fails".formatted(sources));
      assertThatThrownBy(() -> merging.mergeNamespaces(into, namespaces))
          .hasStackTraceContaining(e.getMessage());
      return;
    }
    place.log("mergeNamespaces of %s".formatted(sources));
    merging.mergeNamespaces(into, namespaces);
    after.forEach(
        (cell, held) -> execution.changed(state, cell, execution.model().get(cell), held));
  }

  /** Any namespace of a key that holds something, if there is one. */
  private Cell withSomethingToMerge(StateDefinition state, Random random) {
    Cell any = execution.cell(state, random);
    List<Cell> held = execution.model().cellsOf(state);
    return held.isEmpty()
        ? any
        : new Cell(state.name(), any.namespace(), held.get(random.nextInt(held.size())).key());
  }

  private Map<Cell, Object> joined(Cell target, List<Integer> sources) {
    Map<Cell, Object> after = new HashMap<>();
    for (int source : sources) {
      Cell cell = new Cell(target.state(), source, target.key());
      List<Stamped> moved = new ArrayList<>(ListActions.elements(now(after, cell)));
      after.put(cell, null);
      if (!moved.isEmpty()) {
        List<Stamped> joined = new ArrayList<>(ListActions.elements(now(after, target)));
        joined.addAll(moved);
        after.put(target, joined);
      }
    }
    return after;
  }

  private Map<Cell, Object> merged(Place place, Cell target, List<Integer> sources) {
    AccumulatorActions actions = (AccumulatorActions) StateActions.of(place.definition().kind());
    Map<Cell, Object> after = new HashMap<>();
    Integer result = null;
    for (int source : sources) {
      Cell cell = new Cell(target.state(), source, target.key());
      Stamped moved = (Stamped) now(after, cell);
      if (moved != null) {
        after.put(cell, null);
        int number = AccumulatorActions.number(place, moved);
        result = result == null ? number : (Integer) actions.merged(result, number);
      }
    }
    if (result != null) {
      Stamped old = (Stamped) now(after, target);
      int number =
          old == null ? result : actions.merged(result, AccumulatorActions.number(place, old));
      after.put(target, new Stamped(place.values().bytes(number), place.now()));
    }
    return after;
  }

  private Object now(Map<Cell, Object> after, Cell cell) {
    return after.containsKey(cell) ? after.get(cell) : execution.model().get(cell);
  }

  /** Walks over everything a subtask has of a state, changing and removing on the way. */
  void visit(Random random) throws Exception {
    StateDefinition state = any(random);
    // Visitors tell the key group by the hash of the key.
    if (state.expires()
        || !execution.definition().keys().hasStableHash()
        || !execution.isOnBasalt()) {
      return;
    }
    OperatorSubtask<Object> subtask = anySubtask(random);
    execution.journal().add("visit " + state.name() + " of " + subtask.range());
    // What the visitor gives out depends on the kind of state, and so does what it takes back.
    @SuppressWarnings("unchecked")
    InternalKvState<Object, Object, Object> internal =
        (InternalKvState<Object, Object, Object>)
            execution.states().under(subtask, state, state.namespaces().object(0));
    StateIncrementalVisitor<Object, Object, Object> visitor =
        internal.getStateIncrementalVisitor(1 + random.nextInt(5));
    Set<Cell> expected = new HashSet<>();
    for (Cell cell : execution.model().cells()) {
      if (cell.state().equals(state.name()) && execution.ownerOf(cell.key()) == subtask) {
        expected.add(cell);
      }
    }
    Set<Cell> seen = new HashSet<>();
    while (visitor.hasNext()) {
      for (StateEntry<Object, Object, Object> entry : visitor.nextEntries()) {
        Cell cell = execution.cellOf(state, entry.getKey(), entry.getNamespace());
        assertThat(seen.add(cell)).as("%s visited once", cell).isTrue();
        execution.coverage().count(Coverage.Event.VISITED_ENTRY);
        Object held = execution.model().get(cell);
        assertThat(bytes(state, entry.getState())).as("visited %s", cell).isEqualTo(bytes(held));
        if (random.nextInt(5) == 0) {
          execution.journal().add(cell + " removed by the visitor");
          visitor.remove(entry);
          execution.changed(state, cell, held, null);
        } else if (random.nextInt(5) == 0 && state.kind() == Kind.VALUE) {
          int number = random.nextInt(Domain.SMALL);
          execution.journal().add(cell + " updated by the visitor: " + number);
          visitor.update(entry, state.values().object(number));
          execution.changed(
              state, cell, held, new Stamped(state.values().bytes(number), execution.now()));
        }
      }
    }
    assertThat(seen).as("visited of %s", state.name()).isEqualTo(expected);
  }

  /** A visited entry in the form of the model without times. */
  private static Object bytes(StateDefinition state, Object visited) {
    if (visited instanceof List<?> list && state.kind() == Kind.LIST) {
      return list.stream().map(state.values()::bytesOf).toList();
    }
    if (visited instanceof Map<?, ?> map && state.kind() == Kind.MAP) {
      Map<Bytes, Bytes> bytes = new TreeMap<>();
      map.forEach(
          (key, value) ->
              bytes.put(
                  state.userKeys().bytesOf(key),
                  value == null ? null : state.values().bytesOf(value)));
      return bytes;
    }
    return state.values().bytesOf(visited);
  }

  private static Object bytes(Object held) {
    if (held instanceof List<?> list) {
      return list.stream().map(element -> ((Stamped) element).value()).toList();
    }
    if (held instanceof Map<?, ?> map) {
      Map<Bytes, Bytes> bytes = new TreeMap<>();
      map.forEach((key, entry) -> bytes.put((Bytes) key, ((Stamped) entry).value()));
      return bytes;
    }
    return held == null ? null : ((Stamped) held).value();
  }

  /** Writes to every key that has a value, or clears it. */
  void applyToAllKeys(Random random) throws Exception {
    StateDefinition state = any(random);
    if (state.kind() != Kind.VALUE
        || state.expires()
        || !execution.definition().keys().hasStableHash()) {
      return;
    }
    OperatorSubtask<Object> subtask = anySubtask(random);
    int namespace = random.nextInt(state.numberOfNamespaces());
    int number = random.nextInt(Domain.SMALL);
    boolean clears = random.nextInt(4) == 0;
    execution
        .journal()
        .add(
            "applyToAllKeys of %s, namespace %d, %s: %s"
                .formatted(
                    state.name(), namespace, subtask.range(), clears ? "clear" : "" + number));
    execution.states().under(subtask, state, state.namespaces().object(namespace));
    Set<Cell> seen = new HashSet<>();
    // The descriptor is that of a value state.
    @SuppressWarnings("unchecked")
    StateDescriptor<ValueState<Object>, Object> descriptor =
        (StateDescriptor<ValueState<Object>, Object>)
            (StateDescriptor<? extends State, ?>) execution.states().descriptor(subtask, state);
    subtask
        .backend()
        .applyToAllKeys(
            state.namespaces().object(namespace),
            state.namespaces().serializer(),
            descriptor,
            (key, value) -> {
              Cell cell = execution.cellOf(state, key, state.namespaces().object(namespace));
              assertThat(seen.add(cell)).as("%s met once", cell).isTrue();
              if (clears) {
                value.clear();
              } else {
                value.update(state.values().object(number));
              }
            });
    Set<Cell> expected = new HashSet<>();
    for (Cell cell : execution.model().cells()) {
      if (cell.state().equals(state.name())
          && cell.namespace() == namespace
          && execution.ownerOf(cell.key()) == subtask) {
        expected.add(cell);
      }
    }
    assertThat(seen).as("keys of applyToAllKeys").isEqualTo(expected);
    Stamped written = new Stamped(state.values().bytes(number), execution.now());
    expected.forEach(
        cell ->
            execution.changed(state, cell, execution.model().get(cell), clears ? null : written));
  }

  private StateDefinition any(Random random) {
    List<StateDefinition> states = execution.definition().states();
    return states.get(random.nextInt(states.size()));
  }

  private OperatorSubtask<Object> anySubtask(Random random) {
    List<OperatorSubtask<Object>> subtasks = execution.operator().subtasks();
    return subtasks.get(random.nextInt(subtasks.size()));
  }
}
