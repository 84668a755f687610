package io.basalt.examples.flights.progress;

import java.util.Optional;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.jspecify.annotations.Nullable;

/**
 * How a job's checkpoints stand.
 *
 * @param completed how many have been completed, a savepoint included
 * @param restored how often the job was restored from one, the snapshot it started from included
 * @param stateBytes the size of the state in the last completed one
 * @param writtenBytes how much of that it wrote itself, not referring to earlier checkpoints
 * @param location where the last completed one is
 */
public record CheckpointStatus(
    long completed, long restored, long stateBytes, long writtenBytes, Optional<String> location) {

  /** Before the job has started. */
  public static final CheckpointStatus NONE = new CheckpointStatus(0, 0, 0, 0, Optional.empty());

  /** As Flink counts them; null while it has not begun to. */
  public static CheckpointStatus of(@Nullable CheckpointStatsSnapshot statistics) {
    if (statistics == null) {
      return NONE;
    }
    long completed = statistics.getCounts().getNumberOfCompletedCheckpoints();
    long restored = statistics.getCounts().getNumberOfRestoredCheckpoints();
    CompletedCheckpointStats last = statistics.getHistory().getLatestCompletedCheckpoint();
    if (last == null) {
      return new CheckpointStatus(completed, restored, 0, 0, Optional.empty());
    }
    return new CheckpointStatus(
        completed,
        restored,
        last.getStateSize(),
        last.getCheckpointedSize(),
        Optional.ofNullable(last.getExternalPath()));
  }
}
