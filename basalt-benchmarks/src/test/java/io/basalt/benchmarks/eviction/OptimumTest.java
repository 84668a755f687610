package io.basalt.benchmarks.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Belady's optimum. */
class OptimumTest {

  @Test
  void keepsWhatComesAgainSoonest() {
    // Belady's own kind of example: with three entries 1 2 3 4 1 2 5 1 2 3 4 5 has five hits.
    assertThat(hits(3, 1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5)).isEqualTo(5);
    assertThat(hits(1, 1, 2, 1, 1)).isEqualTo(2);
    assertThat(hits(2, 1, 2, 3, 1, 2, 3)).isEqualTo(2);
  }

  @Test
  void doesNotFindWhatHasBeenCleared() {
    Trace trace = new Trace(4);
    trace.change(1);
    trace.clear(1);
    trace.change(1);
    trace.read(1);
    assertThat(new Optimum(trace).hits(2, 0)).isEqualTo(1);
  }

  @Test
  void countsFromWhereItIsTold() {
    Trace trace = new Trace(4);
    for (int i = 0; i < 4; i++) {
      trace.read(1);
    }
    assertThat(new Optimum(trace).hits(1, 2)).isEqualTo(2);
  }

  private static long hits(int capacity, int... keys) {
    Trace trace = new Trace(keys.length);
    for (int key : keys) {
      trace.read(key);
    }
    return new Optimum(trace).hits(capacity, 0);
  }
}
