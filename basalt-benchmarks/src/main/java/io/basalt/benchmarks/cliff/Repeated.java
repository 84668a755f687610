package io.basalt.benchmarks.cliff;

import io.basalt.benchmarks.measure.Latencies;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.measure.Turns;
import io.basalt.benchmarks.measure.Usage;

/** One operation again and again, which may take a hundred nanoseconds or a tenth of a second. */
record Repeated(long warmUpNanos, long nanos) {

  /** However slow it is. */
  private static final int AT_LEAST = 1;

  private static final int SLICES = 4;

  /** Where it is fast, the look at the clock is not to be a part of what it costs. */
  private static final int AT_ONCE = 64;

  private static final long FAST_NANOS = 100_000;

  static Repeated of(Scale scale) {
    return new Repeated(
        scale.choose(1, 30, 200) * 1_000_000L, scale.choose(2, 100, 1_000) * 1_000_000L);
  }

  Measurement measure(Operation operation) throws Exception {
    long warm = System.nanoTime() + warmUpNanos;
    do {
      operation.run();
    } while (System.nanoTime() - warm < 0);
    Latencies latencies = new Latencies();
    Usage used = Usage.NOTHING;
    Usage began = Usage.now();
    for (int i = 0; i < SLICES; i++) {
      Turns.pass();
      latencies.goOn();
      Usage before = Usage.now();
      slice(operation, latencies);
      used = used.plus(Usage.now().since(before));
    }
    // What the process does behind the task it also does while others have their turn.
    long processCpuNanos = Usage.now().since(began).processCpuNanos();
    return new Measurement()
        .with(used.withProcessCpu(processCpuNanos), latencies.operations())
        .with(latencies);
  }

  private void slice(Operation operation, Latencies latencies) throws Exception {
    long now = System.nanoTime();
    long end = now + nanos / SLICES;
    int batch = AT_LEAST;
    do {
      long began = now;
      for (int i = 0; i < batch; i++) {
        latencies.before();
        operation.run();
        latencies.after();
      }
      now = System.nanoTime();
      batch = now - began < FAST_NANOS ? AT_ONCE : AT_LEAST;
    } while (now - end < 0);
  }

  @FunctionalInterface
  interface Operation {
    void run() throws Exception;
  }
}
