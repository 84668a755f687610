package io.basalt.statebackend.harness;

import java.nio.file.Path;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;

/** The files of checkpoint storage that handles refer to. */
final class StoredFiles {

  private StoredFiles() {}

  static void of(OperatorState state, Set<Path> files) {
    for (OperatorSubtaskState subtask : state.getStates()) {
      subtask.getManagedKeyedState().forEach(handle -> of(handle, files));
    }
  }

  static void of(KeyedStateHandle handle, Set<Path> files) {
    if (handle instanceof IncrementalRemoteKeyedStateHandle remote) {
      of(remote.getMetaDataStateHandle(), files);
      remote.getSharedState().stream()
          .map(HandleAndLocalPath::getHandle)
          .forEach(file -> of(file, files));
      remote.getPrivateState().stream()
          .map(HandleAndLocalPath::getHandle)
          .forEach(file -> of(file, files));
    } else if (handle instanceof KeyGroupsStateHandle keyGroups) {
      of(keyGroups.getDelegateStateHandle(), files);
    } else {
      throw new IllegalArgumentException("Not a snapshot in checkpoint storage: " + handle);
    }
  }

  static void of(StreamStateHandle file, Set<Path> files) {
    file.maybeGetPath().ifPresent(path -> files.add(Path.of(path.getPath())));
  }
}
