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
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.VarCharType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A small map of rows for each key, as the joins of Flink SQL keep the records of a side: by their
 * unique key, which is a row itself.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RowMapBenchmark {

  private Task task;
  private final Map<RowData, RowData> entries = new HashMap<>();
  private MapState<RowData, RowData> state;
  private RandomOrder present;
  private RandomOrder numbers;
  private FiniteOrder withoutEntry;
  private FiniteOrder withEntry;
  private FiniteOrder full;

  /** The keys that every map has, and one that none has at first. */
  private RowData[] mapKeys;

  /** What is written: as much as there are keys, of the same sizes. */
  private RowData[] records;

  @Setup
  public void populate(Task ownTask) throws Exception {
    task = ownTask;
    var keySerializer = new RowDataSerializer(new BigIntType(), VarCharType.STRING_TYPE);
    var recordSerializer =
        new RowDataSerializer(
            new BigIntType(),
            VarCharType.STRING_TYPE,
            new BigIntType(),
            new DoubleType(),
            new BigIntType(),
            VarCharType.STRING_TYPE);
    var descriptor = new MapStateDescriptor<>("records", keySerializer, recordSerializer);
    descriptor.enableTimeToLive(timeToLive());
    state = task.state(descriptor);
    Long[] numbersOfKeys = Population.numbers(0, Population.MAP_ENTRIES);
    mapKeys = new RowData[Population.MAP_ENTRIES + 1];
    records = new RowData[mapKeys.length];
    for (int number = 0; number < mapKeys.length; number++) {
      StringData name = StringData.fromString("order-" + number);
      RowData key = GenericRowData.of((long) number, name);
      RowData record =
          GenericRowData.of(
              (long) number,
              name,
              1_700_000_000_000L + number,
              100.0 * number,
              (long) number,
              StringData.fromString("a comment of some words, number " + number));
      mapKeys[number] = keySerializer.toBinaryRow(key).copy();
      records[number] = recordSerializer.toBinaryRow(record).copy();
    }
    for (int number = 0; number < Population.MAP_ENTRIES; number++) {
      entries.put(mapKeys[number], records[number]);
    }
    Long[] keys = Population.numbers(0, Population.maps(task.scale()));
    Task.Step fill = key -> state.putAll(entries);
    task.aside(keys, fill);
    present = new RandomOrder(keys, 1);
    numbers = new RandomOrder(numbersOfKeys, 2);
    withoutEntry = new FiniteOrder(task, keys, 1, key -> state.remove(absent()));
    withEntry = new FiniteOrder(task, keys, 1, key -> state.put(mapKeys[0], records[0]));
    // To fill all of the maps again would take longer than the measurement.
    full = new FiniteOrder(task, Arrays.copyOf(keys, keys.length / 4), 1, fill);
  }

  StateTtlConfig timeToLive() {
    return StateTtlConfig.DISABLED;
  }

  private RowData absent() {
    return mapKeys[Population.MAP_ENTRIES];
  }

  private RowData nextMapKey() {
    return mapKeys[(int) (long) numbers.next()];
  }

  @Benchmark
  public long get() throws Exception {
    task.operateOn(present.next());
    return Objects.requireNonNull(state.get(nextMapKey())).getLong(0);
  }

  @Benchmark
  public void update() throws Exception {
    Long key = present.next();
    task.operateOn(key);
    state.put(nextMapKey(), records[(int) (key % records.length)]);
  }

  /** A new entry for a key that has some. */
  @Benchmark
  public void add() throws Exception {
    task.operateOn(withoutEntry.next());
    state.put(absent(), records[Population.MAP_ENTRIES]);
  }

  /** Of an entry that is there. */
  @Benchmark
  public boolean contains() throws Exception {
    task.operateOn(present.next());
    return holds(state.contains(nextMapKey()));
  }

  /** Of an entry that is there. */
  @Benchmark
  public void remove() throws Exception {
    task.operateOn(withEntry.next());
    state.remove(mapKeys[0]);
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
    int count = 0;
    long sum = 0;
    Iterator<Map.Entry<RowData, RowData>> iterator = state.iterator();
    while (iterator.hasNext()) {
      Map.Entry<RowData, RowData> entry = iterator.next();
      sum += entry.getKey().getLong(0) + entry.getValue().getLong(2);
      count++;
    }
    Elements.check(count, Population.MAP_ENTRIES);
    return sum;
  }

  /** As a join reads the records of the other side. */
  @Benchmark
  public long values() throws Exception {
    task.operateOn(present.next());
    int count = 0;
    long sum = 0;
    for (RowData record : state.values()) {
      sum += record.getLong(2);
      count++;
    }
    Elements.check(count, Population.MAP_ENTRIES);
    return sum;
  }

  /** Over all entries, as they are. */
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
}
