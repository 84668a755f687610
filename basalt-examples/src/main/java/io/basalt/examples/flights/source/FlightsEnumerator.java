package io.basalt.examples.flights.source;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.jspecify.annotations.Nullable;

/**
 * Hands the split to the first reader that asks; whoever asks when there is none left is told to
 * finish. Runs on the JobManager, in Flink's coordinator thread.
 */
final class FlightsEnumerator implements SplitEnumerator<FlightsSplit, UnassignedSplits> {

  private final SplitEnumeratorContext<FlightsSplit> context;
  private final Queue<FlightsSplit> unassigned;

  FlightsEnumerator(
      SplitEnumeratorContext<FlightsSplit> context, Collection<FlightsSplit> unassigned) {
    this.context = context;
    this.unassigned = new ArrayDeque<>(unassigned);
  }

  @Override
  public void start() {
    // The readers ask by themselves.
  }

  @Override
  public void handleSplitRequest(int subtaskId, @Nullable String requesterHostname) {
    FlightsSplit split = unassigned.poll();
    if (split == null) {
      context.signalNoMoreSplits(subtaskId);
    } else {
      // A reader finishes behind its split without being told to. A second message might reach it
      // after it has failed, and Flink would report the lost message as the cause.
      context.assignSplit(split, subtaskId);
    }
  }

  @Override
  public void addSplitsBack(List<FlightsSplit> splits, int subtaskId) {
    unassigned.addAll(splits);
  }

  @Override
  public void addReader(int subtaskId) {
    // A reader that was restored with its split needs none; one without asks.
  }

  @Override
  public UnassignedSplits snapshotState(long checkpointId) {
    return new UnassignedSplits(List.copyOf(unassigned));
  }

  @Override
  public void close() {
    // Holds nothing open.
  }
}
