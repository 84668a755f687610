package io.basalt.benchmarks.cliff;

import io.basalt.benchmarks.measure.Latencies;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.measure.Usage;

/** One operation again and again, which may take a hundred nanoseconds or a tenth of a second. */
record Repeated(long warmUpNanos, long nanos) {

  /** However slow it is. */
  private static final int AT_LEAST = 3;

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
    Usage before = Usage.now();
    long now = System.nanoTime();
    long end = now + nanos;
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
    return new Measurement()
        .with(Usage.now().since(before), latencies.operations())
        .with(latencies);
  }

  @FunctionalInterface
  interface Operation {
    void run() throws Exception;
  }
}
