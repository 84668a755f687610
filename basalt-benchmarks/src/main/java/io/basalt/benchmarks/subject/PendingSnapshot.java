package io.basalt.benchmarks.subject;

import io.basalt.benchmarks.measure.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.runtime.state.CheckpointStorageLocation;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;

/**
 * A snapshot whose synchronous part is done.
 *
 * @param synchronous what the synchronous part took of the task thread
 */
public record PendingSnapshot(
    SnapshotKind kind,
    long id,
    CheckpointStorageLocation location,
    List<RunnableFuture<SnapshotResult<KeyedStateHandle>>> parts,
    Usage synchronous) {

  /**
   * Does the asynchronous part, on whatever thread calls it.
   *
   * @throws Exception if one subtask's part fails
   */
  public Finished run() throws Exception {
    Usage before = Usage.now();
    List<SnapshotResult<KeyedStateHandle>> results = new ArrayList<>();
    for (var part : parts) {
      part.run();
      results.add(part.get());
    }
    return new Finished(this, results, Usage.now().since(before));
  }

  /**
   * A snapshot that is written and that nobody knows of yet.
   *
   * @param asynchronous what the asynchronous part took of its thread
   */
  public record Finished(
      PendingSnapshot pending,
      List<SnapshotResult<KeyedStateHandle>> results,
      Usage asynchronous) {}
}
