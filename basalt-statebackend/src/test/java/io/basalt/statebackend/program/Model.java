package io.basalt.statebackend.program;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the state of a running program must hold. */
final class Model {

  /** The place of what one state holds for a key and a namespace, each by its number. */
  record Cell(String state, int namespace, int key) {}

  /** A value and when it was last written, or read where that counts. */
  record Stamped(Bytes value, long time) {}

  /** One timer that is set. */
  record Alarm(String queue, int namespace, int key, long time) {}

  private final Map<Cell, Object> held;
  private final Set<Alarm> alarms;
  private final Map<String, Integer> versions;
  private final Map<String, TimeToLive> timesToLive;

  Model() {
    this(new HashMap<>(), new HashSet<>(), new HashMap<>(), new HashMap<>());
  }

  private Model(
      Map<Cell, Object> held,
      Set<Alarm> alarms,
      Map<String, Integer> versions,
      Map<String, TimeToLive> timesToLive) {
    this.held = held;
    this.alarms = alarms;
    this.versions = versions;
    this.timesToLive = timesToLive;
  }

  /** Which version of its serializer has written the state, see {@link NextVersion}. */
  int version(StateDefinition state) {
    return versions.getOrDefault(state.name(), 0);
  }

  /** From now on the next version writes the state. */
  void evolve(StateDefinition state) {
    versions.merge(state.name(), 1, Integer::sum);
  }

  /** How long the entries of a state live; as the definition of the program says at first. */
  TimeToLive timeToLive(StateDefinition state) {
    return timesToLive.getOrDefault(state.name(), state.timeToLive());
  }

  /** From now on they live as long. */
  void live(StateDefinition state, TimeToLive timeToLive) {
    timesToLive.put(state.name(), timeToLive);
  }

  /** What a cell holds; null for nothing. What it is says the kind of state; it is immutable. */
  Object get(Cell cell) {
    return held.get(cell);
  }

  void put(Cell cell, Object now) {
    if (now == null) {
      held.remove(cell);
    } else {
      held.put(cell, now);
    }
  }

  /** The cells that hold something, expired or not. */
  Set<Cell> cells() {
    return held.keySet();
  }

  /** Those of one state, in an order that is the same again. */
  List<Cell> cellsOf(StateDefinition state) {
    return held.keySet().stream()
        .filter(cell -> cell.state().equals(state.name()))
        .sorted(Comparator.comparing(Cell::toString))
        .toList();
  }

  /** Changes write through. */
  Set<Alarm> alarms() {
    return alarms;
  }

  /** What a snapshot taken now must hold. */
  Model copy(boolean withAlarms) {
    return new Model(
        new HashMap<>(held),
        withAlarms ? new HashSet<>(alarms) : new HashSet<>(),
        new HashMap<>(versions),
        new HashMap<>(timesToLive));
  }
}
