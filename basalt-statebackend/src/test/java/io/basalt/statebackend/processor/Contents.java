package io.basalt.statebackend.processor;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/** Keyed state of every kind, as a function sees it. */
final class Contents {

  private final ValueState<Long> value;
  private final ListState<String> list;
  private final MapState<String, Long> map;
  private final ReducingState<Long> reducing;
  private final AggregatingState<Long, Long> counting;
  private final ValueState<String> expiring;

  /** To be called where a function is opened. */
  Contents(RuntimeContext context) {
    value = context.getState(new ValueStateDescriptor<>("value", Types.LONG));
    list = context.getListState(new ListStateDescriptor<>("list", Types.STRING));
    map = context.getMapState(new MapStateDescriptor<>("map", Types.STRING, Types.LONG));
    reducing =
        context.getReducingState(new ReducingStateDescriptor<>("reducing", Long::sum, Types.LONG));
    counting =
        context.getAggregatingState(
            new AggregatingStateDescriptor<>("counting", new Count(), Types.LONG));
    ValueStateDescriptor<String> descriptor = new ValueStateDescriptor<>("expiring", Types.STRING);
    descriptor.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofDays(1)).build());
    expiring = context.getState(descriptor);
  }

  /** Puts a number into every state of the current key. */
  void add(long number) throws Exception {
    value.update(number);
    list.add("element " + number);
    map.put("entry " + number, number);
    reducing.add(number);
    counting.add(number);
    expiring.update("expires " + number);
  }

  /** Every state of the current key. */
  String describe(long key) throws Exception {
    Map<String, Long> entries = new TreeMap<>();
    for (Map.Entry<String, Long> entry : map.entries()) {
      entries.put(entry.getKey(), entry.getValue());
    }
    return describe(
        key,
        value.value(),
        String.join(",", list.get()),
        entries,
        reducing.get(),
        counting.get(),
        expiring.value());
  }

  /** What {@link #describe} must say once these have been added. */
  static String expected(long key, long first, long second) {
    return describe(
        key,
        second,
        "element " + first + ",element " + second,
        new TreeMap<>(Map.of("entry " + first, first, "entry " + second, second)),
        first + second,
        2L,
        "expires " + second);
  }

  private static String describe(
      long key,
      Long value,
      String list,
      Map<String, Long> map,
      Long reducing,
      Long counting,
      String expiring) {
    return String.format(
        "%d: value %d, list %s, map %s, reducing %d, counting %d, expiring %s",
        key, value, list, map, reducing, counting, expiring);
  }

  private static final class Count implements AggregateFunction<Long, Long, Long> {

    @Override
    public Long createAccumulator() {
      return 0L;
    }

    @Override
    public Long add(Long number, Long count) {
      return count + 1;
    }

    @Override
    public Long getResult(Long count) {
      return count;
    }

    @Override
    public Long merge(Long a, Long b) {
      return a + b;
    }
  }
}
