package io.basalt.benchmarks.operations;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A {@code Long} for each key. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ValueBenchmark {

  private Task task;
  private ValueState<Long> state;
  private RandomOrder present;
  private FiniteOrder absent;

  @Setup
  public void populate(Task ownTask) throws Exception {
    task = ownTask;
    var descriptor = new ValueStateDescriptor<>("value", LongSerializer.INSTANCE);
    descriptor.enableTimeToLive(timeToLive());
    state = task.state(descriptor);
    int count = Population.values(task.scale());
    Long[] keys = Population.numbers(0, count);
    task.aside(keys, state::update);
    present = new RandomOrder(keys, 1);
    absent = new FiniteOrder(task, Population.numbers(count, count), 1, key -> state.clear());
  }

  StateTtlConfig timeToLive() {
    return StateTtlConfig.DISABLED;
  }

  @Benchmark
  public Long get() throws Exception {
    task.operateOn(present.next());
    return Objects.requireNonNull(state.value());
  }

  @Benchmark
  public void update() throws Exception {
    Long key = present.next();
    task.operateOn(key);
    state.update(key);
  }

  /** The first value of a key. */
  @Benchmark
  public void add() throws Exception {
    Long key = absent.next();
    task.operateOn(key);
    state.update(key);
  }
}
