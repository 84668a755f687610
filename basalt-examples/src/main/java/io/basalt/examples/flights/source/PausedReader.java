package io.basalt.examples.flights.source;

import io.basalt.examples.flights.record.Flight;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;

/**
 * A reader that makes a {@link Pause}. While it waits the task is idle, not blocked: checkpoints
 * are taken as ever, and a reader that is restored behind the place of the pause waits again. Task
 * thread only.
 */
final class PausedReader implements SourceReader<Flight, FlightsSplit> {

  private static final long LOOK_AGAIN_MILLIS = 100;

  /**
   * The task's own, and gone with it: a thread of the JVM's that was first used here would keep the
   * job's class loader for as long as the TaskManager lives.
   */
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  private final FlightsReader reader;
  private final Pause pause;
  private boolean over;

  PausedReader(FlightsReader reader, Pause pause) {
    this.reader = reader;
    this.pause = pause;
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Flight> output) throws IOException {
    return isWaiting() ? InputStatus.NOTHING_AVAILABLE : reader.pollNext(output);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    if (!isWaiting()) {
      return reader.isAvailable();
    }
    CompletableFuture<Void> nextLook = new CompletableFuture<>();
    var unused =
        clock.schedule(() -> nextLook.complete(null), LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    return nextLook;
  }

  /** Once the file has been seen, it is not looked for again with every flight. */
  private boolean isWaiting() {
    long read = reader.flightsRead();
    if (over || read < pause.at()) {
      return false;
    }
    over = pause.isOver();
    return !over;
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
    clock.shutdownNow();
    reader.close();
  }
}
