package io.basalt.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** That no stall hides between two looks at the clock. */
class LatenciesTest {

  private static final long STALL = 5_000_000;

  @Test
  void aStallOfAnOperationThatIsNotTimedIsSeen() {
    for (int stalled = 0; stalled < 2 * Latencies.EVERY; stalled++) {
      Latencies latencies = new Latencies();
      for (int i = 0; i <= 3 * Latencies.EVERY; i++) {
        latencies.before();
        if (i == stalled) {
          stall();
        }
        latencies.after();
      }
      assertThat(latencies.longestStallNanos()).as("stall at %d", stalled).isGreaterThan(STALL);
    }
  }

  @Test
  void everySixteenthOperationIsTimed() {
    Latencies latencies = new Latencies();
    for (int i = 0; i < 4 * Latencies.EVERY; i++) {
      latencies.before();
      if (i == 2 * Latencies.EVERY) {
        stall();
      }
      latencies.after();
    }
    assertThat(latencies.operations()).isEqualTo(4L * Latencies.EVERY);
    assertThat(latencies.percentileNanos(100)).isGreaterThan(STALL * 0.99);
  }

  private static void stall() {
    long end = System.nanoTime() + STALL + 1;
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
