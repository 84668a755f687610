package io.basalt.statebackend.exchange;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What a job's keyed state must hold: by key, named by its number, of every state. */
final class Contents {

  /** The place of one value. */
  record Cell(String state, Object namespace, int key) {}

  /** One timer that is set. */
  record Alarm(String queue, Object namespace, int key, long timestamp) {}

  private final Map<Cell, Object> values;
  private final Set<Alarm> alarms;

  Contents() {
    this(new HashMap<>(), new HashSet<>());
  }

  private Contents(Map<Cell, Object> values, Set<Alarm> alarms) {
    this.values = values;
    this.alarms = alarms;
  }

  /** The values by cell; a cell that holds nothing is not in it. Changes write through. */
  Map<Cell, Object> values() {
    return values;
  }

  /** Changes write through. */
  Set<Alarm> alarms() {
    return alarms;
  }

  /** What a snapshot taken now must hold, whatever happens to the job afterwards. */
  Contents copy() {
    return new Contents(new HashMap<>(values), new HashSet<>(alarms));
  }
}
