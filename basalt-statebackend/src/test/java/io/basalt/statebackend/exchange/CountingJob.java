package io.basalt.statebackend.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Sums numbers by key and counts them by remainder. The results come out of a timer that a key's
 * first number sets for the end of the input: state or timers that are lost on the way are missing
 * in the results, and those restored twice are counted twice.
 */
final class CountingJob {

  private static final long NUMBERS = 20_000;

  private static final long KEYS = 13;

  private static final long REMAINDERS = 5;

  /** So few that the input cannot end before the job is stopped. */
  private static final int NUMBERS_PER_CHECKPOINT = 100;

  private CountingJob() {}

  /** How the job reads and writes its state. */
  enum Access {
    /** Calls that return when it is done. */
    SYNCHRONOUS,
    /** Futures of State V2, over a backend that knows nothing of them. */
    ASYNCHRONOUS
  }

  /** What fills the state without reaching the end of the input. */
  static DataStream<String> endless(StreamExecutionEnvironment environment, Access access) {
    return results(environment, RateLimiterStrategy.perCheckpoint(NUMBERS_PER_CHECKPOINT), access);
  }

  /** The same, but it gets to the end of the input. */
  static DataStream<String> ending(StreamExecutionEnvironment environment, Access access) {
    return results(environment, RateLimiterStrategy.noOp(), access);
  }

  private static DataStream<String> results(
      StreamExecutionEnvironment environment, RateLimiterStrategy<?> rate, Access access) {
    KeyedStream<Long, Long> numbers =
        environment
            .fromSource(
                new DataGeneratorSource<>(number -> number, NUMBERS, rate, Types.LONG),
                WatermarkStrategy.noWatermarks(),
                "numbers")
            .uid("numbers")
            .keyBy(number -> number % KEYS);
    return access == Access.ASYNCHRONOUS
        ? numbers.enableAsyncState().process(new AsynchronousCount()).uid("count")
        : numbers.process(new Count()).uid("count");
  }

  /** The results of a job that ran without any interruption. */
  static List<String> expectedResults() {
    List<String> results = new ArrayList<>();
    for (long key = 0; key < KEYS; key++) {
      long its = key;
      Map<Long, Long> counts = new TreeMap<>();
      LongStream.range(0, NUMBERS)
          .filter(number -> number % KEYS == its)
          .forEach(number -> counts.merge(number % REMAINDERS, 1L, Long::sum));
      long sum = LongStream.range(0, NUMBERS).filter(number -> number % KEYS == its).sum();
      results.add(result(key, sum, counts));
    }
    return results;
  }

  private static String result(long key, Long sum, Map<Long, Long> counts) {
    return key + ": " + sum + " " + new TreeMap<>(counts);
  }

  private static final class Count extends KeyedProcessFunction<Long, Long, String> {
    private transient ValueState<Long> sum;
    private transient MapState<Long, Long> counts;

    @Override
    public void open(OpenContext context) {
      sum = getRuntimeContext().getState(new ValueStateDescriptor<>("sum", Types.LONG));
      counts =
          getRuntimeContext()
              .getMapState(new MapStateDescriptor<>("counts", Types.LONG, Types.LONG));
    }

    @Override
    public void processElement(Long number, Context context, Collector<String> output)
        throws Exception {
      Long before = sum.value();
      if (before == null) {
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
      }
      sum.update(before == null ? number : before + number);
      Long count = counts.get(number % REMAINDERS);
      counts.put(number % REMAINDERS, count == null ? 1 : count + 1);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<String> output)
        throws Exception {
      Map<Long, Long> all = new TreeMap<>();
      counts.entries().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
      output.collect(result(context.getCurrentKey(), sum.value(), all));
    }
  }

  private static final class AsynchronousCount extends KeyedProcessFunction<Long, Long, String> {
    private transient org.apache.flink.api.common.state.v2.ValueState<Long> sum;
    private transient org.apache.flink.api.common.state.v2.MapState<Long, Long> counts;

    @Override
    public void open(OpenContext context) {
      sum =
          getRuntimeContext()
              .getState(
                  new org.apache.flink.api.common.state.v2.ValueStateDescriptor<>(
                      "sum", Types.LONG));
      counts =
          getRuntimeContext()
              .getMapState(
                  new org.apache.flink.api.common.state.v2.MapStateDescriptor<>(
                      "counts", Types.LONG, Types.LONG));
    }

    @Override
    public void processElement(Long number, Context context, Collector<String> output)
        throws Exception {
      sum.asyncValue()
          .thenCompose(
              before -> {
                if (before == null) {
                  context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
                }
                return sum.asyncUpdate(before == null ? number : before + number);
              })
          .thenCompose(updated -> counts.asyncGet(number % REMAINDERS))
          .thenCompose(
              count -> counts.asyncPut(number % REMAINDERS, count == null ? 1 : count + 1));
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<String> output)
        throws Exception {
      Long key = context.getCurrentKey();
      Map<Long, Long> all = new TreeMap<>();
      counts
          .asyncEntries()
          .thenCompose(
              entries ->
                  entries.onNext(
                      entry -> {
                        all.put(entry.getKey(), entry.getValue());
                      }))
          .thenCompose(done -> sum.asyncValue())
          .thenAccept(total -> output.collect(result(key, total, all)));
    }
  }
}
