package io.basalt.examples.flights.processes;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what other processes do, which nothing in this one is told of. */
final class Patience {

  /** Far beyond what a slow machine needs: it ends a wait for what will never happen. */
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private Patience() {}

  /**
   * Looks again and again until it is so.
   *
   * @param what is waited for, in words
   * @throws AssertionError if it is not so in the end
   */
  static void until(String what, Callable<Boolean> isSo) throws Exception {
    long start = System.nanoTime();
    IOException unanswered = null;
    while (System.nanoTime() - start < LIMIT.toNanos()) {
      try {
        if (isSo.call()) {
          return;
        }
      } catch (IOException e) {
        // A JobManager that is starting, or busy, does not answer, or with an error.
        unanswered = e;
      }
      Thread.sleep(LOOK_AGAIN.toMillis());
    }
    throw new AssertionError("Not so after " + LIMIT.toSeconds() + " seconds: " + what, unanswered);
  }
}
