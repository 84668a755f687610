package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.measure.Latencies;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.PeriodicCheckpoints;

/** A stretch of time in which an operator works on a stream of keys with checkpoints going on. */
final class Window {

  /** Between two looks at the clock. */
  private static final int OPERATIONS_AT_ONCE = 256;

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
    // A short measurement has its share of what happens every second and every ten.
    long second = sizes.windowNanos() / 10;
    try (PeriodicCheckpoints checkpoints = new PeriodicCheckpoints(operator, sizes.windowNanos())) {
      Usage before = Usage.now();
      long now = System.nanoTime();
      long end = now + sizes.windowNanos();
      long due = now + second;
      while (now - end < 0) {
        for (int i = 0; i < OPERATIONS_AT_ONCE; i++) {
          latencies.before();
          work.on(keys.next());
          latencies.after();
        }
        checkpoints.look();
        now = System.nanoTime();
        if (now - due >= 0) {
          everySecond.run();
          due = now + second;
        }
      }
      measurement.with(Usage.now().since(before), latencies.operations());
      measurement.with(latencies);
      checkpoints.await();
      checkpoints.report(measurement);
    }
    return measurement;
  }

  /** Something that a job does now and then beside its records. */
  @FunctionalInterface
  interface EverySecond {
    void run() throws Exception;
  }
}
