package io.basalt.statebackend.flink;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.runtime.NullableSerializer;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalAggregatingState;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * One sequence of writes to every kind of state and a timer queue, with no choice left to chance:
 * run on two backends, it must leave the same bytes.
 *
 * <p>Keys and namespaces come with fixed and with variable length. Where both are variable, the
 * layout adds their lengths to tell ("a", "bc") from ("ab", "c"); the program writes such pairs.
 */
record LayoutProgram<K>(
    String name, TypeSerializer<K> keySerializer, List<K> keys, int maxParallelism) {

  private static final int KEYS = 40;

  /** Lengths above 255 take a second byte where the layout writes them. */
  private static final String LONG_TEXT = "long".repeat(75);

  private static final List<String> TEXT_NAMESPACES =
      List.of("", "a", "ab", "abc", "b\u00fc", LONG_TEXT);
  private static final List<TimeWindow> WINDOWS =
      List.of(new TimeWindow(0, 10), new TimeWindow(-10, 10), new TimeWindow(Long.MIN_VALUE, 0));

  /** Up to 128 key groups take one byte in front of every key, more take two. */
  static Stream<LayoutProgram<?>> all() {
    return Stream.of(
        fixedLengthKeys(128),
        fixedLengthKeys(1000),
        variableLengthKeys(128),
        variableLengthKeys(1000));
  }

  static LayoutProgram<Long> fixedLengthKeys(int maxParallelism) {
    return new LayoutProgram<>(
        "Long keys",
        LongSerializer.INSTANCE,
        LongStream.range(0, KEYS).map(i -> i % 2 == 0 ? i : -i).boxed().toList(),
        maxParallelism);
  }

  static LayoutProgram<String> variableLengthKeys(int maxParallelism) {
    return new LayoutProgram<>(
        "String keys",
        StringSerializer.INSTANCE,
        Stream.concat(
                Stream.of("", LONG_TEXT),
                IntStream.range(0, KEYS)
                    .mapToObj(i -> "abcabc".repeat(i / 6) + "abcabc".substring(i % 6)))
            .toList(),
        maxParallelism);
  }

  void write(CheckpointableKeyedStateBackend<K> backend) throws Exception {
    writeKinds(backend, "plain", VoidNamespaceSerializer.INSTANCE, List.of(VoidNamespace.INSTANCE));
    writeKinds(backend, "text", StringSerializer.INSTANCE, TEXT_NAMESPACES);
    writeKinds(backend, "window", new TimeWindow.Serializer(), WINDOWS);
    mergeNamespaces(backend);
    writeExpiring(backend);
    writeTimers(backend, "void", VoidNamespaceSerializer.INSTANCE, VoidNamespace.INSTANCE);
    writeTimers(backend, "text", StringSerializer.INSTANCE, "b\u00fc");
  }

  private <N> void writeKinds(
      CheckpointableKeyedStateBackend<K> backend,
      String prefix,
      TypeSerializer<N> namespaceSerializer,
      List<N> namespaces)
      throws Exception {
    InternalValueState<K, N, String> value =
        open(backend, namespaceSerializer, value(prefix + "-value"));
    InternalListState<K, N, String> list =
        open(backend, namespaceSerializer, list(prefix + "-list"));
    InternalMapState<K, N, String, Long> map =
        open(backend, namespaceSerializer, map(prefix + "-map"));
    InternalReducingState<K, N, Long> reducing =
        open(backend, namespaceSerializer, reducing(prefix + "-reducing"));
    InternalAggregatingState<K, N, Long, Tuple2<Long, Long>, Double> aggregating =
        open(backend, namespaceSerializer, aggregating(prefix + "-aggregating"));
    for (int i = 0; i < keys.size(); i++) {
      backend.setCurrentKey(keys.get(i));
      for (N namespace : namespaces) {
        for (InternalKvState<K, N, ?> state : List.of(value, list, map, reducing, aggregating)) {
          state.setCurrentNamespace(namespace);
        }
        writeValue(value, i);
        writeList(list, i);
        writeMap(map, i);
        reducing.add((long) i);
        reducing.add(-1L);
        aggregating.add((long) i);
        aggregating.add(7L);
        if (i % 11 == 0) {
          reducing.clear();
          aggregating.clear();
        }
      }
    }
  }

  private static void writeValue(InternalValueState<?, ?, String> value, int i) throws Exception {
    value.update("first");
    value.update("value " + i);
    if (i % 7 == 0) {
      value.update(null);
    }
  }

  private static void writeList(InternalListState<?, ?, String> list, int i) throws Exception {
    switch (i % 5) {
      case 0 -> list.add("one");
      case 1 -> {
        list.add("one");
        list.addAll(List.of("two", ""));
        list.add("three");
      }
      case 2 -> {
        list.add("gone");
        list.update(List.of("fresh", "start"));
        list.add("and more");
      }
      case 3 -> {
        list.addAll(List.of("only", "all"));
        list.addAll(List.of());
      }
      default -> {
        list.add("gone");
        list.update(List.of());
      }
    }
  }

  private static void writeMap(InternalMapState<?, ?, String, Long> map, int i) throws Exception {
    for (int entry = 0; entry < i % 6; entry++) {
      map.put("entry " + "x".repeat(entry), (long) entry);
    }
    map.put("nothing", null);
    map.put("", 0L);
    map.remove("entry x");
    if (i % 13 == 0) {
      map.clear();
    }
  }

  private void mergeNamespaces(CheckpointableKeyedStateBackend<K> backend) throws Exception {
    InternalListState<K, String, String> list =
        open(backend, StringSerializer.INSTANCE, list("merged-list"));
    InternalReducingState<K, String, Long> reducing =
        open(backend, StringSerializer.INSTANCE, reducing("merged-reducing"));
    InternalAggregatingState<K, String, Long, Tuple2<Long, Long>, Double> aggregating =
        open(backend, StringSerializer.INSTANCE, aggregating("merged-aggregating"));
    for (K key : keys) {
      backend.setCurrentKey(key);
      for (String namespace : TEXT_NAMESPACES) {
        list.setCurrentNamespace(namespace);
        reducing.setCurrentNamespace(namespace);
        aggregating.setCurrentNamespace(namespace);
        list.addAll(List.of(namespace, "of " + key));
        reducing.add(3L);
        aggregating.add(4L);
      }
      List<String> sources = Arrays.asList("a", "ab");
      list.mergeNamespaces("target", sources);
      reducing.mergeNamespaces("", sources);
      aggregating.mergeNamespaces("abc", sources);
    }
  }

  private void writeExpiring(CheckpointableKeyedStateBackend<K> backend) throws Exception {
    StateTtlConfig expiry = StateTtlConfig.newBuilder(Duration.ofDays(1)).build();
    InternalValueState<K, VoidNamespace, String> value =
        open(backend, VoidNamespaceSerializer.INSTANCE, expiring(value("ttl-value"), expiry));
    InternalListState<K, VoidNamespace, String> list =
        open(backend, VoidNamespaceSerializer.INSTANCE, expiring(list("ttl-list"), expiry));
    InternalMapState<K, VoidNamespace, String, Long> map =
        open(backend, VoidNamespaceSerializer.INSTANCE, expiring(nullableMap("ttl-map"), expiry));
    for (int i = 0; i < keys.size(); i++) {
      backend.setCurrentKey(keys.get(i));
      value.setCurrentNamespace(VoidNamespace.INSTANCE);
      list.setCurrentNamespace(VoidNamespace.INSTANCE);
      map.setCurrentNamespace(VoidNamespace.INSTANCE);
      writeValue(value, i);
      writeList(list, i);
      writeMap(map, i);
    }
  }

  private <N> void writeTimers(
      CheckpointableKeyedStateBackend<K> backend,
      String name,
      TypeSerializer<N> namespaceSerializer,
      N namespace) {
    // Named as Flink's timer service names its queues.
    KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<K, N>> queue =
        backend.create(
            "_timer_state/event_" + name,
            new TimerSerializer<>(keySerializer, namespaceSerializer));
    for (int i = 0; i < keys.size(); i++) {
      // The earliest ones differ: in which order a queue shows equal ones is its own affair.
      long[] timestamps = {Long.MIN_VALUE + i, -i - 1L, 0L, i, Long.MAX_VALUE};
      for (long timestamp : timestamps) {
        queue.add(new TimerHeapInternalTimer<>(timestamp, keys.get(i), namespace));
      }
      queue.remove(new TimerHeapInternalTimer<>(0L, keys.get(i), namespace));
    }
    for (int i = 0; i < 3; i++) {
      queue.poll();
    }
  }

  // The backend's signature knows the user's types of state only. Which internal type stands behind
  // one follows from the descriptor, and every caller names it on the left-hand side.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <K, N, S extends State, V, I extends InternalKvState<K, N, ?>> I open(
      CheckpointableKeyedStateBackend<K> backend,
      TypeSerializer<N> namespaceSerializer,
      StateDescriptor<S, V> descriptor)
      throws Exception {
    return (I) backend.getOrCreateKeyedState(namespaceSerializer, descriptor);
  }

  private static <D extends StateDescriptor<?, ?>> D expiring(D descriptor, StateTtlConfig expiry) {
    descriptor.enableTimeToLive(expiry);
    return descriptor;
  }

  private static ValueStateDescriptor<String> value(String name) {
    return new ValueStateDescriptor<>(name, StringSerializer.INSTANCE);
  }

  private static ListStateDescriptor<String> list(String name) {
    return new ListStateDescriptor<>(name, StringSerializer.INSTANCE);
  }

  private static MapStateDescriptor<String, Long> map(String name) {
    return new MapStateDescriptor<>(name, StringSerializer.INSTANCE, LongSerializer.INSTANCE);
  }

  /** Around a value that expires there is no null flag: its own serializer has to take null. */
  private static MapStateDescriptor<String, Long> nullableMap(String name) {
    return new MapStateDescriptor<>(
        name, StringSerializer.INSTANCE, NullableSerializer.wrap(LongSerializer.INSTANCE, false));
  }

  private static ReducingStateDescriptor<Long> reducing(String name) {
    return new ReducingStateDescriptor<>(name, Long::sum, LongSerializer.INSTANCE);
  }

  private static AggregatingStateDescriptor<Long, Tuple2<Long, Long>, Double> aggregating(
      String name) {
    return new AggregatingStateDescriptor<>(name, new Mean(), Mean.accumulatorSerializer());
  }

  @Override
  public String toString() {
    return name + ", max parallelism " + maxParallelism;
  }
}
