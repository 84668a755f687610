package io.basalt.statebackend.program;

import io.basalt.statebackend.harness.OperatorSubtask;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.internal.InternalKvState;

/**
 * The states of an operator's subtasks, each registered when it is used for the first time, so that
 * restored ones stay unclaimed for a while.
 */
final class OperatorStates {

  private final Map<OperatorSubtask<Object>, Map<String, StateDescriptor<?, ?>>> descriptors =
      new HashMap<>();
  private final Model model;

  /**
   * States of an operator that is open.
   *
   * @param model says which version of a state's serializer is in use
   */
  OperatorStates(Model model) {
    this.model = model;
  }

  /** The state of a subtask, with the namespace as its current one. */
  // A state of either type is the other too.
  @SuppressWarnings("unchecked")
  InternalKvState<Object, Object, ?> under(
      OperatorSubtask<Object> subtask, StateDefinition state, Object namespace) throws Exception {
    return (InternalKvState<Object, Object, ?>)
        subtask
            .backend()
            .getPartitionedState(
                namespace,
                state.namespaces().serializer(),
                (StateDescriptor<State, ?>) descriptor(subtask, state));
  }

  StateDescriptor<?, ?> descriptor(OperatorSubtask<Object> subtask, StateDefinition state) {
    return descriptors
        .computeIfAbsent(subtask, it -> new HashMap<>())
        .computeIfAbsent(state.name(), it -> create(state));
  }

  boolean isRegistered(OperatorSubtask<Object> subtask, StateDefinition state) {
    return descriptors.getOrDefault(subtask, Map.of()).containsKey(state.name());
  }

  private StateDescriptor<?, ?> create(StateDefinition state) {
    TypeSerializer<Object> values =
        NextVersion.of(state.values().serializer(), model.version(state));
    StateDescriptor<?, ?> descriptor =
        switch (state.kind()) {
          case VALUE -> new ValueStateDescriptor<>(state.name(), values);
          case LIST -> new ListStateDescriptor<>(state.name(), values);
          case MAP -> new MapStateDescriptor<>(state.name(), state.userKeys().serializer(), values);
          case REDUCING ->
              new ReducingStateDescriptor<>(state.name(), Functions.reduce(state), values);
          case AGGREGATING ->
              new AggregatingStateDescriptor<>(state.name(), Functions.aggregate(state), values);
        };
    if (state.expires()) {
      descriptor.enableTimeToLive(state.timeToLive().configuration());
    }
    return descriptor;
  }
}
