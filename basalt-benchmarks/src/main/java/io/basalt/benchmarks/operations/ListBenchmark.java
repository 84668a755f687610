package io.basalt.benchmarks.operations;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A short list for each key. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ListBenchmark {

  /** What is appended to a list before all are made anew: they grow to twice their length. */
  private static final int APPENDS = Population.LIST_ELEMENTS;

  private static final int LARGE_APPENDS = 2;

  private Task task;
  private final List<Long> elements = List.of(Population.numbers(0, Population.LIST_ELEMENTS));
  private ListState<Long> state;
  private RandomOrder present;
  private FiniteOrder growing;
  private FiniteOrder growingFast;
  private FiniteOrder absent;

  @Setup
  public void populate(Task ownTask) throws Exception {
    task = ownTask;
    var descriptor = new ListStateDescriptor<>("list", LongSerializer.INSTANCE);
    descriptor.enableTimeToLive(timeToLive());
    state = task.state(descriptor);
    int count = Population.lists(task.scale());
    Long[] keys = Population.numbers(0, count);
    Task.Step fill = key -> state.update(elements);
    task.aside(keys, fill);
    present = new RandomOrder(keys, 1);
    growing = new FiniteOrder(task, keys, APPENDS, fill);
    growingFast = new FiniteOrder(task, keys, LARGE_APPENDS, fill);
    absent = new FiniteOrder(task, Population.numbers(count, count), 1, key -> state.clear());
  }

  StateTtlConfig timeToLive() {
    return StateTtlConfig.DISABLED;
  }

  @Benchmark
  public Iterable<Long> get() throws Exception {
    task.operateOn(present.next());
    return Objects.requireNonNull(state.get());
  }

  @Benchmark
  public long getAndIterate() throws Exception {
    task.operateOn(present.next());
    return Elements.sum(state.get(), Population.LIST_ELEMENTS);
  }

  @Benchmark
  public void update() throws Exception {
    task.operateOn(present.next());
    state.update(elements);
  }

  /** The first element of a key. */
  @Benchmark
  public void add() throws Exception {
    Long key = absent.next();
    task.operateOn(key);
    state.add(key);
  }

  /** One more element for a key that has some. */
  @Benchmark
  public void append() throws Exception {
    Long key = growing.next();
    task.operateOn(key);
    state.add(key);
  }

  /** As many elements again for a key that has some. */
  @Benchmark
  public void addAll() throws Exception {
    task.operateOn(growingFast.next());
    state.addAll(elements);
  }
}
