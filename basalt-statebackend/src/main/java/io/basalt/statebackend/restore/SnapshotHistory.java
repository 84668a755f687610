package io.basalt.statebackend.restore;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;

/**
 * The incremental checkpoints that those to come may build on.
 *
 * <p>The name of an SST file says what is in it only within one history: two databases that were
 * opened from the same files both give the next number to files of their own.
 *
 * @param backend identifies the history
 * @param lastCompletedCheckpoint the checkpoint that was restored, or {@link #NO_CHECKPOINT}
 * @param sharedFiles the uploaded files that may be referred to, by checkpoint
 */
public record SnapshotHistory(
    UUID backend,
    long lastCompletedCheckpoint,
    SortedMap<Long, Collection<HandleAndLocalPath>> sharedFiles) {

  /** Stands for no checkpoint at all. */
  public static final long NO_CHECKPOINT = -1L;

  /** A history that begins now: nothing uploaded before may be referred to. */
  static SnapshotHistory begin() {
    return new SnapshotHistory(UUID.randomUUID(), NO_CHECKPOINT, Collections.emptySortedMap());
  }

  /** The history that the handle is the latest of. */
  static SnapshotHistory of(IncrementalKeyedStateHandle handle) {
    SortedMap<Long, Collection<HandleAndLocalPath>> shared = new TreeMap<>();
    shared.put(handle.getCheckpointId(), List.copyOf(handle.getSharedStateHandles()));
    return new SnapshotHistory(
        handle.getBackendIdentifier(),
        handle.getCheckpointId(),
        Collections.unmodifiableSortedMap(shared));
  }
}
