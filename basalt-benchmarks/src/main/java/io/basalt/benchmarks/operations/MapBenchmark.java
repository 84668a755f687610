package io.basalt.benchmarks.operations;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A small map for each key. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MapBenchmark {

  /** A map key that every map has, and one that none has at first. */
  private static final Long PRESENT = 0L;

  private static final Long ABSENT = (long) Population.MAP_ENTRIES;

  private Task task;
  private final Map<Long, Long> entries = new HashMap<>();
  private MapState<Long, Long> state;
  private RandomOrder present;
  private RandomOrder mapKeys;
  private FiniteOrder withoutEntry;
  private FiniteOrder withEntry;
  private FiniteOrder full;

  @Setup
  public void populate(Task ownTask) throws Exception {
    task = ownTask;
    var descriptor =
        new MapStateDescriptor<>("map", LongSerializer.INSTANCE, LongSerializer.INSTANCE);
    descriptor.enableTimeToLive(timeToLive());
    state = task.state(descriptor);
    Long[] keysOfMap = Population.numbers(0, Population.MAP_ENTRIES);
    for (Long mapKey : keysOfMap) {
      entries.put(mapKey, mapKey);
    }
    Long[] keys = Population.numbers(0, Population.maps(task.scale()));
    Task.Step fill = key -> state.putAll(entries);
    task.aside(keys, fill);
    present = new RandomOrder(keys, 1);
    mapKeys = new RandomOrder(keysOfMap, 2);
    withoutEntry = new FiniteOrder(task, keys, 1, key -> state.remove(ABSENT));
    withEntry = new FiniteOrder(task, keys, 1, key -> state.put(PRESENT, key));
    // To fill all of the maps again would take longer than the measurement.
    full = new FiniteOrder(task, Arrays.copyOf(keys, keys.length / 4), 1, fill);
  }

  StateTtlConfig timeToLive() {
    return StateTtlConfig.DISABLED;
  }

  @Benchmark
  public Long get() throws Exception {
    task.operateOn(present.next());
    return Objects.requireNonNull(state.get(mapKeys.next()));
  }

  @Benchmark
  public void update() throws Exception {
    Long key = present.next();
    task.operateOn(key);
    state.put(mapKeys.next(), key);
  }

  /** A new entry for a key that has some. */
  @Benchmark
  public void add() throws Exception {
    Long key = withoutEntry.next();
    task.operateOn(key);
    state.put(ABSENT, key);
  }

  /** Of an entry that is there. */
  @Benchmark
  public boolean contains() throws Exception {
    task.operateOn(present.next());
    return holds(state.contains(mapKeys.next()));
  }

  /** Of an entry that is there. */
  @Benchmark
  public void remove() throws Exception {
    task.operateOn(withEntry.next());
    state.remove(PRESENT);
  }

  /** Of a map that is not empty. */
  @Benchmark
  public boolean isEmpty() throws Exception {
    task.operateOn(present.next());
    return holds(!state.isEmpty());
  }

  @Benchmark
  public long iterator() throws Exception {
    task.operateOn(present.next());
    return sum(state.iterator());
  }

  @Benchmark
  public long entries() throws Exception {
    task.operateOn(present.next());
    return sum(state.entries().iterator());
  }

  @Benchmark
  public long keys() throws Exception {
    task.operateOn(present.next());
    return Elements.sum(state.keys(), Population.MAP_ENTRIES);
  }

  @Benchmark
  public long values() throws Exception {
    task.operateOn(present.next());
    return Elements.sum(state.values(), Population.MAP_ENTRIES);
  }

  /** Of as many entries as the map has, with the same keys. */
  @Benchmark
  public void putAll() throws Exception {
    task.operateOn(present.next());
    state.putAll(entries);
  }

  /** Of a map that is not empty. */
  @Benchmark
  public void clear() throws Exception {
    task.operateOn(full.next());
    state.clear();
  }

  private static boolean holds(boolean condition) {
    if (!condition) {
      throw new IllegalStateException("the state has lost entries");
    }
    return true;
  }

  private static long sum(Iterator<Map.Entry<Long, Long>> iterator) {
    int count = 0;
    long sum = 0;
    while (iterator.hasNext()) {
      Map.Entry<Long, Long> entry = iterator.next();
      sum += entry.getKey() + entry.getValue();
      count++;
    }
    Elements.check(count, Population.MAP_ENTRIES);
    return sum;
  }
}
