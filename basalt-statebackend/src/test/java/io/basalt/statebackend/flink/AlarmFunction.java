package io.basalt.statebackend.flink;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Sets an event-time and a processing-time timer for each number and says when they go off. */
final class AlarmFunction extends KeyedProcessFunction<Integer, Integer, String> {

  private transient ValueState<Long> seen;

  @Override
  public void open(OpenContext context) {
    seen =
        getRuntimeContext().getState(new ValueStateDescriptor<>("seen", LongSerializer.INSTANCE));
  }

  @Override
  public void processElement(Integer number, Context context, Collector<String> out)
      throws Exception {
    seen.update(number * 10L);
    context.timerService().registerEventTimeTimer(number);
    context.timerService().registerProcessingTimeTimer(number);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<String> out)
      throws Exception {
    out.collect(
        alarm(context.getCurrentKey(), context.timeDomain().name(), timestamp, seen.value()));
  }

  /** What the function says when the timer of a key goes off. */
  static String alarm(int key, String domain, long timestamp, Long seen) {
    return "%s of %d at %d, seen %d".formatted(domain, key, timestamp, seen);
  }
}
