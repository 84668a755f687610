package io.basalt.benchmarks.operations;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A sum for each key, kept by a reducing state. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReducingBenchmark {

  private Task task;
  private ReducingState<Long> state;
  private RandomOrder present;

  @Setup
  public void populate(Task ownTask) throws Exception {
    task = ownTask;
    state =
        task.state(new ReducingStateDescriptor<>("reducing", Long::sum, LongSerializer.INSTANCE));
    Long[] keys = Population.numbers(0, Population.values(task.scale()));
    task.aside(keys, state::add);
    present = new RandomOrder(keys, 1);
  }

  @Benchmark
  public Long reducingGet() throws Exception {
    task.operateOn(present.next());
    return Objects.requireNonNull(state.get());
  }

  /** To a key that has a sum. */
  @Benchmark
  public void reducingAdd() throws Exception {
    Long key = present.next();
    task.operateOn(key);
    state.add(key);
  }
}
