package io.basalt.statebackend.exchange;

import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.state.KeyedStateHandle;

/**
 * A completed snapshot.
 *
 * @param pointer its directory, which is what a user restores from
 * @param contents what it must hold
 */
record Snapshot(String pointer, Contents contents, OperatorState operatorState) {

  /** The same snapshot in another directory. */
  Snapshot at(Path directory) {
    return new Snapshot(directory.toUri().toString(), contents, operatorState);
  }

  /** What the subtasks reported. */
  List<KeyedStateHandle> handles() {
    return operatorState.getStates().stream()
        .flatMap(state -> state.getManagedKeyedState().stream())
        .toList();
  }
}
