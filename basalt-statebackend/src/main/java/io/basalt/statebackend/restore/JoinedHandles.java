package io.basalt.statebackend.restore;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.util.StateMigrationException;

/**
 * Handles whose files lie in one directory, and under which names. A handle whose files have all
 * been fetched is alone there, and its files have their own names.
 */
final class JoinedHandles {

  private final List<SnapshotHandle> snapshots = new ArrayList<>();
  private final List<SnapshotMetadata> metadata = new ArrayList<>();
  private final Map<Integer, Map<String, String>> names = new LinkedHashMap<>();

  /** Adds a handle all files of which are there. */
  void addWhole(SnapshotHandle snapshot, SnapshotMetadata head) {
    snapshots.add(snapshot);
    metadata.add(head);
  }

  /**
   * Adds a handle.
   *
   * @param chosen the names of its table files here, by those it has given them
   */
  void add(SnapshotHandle snapshot, SnapshotMetadata head, Map<String, String> chosen) {
    addWhole(snapshot, head);
    names.put(snapshot.description().index(), chosen);
  }

  /** Whether they are all files of one handle. */
  boolean isWhole() {
    return names.isEmpty();
  }

  /** Whether all of these are there. */
  boolean has(List<Integer> handles) {
    return snapshots.stream()
        .map(snapshot -> snapshot.description().index())
        .collect(Collectors.toSet())
        .containsAll(handles);
  }

  /** Names the snapshots in errors. */
  String description() {
    return snapshots.stream().map(SnapshotHandle::name).collect(Collectors.joining(" and "));
  }

  /**
   * The states of all of them.
   *
   * @throws StateMigrationException if two have the entries of one in different formats
   */
  List<StateMetaInfoSnapshot> states() throws StateMigrationException {
    Map<String, StateMetaInfoSnapshot> states = new LinkedHashMap<>();
    for (SnapshotMetadata head : metadata) {
      for (StateMetaInfoSnapshot state : head.states()) {
        StateMetaInfoSnapshot known = states.putIfAbsent(state.getName(), state);
        if (known != null) {
          states.put(state.getName(), StateAgreement.ofBoth(known, state));
        }
      }
    }
    return List.copyOf(states.values());
  }

  /** Verifies their table files. */
  void verify(Path directory, Verification verification) throws Exception {
    for (SnapshotHandle snapshot : snapshots) {
      Map<String, String> chosen = names.get(snapshot.description().index());
      if (chosen == null) {
        verification.of(snapshot).verifyAll(directory);
      } else {
        verification.of(snapshot).verify(chosen.values().stream().map(directory::resolve).toList());
      }
    }
  }

  /** Makes the verification of the files of one of them. */
  @FunctionalInterface
  interface Verification {
    TableFileVerification of(SnapshotHandle snapshot);
  }

  /**
   * The shared files that are there, of the handles of the first one's checkpoint, by their names
   * here.
   */
  List<HandleAndLocalPath> sharedFiles(List<Integer> handles) {
    List<HandleAndLocalPath> shared = new ArrayList<>();
    for (SnapshotHandle snapshot : snapshots) {
      if (handles.contains(snapshot.description().index())
          && snapshot.files().getCheckpointId() == checkpoint()) {
        Map<String, String> chosen = names.get(snapshot.description().index());
        for (HandleAndLocalPath file : snapshot.files().getSharedStateHandles()) {
          String name = chosen == null ? file.getLocalPath() : chosen.get(file.getLocalPath());
          if (name != null) {
            shared.add(HandleAndLocalPath.of(file.getHandle(), name));
          }
        }
      }
    }
    return shared;
  }

  /** The checkpoint of the first one. */
  long checkpoint() {
    return snapshots.get(0).files().getCheckpointId();
  }
}
