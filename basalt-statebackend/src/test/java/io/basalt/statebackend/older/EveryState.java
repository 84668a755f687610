package io.basalt.statebackend.older;

import io.basalt.statebackend.harness.Observations;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keyed state of every kind, and timers. The first numbers of a key are put into it, the later ones
 * show what is there.
 *
 * <p>Compiled against older versions of Flink, too: states are asked for when they are needed,
 * since how a function is opened has changed.
 */
final class EveryState extends KeyedProcessFunction<Long, Long, String> {

  private static final long serialVersionUID = 1L;

  /** Long enough for the snapshot to be taken, and over when it is restored. */
  private static final long SOON_MILLISECONDS = 60_000;

  private final String job;

  EveryState(String job) {
    this.job = job;
  }

  @Override
  public void processElement(Long number, Context context, Collector<String> out) throws Exception {
    long key = context.getCurrentKey();
    if (number < OlderJob.STORED) {
      store(key, number);
      if (number < OlderJob.KEYS) {
        context.timerService().registerEventTimeTimer(1_000 + key);
        if (OlderJob.hasProcessingTimeTimer(key)) {
          context
              .timerService()
              .registerProcessingTimeTimer(
                  context.timerService().currentProcessingTime() + SOON_MILLISECONDS);
        }
      }
    } else {
      Observations.add(job, OlderJob.describe(key, contents()));
    }
  }

  private void store(long key, long number) throws Exception {
    Long before = value().value();
    value().update(before == null ? number : before + number);
    list().add("element " + number);
    map().put("entry " + number, number);
    reducing().add(number);
    aggregating().add(number);
    pojo().update(new Measurement(number, "key " + key, new double[] {number / 2.0, number}));
    expiring().update("expires " + number);
  }

  private Map<String, String> contents() throws Exception {
    Map<String, String> contents = new TreeMap<>();
    contents.put("value", String.valueOf(value().value()));
    StringBuilder elements = new StringBuilder();
    for (String element : list().get()) {
      elements.append(element).append(',');
    }
    contents.put("list", elements.toString());
    Map<String, Long> entries = new TreeMap<>();
    for (Map.Entry<String, Long> entry : map().entries()) {
      entries.put(entry.getKey(), entry.getValue());
    }
    contents.put("map", entries.toString());
    contents.put("reducing", String.valueOf(reducing().get()));
    contents.put("aggregating", String.valueOf(aggregating().get()));
    contents.put("pojo", String.valueOf(pojo().value()));
    contents.put("expiring", String.valueOf(expiring().value()));
    return contents;
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<String> out) {
    long key = context.getCurrentKey();
    Observations.add(
        job,
        context.timeDomain() == TimeDomain.EVENT_TIME
            ? OlderJob.describeEventTimeTimer(key, timestamp)
            : OlderJob.describeProcessingTimeTimer(key));
  }

  private ValueState<Long> value() {
    return getRuntimeContext().getState(new ValueStateDescriptor<>("value", Types.LONG));
  }

  private ListState<String> list() {
    return getRuntimeContext().getListState(new ListStateDescriptor<>("list", Types.STRING));
  }

  private MapState<String, Long> map() {
    return getRuntimeContext()
        .getMapState(new MapStateDescriptor<>("map", Types.STRING, Types.LONG));
  }

  private ReducingState<Long> reducing() {
    return getRuntimeContext()
        .getReducingState(new ReducingStateDescriptor<>("reducing", Long::sum, Types.LONG));
  }

  private AggregatingState<Long, Double> aggregating() {
    return getRuntimeContext()
        .getAggregatingState(
            new AggregatingStateDescriptor<>(
                "aggregating", new Average(), Types.TUPLE(Types.LONG, Types.INT)));
  }

  private ValueState<Measurement> pojo() {
    return getRuntimeContext()
        .getState(new ValueStateDescriptor<>("pojo", TypeInformation.of(Measurement.class)));
  }

  private ValueState<String> expiring() {
    ValueStateDescriptor<String> descriptor = new ValueStateDescriptor<>("expiring", Types.STRING);
    descriptor.enableTimeToLive(LongTimeToLive.configuration());
    return getRuntimeContext().getState(descriptor);
  }
}
