package io.basalt.statebackend.harness;

import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.state.KeyedStateHandle;

/**
 * A completed snapshot.
 *
 * @param pointer its directory, which is what a user restores from
 * @param contents what it must hold
 * @param <C> how a test writes down what a snapshot must hold
 */
public record Snapshot<C>(String pointer, C contents, OperatorState operatorState) {

  /** The same snapshot in another directory. */
  public Snapshot<C> at(Path directory) {
    return new Snapshot<>(directory.toUri().toString(), contents, operatorState);
  }

  /** What the subtasks reported. */
  public List<KeyedStateHandle> handles() {
    return operatorState.getStates().stream()
        .flatMap(state -> state.getManagedKeyedState().stream())
        .toList();
  }
}
