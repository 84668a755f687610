package io.basalt.examples.flights.source;

import io.basalt.examples.flights.progress.RunProgress;
import io.basalt.examples.flights.record.Flight;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;

/**
 * A reader that fails its task as planned, each time only after a checkpoint has been completed
 * since the task was last started: so every recovery restores state, and flights read after the
 * checkpoint are read again. Where a checkpoint is slower than the reading, the reading waits.
 *
 * <p>Which failures are behind it is remembered in {@link RunProgress}, outside of the task, since
 * everything inside is reset by the recovery. Task thread only.
 */
final class InterruptedReader implements SourceReader<Flight, FlightsSplit> {

  private static final long NEVER = Long.MAX_VALUE;

  private final FlightsReader reader;
  private final Interruptions interruptions;
  private final RunProgress progress;
  private final CompletableFuture<Void> checkpointed = new CompletableFuture<>();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private final long failFrom;
  private long failAt = NEVER;

  InterruptedReader(FlightsReader reader, Interruptions interruptions, RunProgress progress) {
    this.reader = reader;
    this.interruptions = interruptions;
    this.progress = progress;
    int failures = progress.failures();
    List<Long> planned = interruptions.failAt();
    this.failFrom = failures < planned.size() ? planned.get(failures) : NEVER;
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Flight> output) throws IOException {
    long read = reader.flightsRead();
    if (isWaiting(read)) {
      return InputStatus.NOTHING_AVAILABLE;
    }
    if (read >= failFrom) {
      failIfDue(read);
    }
    return reader.pollNext(output);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    long read = reader.flightsRead();
    if (isWaitingForCheckpoint(read)) {
      return checkpointed;
    }
    return isAtHalt(read) ? stopped : reader.isAvailable();
  }

  private boolean isWaiting(long read) {
    if (isWaitingForCheckpoint(read)) {
      return true;
    }
    if (isAtHalt(read)) {
      progress.halted();
      return true;
    }
    return false;
  }

  /** A savepoint, too, can only be taken when all tasks run, as a completed checkpoint proves. */
  private boolean isWaitingForCheckpoint(long read) {
    return !checkpointed.isDone() && (read >= failFrom || isAtHalt(read));
  }

  private boolean isAtHalt(long read) {
    return interruptions.haltAtEnd() && read >= interruptions.end() && failFrom == NEVER;
  }

  private void failIfDue(long read) {
    if (failAt == NEVER) {
      failAt = Math.min(read + interruptions.fuse(), interruptions.end());
    }
    if (read >= failAt) {
      progress.failedAt(read);
      throw new InjectedFailureException(read);
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    reader.notifyCheckpointComplete(checkpointId);
    checkpointed.complete(null);
  }

  @Override
  public void start() {
    reader.start();
  }

  @Override
  public void addSplits(List<FlightsSplit> splits) {
    reader.addSplits(splits);
  }

  @Override
  public void notifyNoMoreSplits() {
    reader.notifyNoMoreSplits();
  }

  @Override
  public List<FlightsSplit> snapshotState(long checkpointId) {
    return reader.snapshotState(checkpointId);
  }

  @Override
  public void close() throws IOException {
    stopped.complete(null);
    reader.close();
  }
}
