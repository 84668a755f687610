package io.basalt.statebackend.restore;

import io.basalt.statebackend.restore.HandleDescription.Kind;
import java.util.Optional;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;

/** One of the handles a restore was given: what the plan must know of it, and its name. */
record SnapshotHandle(KeyedStateHandle handle, HandleDescription description) {

  /**
   * Looks at a handle.
   *
   * @throws IllegalStateException if it is of a kind that cannot be restored here
   */
  static SnapshotHandle of(int index, KeyedStateHandle handle) {
    boolean sharesFiles =
        handle instanceof IncrementalKeyedStateHandle incremental
            && !incremental.getSharedStateHandles().isEmpty();
    return new SnapshotHandle(
        handle,
        new HandleDescription(index, kindOf(handle), handle.getKeyGroupRange(), sharesFiles, null));
  }

  private static Kind kindOf(KeyedStateHandle handle) {
    if (handle instanceof KeyGroupsStateHandle) {
      return Kind.CANONICAL;
    }
    if (handle instanceof IncrementalRemoteKeyedStateHandle) {
      return Kind.REMOTE_FILES;
    }
    if (handle instanceof IncrementalLocalKeyedStateHandle) {
      return Kind.LOCAL_FILES;
    }
    throw new IllegalStateException(
        "Cannot restore keyed state from a handle of the type "
            + handle.getClass().getName()
            + " ("
            + handle
            + "). Known are canonical savepoints of every state backend and the checkpoints and"
            + " native savepoints of the RocksDB backends: take a canonical savepoint with the"
            + " state backend that wrote this one, and restore from that.");
  }

  KeyGroupsStateHandle canonical() {
    return (KeyGroupsStateHandle) handle;
  }

  IncrementalKeyedStateHandle files() {
    return (IncrementalKeyedStateHandle) handle;
  }

  /** Names the snapshot in errors and in the log. */
  String name() {
    String keyGroups = " of key groups " + handle.getKeyGroupRange().prettyPrintInterval();
    if (handle instanceof KeyGroupsStateHandle canonical) {
      return "the canonical snapshot"
          + keyGroups
          + " ("
          + place(canonical.getDelegateStateHandle())
          + ")";
    }
    IncrementalKeyedStateHandle files = files();
    String place =
        handle instanceof IncrementalLocalKeyedStateHandle local
            ? local.getDirectoryStateHandle().getDirectory().toString()
            : place(files.getMetaDataStateHandle());
    return "checkpoint " + files.getCheckpointId() + keyGroups + " (" + place + ")";
  }

  private static String place(StreamStateHandle handle) {
    Optional<Path> path = handle.maybeGetPath();
    return path.isPresent() ? path.get().toString() : handle.toString();
  }
}
