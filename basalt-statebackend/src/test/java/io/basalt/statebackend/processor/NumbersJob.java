package io.basalt.statebackend.processor;

import io.basalt.statebackend.harness.Feed;
import io.basalt.statebackend.harness.Observations;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** A job that stores numbers, sets timers and has windows open, and shows what it has. */
final class NumbersJob {

  private NumbersJob() {}

  // Flink has other sources, but none that takes an iterator.
  @SuppressWarnings("deprecation")
  static void build(
      StreamExecutionEnvironment environment, Feed feed, String job, String statesUid) {
    environment.setMaxParallelism(Numbers.MAX_PARALLELISM);
    DataStream<Long> numbers = environment.fromCollection(feed, Types.LONG).uid("numbers");
    numbers.keyBy(Numbers::key, Types.LONG).process(new StoreAndShow(job)).uid(statesUid);
    numbers
        .keyBy(Numbers::key, Types.LONG)
        .countWindow(Numbers.WINDOW)
        .reduce(Long::sum)
        .uid(Numbers.WINDOWS_UID)
        .map(
            sum -> {
              Observations.add(job, Numbers.window(sum));
              return sum;
            },
            Types.LONG);
  }

  private static final class StoreAndShow extends KeyedProcessFunction<Long, Long, String> {

    private final String job;
    private transient Contents contents;

    StoreAndShow(String job) {
      this.job = job;
    }

    @Override
    public void open(OpenContext context) {
      contents = new Contents(getRuntimeContext());
    }

    @Override
    public void processElement(Long number, Context context, Collector<String> out)
        throws Exception {
      long key = context.getCurrentKey();
      if (number < Numbers.STORED) {
        contents.add(number);
        context.timerService().registerEventTimeTimer(Numbers.eventTimeTimer(key));
        context.timerService().registerProcessingTimeTimer(Numbers.processingTimeTimer(key));
      } else {
        Observations.add(job, contents.describe(key));
      }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<String> out) {
      Observations.add(job, Numbers.fired(context.getCurrentKey()));
    }
  }
}
