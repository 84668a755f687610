package io.basalt.benchmarks.operations;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A long list for each of a few keys. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LongListBenchmark {

  private Task task;
  private List<Long> elements;
  private ListState<Long> state;
  private RandomOrder present;
  private FiniteOrder growing;

  @Setup
  public void populate(Task ownTask) throws Exception {
    task = ownTask;
    state = task.state(new ListStateDescriptor<>("list", LongSerializer.INSTANCE));
    int length = Population.longListElements(task.scale());
    elements = List.of(Population.numbers(0, length));
    Long[] keys = Population.numbers(0, Population.longLists(task.scale()));
    Task.Step fill = key -> state.update(elements);
    task.aside(keys, fill);
    present = new RandomOrder(keys, 1);
    growing = new FiniteOrder(task, keys, length, fill);
  }

  @Benchmark
  public long longGetAndIterate() throws Exception {
    task.operateOn(present.next());
    return Elements.sum(state.get(), elements.size());
  }

  @Benchmark
  public void longUpdate() throws Exception {
    task.operateOn(present.next());
    state.update(elements);
  }

  /** One more element; the lists grow to twice their length. */
  @Benchmark
  public void longAppend() throws Exception {
    Long key = growing.next();
    task.operateOn(key);
    state.add(key);
  }
}
