package io.basalt.benchmarks.operations;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A sum for each key, kept by an aggregating state. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AggregatingBenchmark {

  private Task task;
  private AggregatingState<Long, Long> state;
  private RandomOrder present;

  @Setup
  public void populate(Task ownTask) throws Exception {
    task = ownTask;
    state =
        task.state(
            new AggregatingStateDescriptor<>("aggregating", new Sum(), LongSerializer.INSTANCE));
    Long[] keys = Population.numbers(0, Population.values(task.scale()));
    task.aside(keys, state::add);
    present = new RandomOrder(keys, 1);
  }

  @Benchmark
  public Long aggregatingGet() throws Exception {
    task.operateOn(present.next());
    return Objects.requireNonNull(state.get());
  }

  /** To a key that has a sum. */
  @Benchmark
  public void aggregatingAdd() throws Exception {
    Long key = present.next();
    task.operateOn(key);
    state.add(key);
  }

  private static final class Sum implements AggregateFunction<Long, Long, Long> {

    @Override
    public Long createAccumulator() {
      return 0L;
    }

    @Override
    public Long add(Long value, Long sum) {
      return sum + value;
    }

    @Override
    public Long getResult(Long sum) {
      return sum;
    }

    @Override
    public Long merge(Long one, Long other) {
      return one + other;
    }
  }
}
