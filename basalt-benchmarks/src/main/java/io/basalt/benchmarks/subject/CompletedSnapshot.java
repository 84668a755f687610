package io.basalt.benchmarks.subject;

import io.basalt.benchmarks.measure.Usage;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;

/**
 * A snapshot that a job can be restored from.
 *
 * @param pointer the directory of its metadata, which outlives the process
 * @param results what the subtasks reported, local copies too
 */
public record CompletedSnapshot(
    String pointer,
    List<SnapshotResult<KeyedStateHandle>> results,
    Usage synchronous,
    Usage asynchronous) {

  /** Bytes that were written for it. */
  public long writtenBytes() {
    return handles().mapToLong(KeyedStateHandle::getCheckpointedSize).sum();
  }

  /** Bytes that it refers to. */
  public long stateBytes() {
    return handles().mapToLong(KeyedStateHandle::getStateSize).sum();
  }

  /** What the JobManager owns. */
  public Stream<KeyedStateHandle> handles() {
    return results.stream()
        .map(SnapshotResult::getJobManagerOwnedSnapshot)
        .filter(Objects::nonNull);
  }

  /** The copies for local recovery. */
  public Stream<KeyedStateHandle> localHandles() {
    return results.stream().map(SnapshotResult::getTaskLocalSnapshot).filter(Objects::nonNull);
  }
}
