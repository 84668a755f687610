package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.keys.Keys;
import io.basalt.benchmarks.measure.Latencies;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Turns;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.PeriodicCheckpoints;

/** A stretch of time in which an operator works on a stream of keys with checkpoints going on. */
final class Window {

  /** Between two looks at the clock. */
  private static final int OPERATIONS_AT_ONCE = 256;

  /** In which a window is measured; something may happen once in each. */
  private static final int SLICES = 10;

  private Window() {}

  /** Works without being measured for as long as the sizes say, and measures then. */
  static Measurement measure(Sizes sizes, Operator<Long> operator, Keys keys, Work work)
      throws Exception {
    return measure(sizes, operator, keys, work, () -> {});
  }

  /** The same, with something else to be done once a second. */
  static Measurement measure(
      Sizes sizes, Operator<Long> operator, Keys keys, Work work, EverySecond everySecond)
      throws Exception {
    long warm = System.nanoTime() + sizes.warmUpNanos();
    while (System.nanoTime() - warm < 0) {
      for (int i = 0; i < OPERATIONS_AT_ONCE; i++) {
        work.on(keys.next());
      }
    }
    everySecond.run();
    // What the stretch before has left is not this one's.
    System.gc();
    Measurement measurement = new Measurement();
    Latencies latencies = new Latencies();
    try (PeriodicCheckpoints checkpoints = new PeriodicCheckpoints(operator, sizes.windowNanos())) {
      Usage used = Usage.NOTHING;
      Usage began = Usage.now();
      // A short measurement has its share of what happens every second and every ten.
      long slice = sizes.windowNanos() / SLICES;
      for (int i = 0; i < SLICES; i++) {
        Turns.pass();
        latencies.goOn();
        Usage before = Usage.now();
        work(slice, used.elapsedNanos(), latencies, checkpoints, keys, work);
        everySecond.run();
        used = used.plus(Usage.now().since(before));
      }
      // What the process does behind the task it also does while others have their turn.
      long processCpuNanos = Usage.now().since(began).processCpuNanos();
      measurement.with(used.withProcessCpu(processCpuNanos), latencies.operations());
      measurement.with(latencies);
      checkpoints.last(latencies.operations());
      checkpoints.report(measurement);
    }
    return measurement;
  }

  private static void work(
      long nanos,
      long worked,
      Latencies latencies,
      PeriodicCheckpoints checkpoints,
      Keys keys,
      Work work)
      throws Exception {
    long began = System.nanoTime();
    long now = began;
    while (now - began < nanos) {
      for (int i = 0; i < OPERATIONS_AT_ONCE; i++) {
        latencies.before();
        work.on(keys.next());
        latencies.after();
      }
      checkpoints.look(worked + now - began, latencies.operations());
      now = System.nanoTime();
    }
  }

  /** Something that a job does now and then beside its records. */
  @FunctionalInterface
  interface EverySecond {
    void run() throws Exception;
  }
}
