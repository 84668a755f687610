package io.basalt.benchmarks.eviction;

import io.basalt.benchmarks.measure.Usage;
import java.util.Arrays;

/** What a policy costs: CPU time of an access, its hash table included, with nothing beside it. */
final class HitCost {

  private static final int ROUNDS = 4;

  private HitCost() {}

  /**
   * Nanoseconds of an access for each policy, in their order: the least of some rounds.
   *
   * @param trace in which nothing is cleared
   */
  static double[] nanos(Trace trace, int capacity) {
    PolicyKind[] kinds = PolicyKind.values();
    double[] least = new double[kinds.length];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    for (int round = 0; round < ROUNDS; round++) {
      for (int kind = 0; kind < kinds.length; kind++) {
        double nanos = nanos(kinds[kind].make(capacity, key -> {}), trace);
        // In the first round the compiler does not yet know that there are several policies.
        if (round > 0) {
          least[kind] = Math.min(least[kind], nanos);
        }
      }
    }
    return least;
  }

  private static double nanos(Policy policy, Trace trace) {
    int from = trace.length() / 2;
    long hits = use(policy, trace, 0, from);
    Usage before = Usage.now();
    hits += use(policy, trace, from, trace.length());
    double nanos = Usage.now().since(before).taskCpuNanos();
    if (hits > trace.length()) {
      throw new IllegalStateException("More hits than accesses");
    }
    return nanos / (trace.length() - from);
  }

  private static long use(Policy policy, Trace trace, int from, int to) {
    long hits = 0;
    for (int step = from; step < to; step++) {
      hits += policy.access(trace.key(step)) ? 1 : 0;
    }
    return hits;
  }
}
