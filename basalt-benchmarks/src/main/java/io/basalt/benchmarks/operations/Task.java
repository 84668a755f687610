package io.basalt.benchmarks.operations;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.measure.Turns;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SubjectSettings;
import io.basalt.benchmarks.subject.Subtask;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.util.FileUtils;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The task that a benchmark plays: a backend of its own, so that no benchmark meets what another
 * left behind, and the count and the cost of its operations. JMH wants its states public, and a
 * state with counters may be reached in one way only: {@link Spent} by this class, and this class
 * by the setup of a benchmark.
 */
@org.openjdk.jmh.annotations.State(Scope.Thread)
public class Task {

  static final int MANAGED_MEGABYTES = 128;

  /** Flink's default for a job of one subtask. */
  private static final int MAX_PARALLELISM = 128;

  @Param Backend backend = Backend.HEAP;

  @Param Scale scale = Scale.MOMENT;

  /** Of the group of work. */
  @Param(".")
  String directory = ".";

  private Path ownDirectory;
  private Operator<Long> operator;
  private Subtask<Long> subtask;
  private CheckpointableKeyedStateBackend<Long> keyedBackend;

  private boolean isFresh = true;
  private Usage used = Usage.NOTHING;
  private Usage began = Usage.NOTHING;
  private long operations;

  @Setup(Level.Trial)
  public void open() throws Exception {
    ownDirectory = Files.createTempDirectory(Path.of(directory), "task");
    operator =
        Operator.start(
            SubjectSettings.of(backend, (long) MANAGED_MEGABYTES << 20),
            ownDirectory,
            LongSerializer.INSTANCE,
            1,
            MAX_PARALLELISM);
    subtask = operator.openOnly();
    keyedBackend = subtask.backend();
  }

  @TearDown(Level.Trial)
  public void close() throws Exception {
    operator.close();
    FileUtils.deleteDirectory(ownDirectory.toFile());
  }

  @Setup(Level.Iteration)
  public void begin() {
    if (isFresh) {
      // What the population and the benchmark before left on the heap is not this one's to collect.
      System.gc();
      isFresh = false;
    }
    used = Usage.NOTHING;
    operations = 0;
    Turns.pass();
    began = Usage.now();
  }

  @TearDown(Level.Iteration)
  public void end(Spent spent) {
    spent.set(used.plus(Usage.now().since(began)), operations);
  }

  Scale scale() {
    return scale;
  }

  <S extends State> S state(StateDescriptor<S, ?> descriptor) throws Exception {
    return subtask.state(descriptor);
  }

  /** Begins an operation on the key, as a task does with each record. */
  void operateOn(Long key) {
    operations++;
    keyedBackend.setCurrentKey(key);
  }

  /** Does something with each of the keys that is no part of any operation, and is not measured. */
  void aside(Long[] keys, Step step) throws Exception {
    used = used.plus(Usage.now().since(began));
    for (Long key : keys) {
      keyedBackend.setCurrentKey(key);
      step.with(key);
    }
    began = Usage.now();
  }

  /** What is done with the current key. */
  @FunctionalInterface
  interface Step {
    void with(Long key) throws Exception;
  }
}
