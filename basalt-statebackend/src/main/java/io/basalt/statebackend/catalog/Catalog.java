package io.basalt.statebackend.catalog;

import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.RegisteredStateMetaInfoBase;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The states of one operator in the order in which they came: restored ones first, then those the
 * job added. The order is that of the meta data in snapshots and so the identity of a state in a
 * canonical stream.
 *
 * <p>Task thread only; a snapshot copies what it needs in its synchronous part.
 */
public final class Catalog {

  private final Map<String, RegisteredState> states = new LinkedHashMap<>();

  /** The state of that name, or null. */
  public @Nullable RegisteredState find(String name) {
    return states.get(name);
  }

  /** All states, in order. */
  public Collection<RegisteredState> all() {
    return Collections.unmodifiableCollection(states.values());
  }

  /** Adds a state that was found in a snapshot and is not claimed yet. */
  public RegisteredState addRestored(Table table, StateMetaInfoSnapshot restored) {
    return add(new RegisteredState(table, restored));
  }

  /** Another snapshot says more of a state that was found in one and is not claimed yet. */
  public void describeRestored(StateMetaInfoSnapshot restored) {
    RegisteredState state = states.get(restored.getName());
    if (state == null || state.isClaimed()) {
      throw new IllegalStateException(
          "State '" + restored.getName() + "' is not one that nobody has registered yet.");
    }
    states.put(state.name(), new RegisteredState(state.table(), restored));
  }

  /** Adds a state that the job has registered for the first time. */
  public RegisteredState addNew(Table table, RegisteredStateMetaInfoBase metaInfo) {
    return add(new RegisteredState(table, metaInfo));
  }

  /** Forgets a state; its table is the caller's to drop. */
  public void remove(RegisteredState state) {
    states.remove(state.name());
  }

  /** The meta data of all states for a snapshot, in order; serializers are duplicated by Flink. */
  public List<StateMetaInfoSnapshot> metaInfoSnapshots() {
    List<StateMetaInfoSnapshot> snapshots = new ArrayList<>(states.size());
    for (RegisteredState state : states.values()) {
      snapshots.add(state.metaInfo().snapshot());
    }
    return snapshots;
  }

  /**
   * Refuses a name that no state may have.
   *
   * @throws IllegalStateException naming the state and the reason; of the type that Flink's RocksDB
   *     backend throws
   */
  public static void checkName(String name) {
    if (Database.DEFAULT_TABLE.equals(name)) {
      throw new IllegalStateException(
          "A state cannot be named '"
              + name
              + "': RocksDB reserves the column family of that name. Choose another name in the"
              + " state descriptor.");
    }
  }

  private RegisteredState add(RegisteredState state) {
    if (states.putIfAbsent(state.name(), state) != null) {
      throw new IllegalArgumentException("State '" + state.name() + "' is registered already.");
    }
    return state;
  }
}
