package io.basalt.statebackend.failures;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Keeps texts of all sizes in a state of one kind, and says in the end, of each key, how many
 * records it has got and what has become of them.
 */
final class HostileOperator extends KeyedProcessFunction<Long, Long, String> {

  /** What the texts are kept in. */
  enum Kind {
    VALUE,
    LIST,
    /** Under keys that may be as large as the values. */
    MAP,
    /** In an object that grows in place. */
    OBJECT,
    /** In an accumulator that does. */
    ACCUMULATOR
  }

  /** In so many parts of all records some are forgotten. */
  static final int FORGETTING_PART = 24;

  static final int MAP_KEYS = 24;

  private final long seed;
  private final int operator;
  private final MemoryHog hog;
  private transient ValueState<Long> count;
  private transient ValueState<String> value;
  private transient ListState<String> list;
  private transient MapState<String, Long> map;
  private transient ValueState<Grown> object;
  private transient AggregatingState<String, Long> accumulator;

  HostileOperator(long seed, int operator, MemoryHog hog) {
    this.seed = seed;
    this.operator = operator;
    this.hog = hog;
  }

  static Kind kind(int operator) {
    return Kind.values()[operator % Kind.values().length];
  }

  @Override
  public void open(OpenContext context) {
    var runtime = getRuntimeContext();
    count = runtime.getState(new ValueStateDescriptor<>("count", Types.LONG));
    switch (kind(operator)) {
      case VALUE -> value = runtime.getState(new ValueStateDescriptor<>("value", Types.STRING));
      case LIST -> list = runtime.getListState(new ListStateDescriptor<>("list", Types.STRING));
      case MAP ->
          map = runtime.getMapState(new MapStateDescriptor<>("map", Types.STRING, Types.LONG));
      case OBJECT ->
          object = runtime.getState(new ValueStateDescriptor<>("object", Types.POJO(Grown.class)));
      case ACCUMULATOR ->
          accumulator =
              runtime.getAggregatingState(
                  new AggregatingStateDescriptor<>(
                      "accumulator", new Growing(), Types.POJO(Grown.class)));
    }
  }

  @Override
  public void processElement(Long record, Context context, Collector<String> output)
      throws Exception {
    hog.hold(record);
    Long before = count.value();
    if (before == null) {
      context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }
    count.update(before == null ? 1 : before + 1);
    boolean forgets = HostileInput.choice(seed, operator, record) % FORGETTING_PART == 0;
    String text = HostileInput.text(seed, operator, record);
    switch (kind(operator)) {
      case VALUE -> value.update(text);
      case LIST -> {
        if (forgets) {
          list.clear();
        }
        list.add(text);
      }
      case MAP -> {
        if (forgets) {
          map.clear();
        }
        map.put(mapKey(seed, operator, record), record);
        // Walks, so that it becomes known which keys there are.
        map.keys().forEach(key -> {});
        map.isEmpty();
      }
      case OBJECT -> {
        Grown grown = object.value();
        if (grown == null || forgets) {
          grown = new Grown();
        }
        grown.parts.add(text);
        object.update(grown);
      }
      case ACCUMULATOR -> {
        if (forgets) {
          accumulator.clear();
        }
        accumulator.add(text);
      }
    }
  }

  /** One of a few for each key, the first of them short and the others not. */
  static String mapKey(long seed, int operator, long record) {
    int place = HostileInput.choice(seed, operator, record) % MAP_KEYS;
    return place == 0 ? "0" : place + "-".repeat(place * 2_000);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<String> output)
      throws Exception {
    long sum =
        switch (kind(operator)) {
          case VALUE -> sum(value.value());
          case LIST -> {
            long all = 0;
            for (String text : list.get()) {
              all = all * 31 + sum(text);
            }
            yield all;
          }
          case MAP -> {
            long all = 0;
            for (Map.Entry<String, Long> entry : map.entries()) {
              all += entry.getKey().hashCode() * 31L + entry.getValue();
            }
            yield all;
          }
          case OBJECT -> object.value().sum();
          case ACCUMULATOR -> accumulator.get();
        };
    output.collect(result(operator, context.getCurrentKey(), count.value(), sum));
  }

  static String result(int operator, long key, long count, long sum) {
    return operator + " " + key + " " + count + " " + sum;
  }

  static long sum(String text) {
    return text.hashCode() + ((long) text.length() << 32);
  }

  /** An object that is changed in place. */
  public static final class Grown {
    public List<String> parts = new ArrayList<>();

    long sum() {
      long all = 0;
      for (String text : parts) {
        all = all * 31 + HostileOperator.sum(text);
      }
      return all;
    }
  }

  private static final class Growing implements AggregateFunction<String, Grown, Long> {

    @Override
    public Grown createAccumulator() {
      return new Grown();
    }

    @Override
    public Grown add(String text, Grown accumulator) {
      accumulator.parts.add(text);
      return accumulator;
    }

    @Override
    public Long getResult(Grown accumulator) {
      return accumulator.sum();
    }

    @Override
    public Grown merge(Grown left, Grown right) {
      left.parts.addAll(right.parts);
      return left;
    }
  }
}
