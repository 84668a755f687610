package io.basalt.statebackend.lifecycle;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the steps of an operation as somebody outside sees them (storage, a factory, a
 * serializer), and does something at one of them.
 */
final class Steps {

  private static final int NEVER = -1;

  private final AtomicInteger taken = new AtomicInteger();
  private final int at;
  private final Action action;

  /** What happens at the chosen step, on the thread that takes it. */
  @FunctionalInterface
  interface Action {

    /**
     * Does it.
     *
     * @param closed opens when the file that the step is about is closed; never for a step without
     */
    void run(CountDownLatch closed) throws IOException;
  }

  private Steps(int at, Action action) {
    this.at = at;
    this.action = action;
  }

  static Steps counted() {
    return new Steps(NEVER, closed -> {});
  }

  static Steps at(int step, Action action) {
    return new Steps(step, action);
  }

  /** Called at every step. */
  void reached(CountDownLatch closed) throws IOException {
    if (taken.getAndIncrement() == at) {
      action.run(closed);
    }
  }

  /** Called at every step that is about no file. */
  void reached() throws IOException {
    reached(new CountDownLatch(1));
  }

  int taken() {
    return taken.get();
  }

  /** The first, the second, the fourth of many calls, and so on: enough to be everywhere. */
  static boolean isStep(int call) {
    return Integer.bitCount(call) == 1;
  }
}
