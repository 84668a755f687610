package io.basalt.statebackend.lifecycle;

import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;

/** A state of every kind and a queue of timers, of one backend with integers for keys. */
final class EveryState implements States {

  static final int MAX_PARALLELISM = 128;

  private static final int KEYS = 300;
  private static final int ENTRIES_OF_A_MAP = 200;

  private final CheckpointableKeyedStateBackend<Integer> backend;
  private final ValueState<Integer> value;
  private final ListState<String> list;
  private final MapState<Integer, String> map;
  private final ReducingState<Long> reducing;
  private final AggregatingState<Integer, Long> aggregating;
  private final KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Integer, VoidNamespace>>
      timers;

  EveryState(CheckpointableKeyedStateBackend<Integer> backend) throws Exception {
    this.backend = backend;
    backend.setCurrentKey(ownKey(backend));
    value = state(backend, new ValueStateDescriptor<>("value", IntSerializer.INSTANCE));
    list = state(backend, new ListStateDescriptor<>("list", StringSerializer.INSTANCE));
    map =
        state(
            backend,
            new MapStateDescriptor<>("map", IntSerializer.INSTANCE, StringSerializer.INSTANCE));
    reducing =
        state(
            backend, new ReducingStateDescriptor<>("reducing", Long::sum, LongSerializer.INSTANCE));
    aggregating =
        state(
            backend,
            new AggregatingStateDescriptor<>("aggregating", new Sum(), LongSerializer.INSTANCE));
    timers =
        backend.create(
            "timers",
            new TimerSerializer<>(IntSerializer.INSTANCE, VoidNamespaceSerializer.INSTANCE));
  }

  static <S extends State> S state(
      CheckpointableKeyedStateBackend<Integer> backend, StateDescriptor<S, ?> descriptor)
      throws Exception {
    return backend.getPartitionedState(
        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  @Override
  public void fill() throws Exception {
    for (int key = 0; key < KEYS; key++) {
      if (owns(backend, key)) {
        backend.setCurrentKey(key);
        value.update(key);
        list.add("element " + key);
        map.put(key, "entry " + key);
        reducing.add(1L);
        aggregating.add(key);
        timers.add(new TimerHeapInternalTimer<>(key, key, VoidNamespace.INSTANCE));
      }
    }
    backend.setCurrentKey(ownKey(backend));
    for (int entry = 0; entry < ENTRIES_OF_A_MAP; entry++) {
      map.put(entry, "entry " + entry);
    }
  }

  /** Reads each of them to its end, and closes what it has to close. */
  void read() throws Exception {
    backend.setCurrentKey(ownKey(backend));
    value.value();
    list.get();
    for (Map.Entry<Integer, String> entry : map.entries()) {
      entry.setValue("changed");
    }
    reducing.get();
    aggregating.get();
    try (var keys = backend.getKeys("value", VoidNamespace.INSTANCE)) {
      keys.forEach(key -> {});
    }
    try (var all = timers.iterator()) {
      all.forEachRemaining(timer -> {});
    }
    timers.poll();
  }

  @Override
  @SuppressWarnings({"MustBeClosedChecker", "unchecked"}) // The internal type is every state's.
  public void beginToRead() throws Exception {
    backend.setCurrentKey(ownKey(backend));
    backend.getKeys("value", VoidNamespace.INSTANCE).iterator().next();
    backend.getKeys(List.of("list", "map"), VoidNamespace.INSTANCE).iterator().next();
    backend.getKeysAndNamespaces("reducing").iterator().next();
    var unused = backend.getKeys("aggregating", VoidNamespace.INSTANCE).iterator();
    map.iterator().next();
    map.keys().iterator().next();
    timers.iterator().next();
    timers.iterator();
    ((InternalMapState<Integer, VoidNamespace, Integer, String>) map)
        .getStateIncrementalVisitor(1)
        .nextEntries();
  }

  static boolean owns(CheckpointableKeyedStateBackend<?> backend, int key) {
    return backend
        .getKeyGroupRange()
        .contains(KeyGroupRangeAssignment.assignToKeyGroup(key, MAX_PARALLELISM));
  }

  private static int ownKey(CheckpointableKeyedStateBackend<?> backend) {
    int key = 0;
    while (!owns(backend, key)) {
      key++;
    }
    return key;
  }

  private static final class Sum implements AggregateFunction<Integer, Long, Long> {

    @Override
    public Long createAccumulator() {
      return 0L;
    }

    @Override
    public Long add(Integer value, Long accumulator) {
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
