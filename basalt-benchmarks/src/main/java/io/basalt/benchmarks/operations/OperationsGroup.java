package io.basalt.benchmarks.operations;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The JMH benchmarks of some classes. Their rows have the names of the methods. */
final class OperationsGroup implements Group {

  private final String name;
  private final Function<Scale, String> state;
  private final List<Class<?>> classes;

  /**
   * @param state what the operations work on
   * @param classes whose methods have different names
   */
  OperationsGroup(String name, Function<Scale, String> state, Class<?>... classes) {
    this.name = name;
    this.state = state;
    this.classes = List.of(classes);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description(Scale scale) {
    return ("Single operations by JMH, the choice of the key included, on %s; for each of them a new"
            + " backend; %d MiB of managed memory, a heap of %d MiB (%d MiB for the heap backend).")
        .formatted(
            state.apply(scale),
            Task.MANAGED_MEGABYTES,
            heapMegabytes(Backend.BASALT, scale),
            heapMegabytes(Backend.HEAP, scale));
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return backend.isOnDisk() ? 1024 : 2048;
  }

  @Override
  public void measure(Conditions conditions, Report report) throws RunnerException {
    // JMH lets only one of its runs use the machine, by a file that another user's run may own.
    // The order of a run is Interleaving's, and most of what it measures knows no JMH.
    System.setProperty("jmh.ignoreLock", "true");
    for (RunResult result : new Runner(options(conditions).build()).run()) {
      String benchmark = result.getParams().getBenchmark();
      report.row(
          benchmark.substring(benchmark.lastIndexOf('.') + 1),
          Spent.measurement(result.getSecondaryResults()));
    }
  }

  private ChainedOptionsBuilder options(Conditions conditions) {
    Scale scale = conditions.scale();
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            // The process is one of many, and new for each backend and round. JMH's own forks would
            // measure all of one backend before the next, so there are none; what JMH says about
            // that is not shown.
            .forks(0)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .threads(1)
            // Until the second compiler is done: on a slow machine with two cores it came a second
            // and a half after the first walk over a map.
            .warmupIterations(scale.choose(1, 1, 4))
            .warmupTime(TimeValue.milliseconds(scale.choose(5, 45, 500)))
            .measurementIterations(scale.choose(1, 2, 3))
            .measurementTime(TimeValue.milliseconds(scale.choose(5, 30, 350)))
            .param("backend", conditions.backend().name())
            .param("scale", scale.name())
            .param("directory", conditions.directory().toString());
    for (Class<?> benchmarks : classes) {
      options.include("^" + Pattern.quote(benchmarks.getName() + "."));
    }
    return options;
  }
}
