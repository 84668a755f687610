package io.basalt.statebackend.catalog;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.RelativeFileStateHandle;

/**
 * The incremental checkpoints of a database that those to come may build on.
 *
 * <p>The name of an SST file says what is in it only within one history: two databases that were
 * opened from the same files both give the next number to files of their own. A restore that opens
 * the very files of one snapshot builds on it; RocksDB's manifest came along, or was written from
 * those of several tasks with names that none of the files had before, and never gives a number
 * away twice, so that the names go on to mean those files, and no new file gets one. For the same
 * range of key groups the history goes on; after a rescale several tasks may start from the files
 * of one snapshot, and each {@linkplain #branchOf branches off}. Every other restore begins a
 * history.
 *
 * @param backendIdentifier identifies the history in the handles of its snapshots
 * @param lastCompletedCheckpoint the checkpoint that was restored, or {@link #NO_CHECKPOINT}
 * @param sharedFiles the uploaded files that may be referred to, by checkpoint: only those that the
 *     handle declares shared; private files, and with them everything in a savepoint, belong to one
 *     snapshot alone
 */
public record SnapshotHistory(
    UUID backendIdentifier,
    long lastCompletedCheckpoint,
    SortedMap<Long, ? extends Collection<HandleAndLocalPath>> sharedFiles) {

  /** Stands for no checkpoint at all. */
  public static final long NO_CHECKPOINT = -1L;

  /** A history that begins now: nothing uploaded before may be referred to. */
  public static SnapshotHistory begin() {
    return new SnapshotHistory(UUID.randomUUID(), NO_CHECKPOINT, Collections.emptySortedMap());
  }

  /** The history that the handle is the latest of. */
  public static SnapshotHistory of(IncrementalKeyedStateHandle handle) {
    return building(
        handle.getCheckpointId(), handle.getSharedStateHandles(), handle.getBackendIdentifier());
  }

  /**
   * A history of its own that starts from files of a checkpoint.
   *
   * @param files of any of its tasks, under the names they have got here
   */
  public static SnapshotHistory branchOf(long checkpoint, Collection<HandleAndLocalPath> files) {
    return building(checkpoint, files, UUID.randomUUID());
  }

  private static SnapshotHistory building(
      long checkpoint, Collection<HandleAndLocalPath> files, UUID backendIdentifier) {
    SortedMap<Long, Collection<HandleAndLocalPath>> shared = new TreeMap<>();
    shared.put(checkpoint, List.copyOf(files));
    return new SnapshotHistory(
        backendIdentifier, checkpoint, Collections.unmodifiableSortedMap(shared));
  }

  /**
   * The shared files of the checkpoint restored from that the next one may refer to, by local name.
   *
   * <p>Stock declares the files of a native savepoint shared, with handles relative to the
   * savepoint's directory. Flink 2.3 writes such a handle relative to the directory of whatever
   * snapshot refers to it, so a checkpoint that did could not be restored (FLINK-39964).
   */
  public Map<String, StreamStateHandle> filesToContinue() {
    Map<String, StreamStateHandle> files = new HashMap<>();
    Collection<HandleAndLocalPath> restored = sharedFiles.get(lastCompletedCheckpoint);
    for (HandleAndLocalPath file : restored == null ? List.<HandleAndLocalPath>of() : restored) {
      if (!(file.getHandle() instanceof RelativeFileStateHandle)) {
        files.put(file.getLocalPath(), file.getHandle());
      }
    }
    return files;
  }
}
