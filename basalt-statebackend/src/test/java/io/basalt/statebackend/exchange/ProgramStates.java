package io.basalt.statebackend.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.AppendingState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.runtime.NullableSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/** The states of a {@link StateProgram}: all kinds, several kinds of namespace, with expiry too. */
final class ProgramStates {

  static final Duration TIME_TO_LIVE = Duration.ofHours(1);

  static final List<VoidNamespace> NO_NAMESPACE = List.of(VoidNamespace.INSTANCE);

  static final List<TimeWindow> WINDOWS =
      List.of(new TimeWindow(-60_000, 0), new TimeWindow(0, 60_000));

  /** Of different lengths, so that a key's end and a namespace's beginning cannot be told apart. */
  static final List<String> NAMES = List.of("", "a", "aa");

  private static final TypeSerializer<Integer> NULLABLE =
      NullableSerializer.wrap(IntSerializer.INSTANCE, false);

  /** Which maps hold null values. */
  enum Nulls {
    WITH_EVERY_SERIALIZER,
    /** Canonical savepoints of the heap backend write a null value with the value's serializer. */
    WITH_SERIALIZERS_THAT_WRITE_THEM
  }

  private ProgramStates() {}

  /** New descriptors with every call: a backend may keep something in one. */
  static List<ProgramState<?, ?, ?>> all(Nulls nulls) {
    return List.of(
        new Value<>("value", false, VoidNamespaceSerializer.INSTANCE, NO_NAMESPACE),
        new Elements<>("list", false, StringSerializer.INSTANCE, NAMES),
        new Entries<>(
            "map",
            IntSerializer.INSTANCE,
            nulls == Nulls.WITH_EVERY_SERIALIZER,
            false,
            VoidNamespaceSerializer.INSTANCE,
            NO_NAMESPACE),
        new Entries<>(
            "map of windows", NULLABLE, true, false, new TimeWindow.Serializer(), WINDOWS),
        new Sum<>("reducing", new TimeWindow.Serializer(), WINDOWS),
        new Mean<>("aggregating", StringSerializer.INSTANCE, NAMES),
        new Value<>("expiring value", true, VoidNamespaceSerializer.INSTANCE, NO_NAMESPACE),
        new Elements<>("expiring list", true, VoidNamespaceSerializer.INSTANCE, NO_NAMESPACE),
        new Entries<>(
            "expiring map", NULLABLE, true, true, VoidNamespaceSerializer.INSTANCE, NO_NAMESPACE));
  }

  private static <S extends State, D extends StateDescriptor<S, ?>> D lasting(
      D descriptor, boolean expires) {
    if (expires) {
      descriptor.enableTimeToLive(StateTtlConfig.newBuilder(TIME_TO_LIVE).build());
    }
    return descriptor;
  }

  /** Empty, short and now and then long enough to fill a block. */
  private static String text(Random random) {
    return random.nextInt(20) == 0
        ? "long".repeat(500 + random.nextInt(500))
        : Integer.toString(random.nextInt(), 36).substring(random.nextInt(2));
  }

  private static final class Value<N> extends ProgramState<N, ValueState<String>, String> {
    Value(String name, boolean expires, TypeSerializer<N> serializer, List<N> namespaces) {
      super(
          lasting(new ValueStateDescriptor<>(name, StringSerializer.INSTANCE), expires),
          serializer,
          namespaces);
    }

    @Override
    String change(ValueState<String> state, String old, Random random) throws Exception {
      if (random.nextInt(4) == 0) {
        state.clear();
        return null;
      }
      String text = text(random);
      state.update(text);
      return text;
    }

    @Override
    String read(ValueState<String> state) throws Exception {
      return state.value();
    }
  }

  private static final class Elements<N> extends ProgramState<N, ListState<String>, List<String>> {
    Elements(String name, boolean expires, TypeSerializer<N> serializer, List<N> namespaces) {
      super(
          lasting(new ListStateDescriptor<>(name, StringSerializer.INSTANCE), expires),
          serializer,
          namespaces);
    }

    @Override
    List<String> change(ListState<String> state, List<String> old, Random random) throws Exception {
      List<String> added = List.of(text(random), text(random));
      List<String> elements = new ArrayList<>(old == null ? List.of() : old);
      switch (random.nextInt(8)) {
        case 0 -> {
          state.clear();
          return null;
        }
        case 1 -> {
          state.update(List.of());
          return null;
        }
        case 2 -> {
          state.update(added);
          return added;
        }
        case 3, 4 -> {
          state.addAll(added);
          elements.addAll(added);
        }
        default -> {
          state.add(added.get(0));
          elements.add(added.get(0));
        }
      }
      return elements;
    }

    @Override
    List<String> read(ListState<String> state) throws Exception {
      Iterable<String> elements = state.get();
      if (elements == null || !elements.iterator().hasNext()) {
        return null;
      }
      List<String> read = new ArrayList<>();
      elements.forEach(read::add);
      return read;
    }
  }

  private static final class Entries<N>
      extends ProgramState<N, MapState<String, Integer>, Map<String, Integer>> {
    private final boolean nulls;

    Entries(
        String name,
        TypeSerializer<Integer> values,
        boolean nulls,
        boolean expires,
        TypeSerializer<N> serializer,
        List<N> namespaces) {
      super(
          lasting(new MapStateDescriptor<>(name, StringSerializer.INSTANCE, values), expires),
          serializer,
          namespaces);
      this.nulls = nulls;
    }

    @Override
    Map<String, Integer> change(
        MapState<String, Integer> state, Map<String, Integer> old, Random random) throws Exception {
      Map<String, Integer> entries = new TreeMap<>(old == null ? Map.of() : old);
      String key = "m".repeat(random.nextInt(6));
      switch (random.nextInt(8)) {
        case 0 -> {
          state.clear();
          entries.clear();
        }
        case 1, 2 -> {
          state.remove(key);
          entries.remove(key);
        }
        case 3, 4 -> {
          Integer value = nulls ? null : -1;
          state.put(key, value);
          entries.put(key, value);
        }
        default -> {
          int value = random.nextInt();
          state.put(key, value);
          entries.put(key, value);
        }
      }
      return entries.isEmpty() ? null : entries;
    }

    @Override
    Map<String, Integer> read(MapState<String, Integer> state) throws Exception {
      Map<String, Integer> read = new TreeMap<>();
      for (Map.Entry<String, Integer> entry : state.entries()) {
        read.put(entry.getKey(), entry.getValue());
      }
      return read.isEmpty() ? null : read;
    }
  }

  private static final class Sum<N> extends ProgramState<N, ReducingState<Long>, Long> {
    Sum(String name, TypeSerializer<N> serializer, List<N> namespaces) {
      super(
          new ReducingStateDescriptor<>(name, Long::sum, LongSerializer.INSTANCE),
          serializer,
          namespaces);
    }

    @Override
    Long change(ReducingState<Long> state, Long old, Random random) throws Exception {
      long added = random.nextInt();
      return addOrClear(state, added, (old == null ? 0 : old) + added, random);
    }

    @Override
    Long read(ReducingState<Long> state) throws Exception {
      return state.get();
    }
  }

  /** A sum and a count. */
  private static final class Mean<N>
      extends ProgramState<N, AggregatingState<Long, Tuple2<Long, Long>>, Tuple2<Long, Long>> {
    Mean(String name, TypeSerializer<N> serializer, List<N> namespaces) {
      super(
          new AggregatingStateDescriptor<>(
              name, new SumAndCount(), Types.TUPLE(Types.LONG, Types.LONG)),
          serializer,
          namespaces);
    }

    @Override
    Tuple2<Long, Long> change(
        AggregatingState<Long, Tuple2<Long, Long>> state, Tuple2<Long, Long> old, Random random)
        throws Exception {
      long added = random.nextInt();
      Tuple2<Long, Long> sum =
          old == null ? Tuple2.of(added, 1L) : Tuple2.of(old.f0 + added, old.f1 + 1);
      return addOrClear(state, added, sum, random);
    }

    @Override
    Tuple2<Long, Long> read(AggregatingState<Long, Tuple2<Long, Long>> state) throws Exception {
      return state.get();
    }
  }

  private static <V> V addOrClear(AppendingState<Long, V> state, long added, V after, Random random)
      throws Exception {
    if (random.nextInt(5) == 0) {
      state.clear();
      return null;
    }
    state.add(added);
    return after;
  }

  private static final class SumAndCount
      implements AggregateFunction<Long, Tuple2<Long, Long>, Tuple2<Long, Long>> {
    @Override
    public Tuple2<Long, Long> createAccumulator() {
      return Tuple2.of(0L, 0L);
    }

    @Override
    public Tuple2<Long, Long> add(Long value, Tuple2<Long, Long> sum) {
      return Tuple2.of(sum.f0 + value, sum.f1 + 1);
    }

    @Override
    public Tuple2<Long, Long> getResult(Tuple2<Long, Long> sum) {
      return sum;
    }

    @Override
    public Tuple2<Long, Long> merge(Tuple2<Long, Long> one, Tuple2<Long, Long> other) {
      return Tuple2.of(one.f0 + other.f0, one.f1 + other.f1);
    }
  }
}
