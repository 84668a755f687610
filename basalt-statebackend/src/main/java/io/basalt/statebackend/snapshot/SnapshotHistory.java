package io.basalt.statebackend.snapshot;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * What the restore found out about earlier snapshots of the database.
 *
 * <p>Only a restore that goes on with the very files of one snapshot, under their local names and
 * for the same range of key groups, continues a history. Then RocksDB's manifest came along, and it
 * never gives a number away twice: the names of the snapshot's files go on to mean those files, and
 * every new file gets a name the snapshot does not have. A restore that builds a new database
 * (inserting entries, importing or clipping files) begins a new history, in which {@code
 * 000012.sst} may be anything: it gets a {@linkplain #fresh() fresh} identifier and no files.
 *
 * @param backendIdentifier names the history in the handles of its snapshots
 * @param lastCompletedCheckpointId the checkpoint restored from, or -1
 * @param sharedFiles the shared files of completed checkpoints, by checkpoint. Only those that the
 *     handle declares shared: private files, and with them everything in our savepoints, belong to
 *     one snapshot alone
 */
public record SnapshotHistory(
    UUID backendIdentifier,
    long lastCompletedCheckpointId,
    SortedMap<Long, ? extends Collection<HandleAndLocalPath>> sharedFiles) {

  /** The history of a database that is new. */
  public static SnapshotHistory fresh() {
    return new SnapshotHistory(UUID.randomUUID(), -1, Collections.emptySortedMap());
  }

  /** The shared files of the checkpoint restored from, by local name. */
  Map<String, StreamStateHandle> filesToContinue() {
    Map<String, StreamStateHandle> files = new HashMap<>();
    Collection<HandleAndLocalPath> restored = sharedFiles.get(lastCompletedCheckpointId);
    for (HandleAndLocalPath file : restored == null ? List.<HandleAndLocalPath>of() : restored) {
      files.put(file.getLocalPath(), file.getHandle());
    }
    return files;
  }
}
