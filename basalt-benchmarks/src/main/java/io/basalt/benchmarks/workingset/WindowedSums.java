package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.subject.Subtask;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.internal.InternalAggregatingState;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * What Flink's window operator does to state: an accumulator by key and window, a timer at the end
 * of each, and when that fires a read and a clear. A record comes each millisecond of event time.
 */
final class WindowedSums implements Work {

  /** Records between two watermarks. */
  private static final int RECORDS_OF_WATERMARK = 256;

  private final long size;
  private final long slide;
  private final CheckpointableKeyedStateBackend<Long> backend;
  private final InternalAggregatingState<Long, TimeWindow, Long, Long, Long> sums;
  private final KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Long, TimeWindow>> timers;
  private long timestamp;
  private long fired;

  /**
   * @param size of a window in milliseconds
   * @param slide between the beginnings of two windows; the size, where windows tumble
   */
  // The backend gives the state of a descriptor by its public interface; its own is what operators
  // cast it to.
  @SuppressWarnings("unchecked")
  WindowedSums(Subtask<Long> subtask, long size, long slide) throws Exception {
    this.size = size;
    this.slide = slide;
    backend = subtask.backend();
    TimeWindow.Serializer windowSerializer = new TimeWindow.Serializer();
    AggregatingState<Long, Long> state =
        backend.getOrCreateKeyedState(
            windowSerializer,
            new AggregatingStateDescriptor<>("sums", new Sum(), LongSerializer.INSTANCE));
    sums = (InternalAggregatingState<Long, TimeWindow, Long, Long, Long>) state;
    timers =
        backend.create(
            "window-timers", new TimerSerializer<>(LongSerializer.INSTANCE, windowSerializer));
  }

  @Override
  public void on(long key) throws Exception {
    backend.setCurrentKey(key);
    long lastStart = TimeWindow.getWindowStartWithOffset(timestamp, 0, slide);
    for (long start = lastStart; start > timestamp - size; start -= slide) {
      TimeWindow window = new TimeWindow(start, start + size);
      sums.setCurrentNamespace(window);
      sums.add(1L);
      timers.add(new TimerHeapInternalTimer<>(window.maxTimestamp(), key, window));
    }
    if (++timestamp % RECORDS_OF_WATERMARK == 0) {
      advance(timestamp - 1);
    }
  }

  private void advance(long watermark) throws Exception {
    TimerHeapInternalTimer<Long, TimeWindow> timer = timers.peek();
    while (timer != null && timer.getTimestamp() <= watermark) {
      timers.poll();
      backend.setCurrentKey(timer.getKey());
      sums.setCurrentNamespace(timer.getNamespace());
      if (sums.get() == null) {
        throw new IllegalStateException("No sum in " + timer);
      }
      sums.clear();
      fired++;
      timer = timers.peek();
    }
  }

  /** Windows of keys that have fired so far. */
  long fired() {
    return fired;
  }

  private static final class Sum implements AggregateFunction<Long, Long, Long> {

    @Override
    public Long createAccumulator() {
      return 0L;
    }

    @Override
    public Long add(Long value, Long accumulator) {
      return accumulator + value;
    }

    @Override
    public Long getResult(Long accumulator) {
      return accumulator;
    }

    @Override
    public Long merge(Long left, Long right) {
      return left + right;
    }
  }
}
