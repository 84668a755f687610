package io.basalt.statebackend.harness;

import java.util.Arrays;
import java.util.Set;

/** The threads of this process. */
public final class LiveThreads {

  private LiveThreads() {}

  /** All that have begun and not ended. Without their stacks, for which all of them would stop. */
  public static Set<Thread> all() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    Thread[] threads = new Thread[group.activeCount() + 16];
    int number = group.enumerate(threads);
    while (number == threads.length) {
      // There may have been more of them.
      threads = new Thread[2 * threads.length];
      number = group.enumerate(threads);
    }
    return Set.of(Arrays.copyOf(threads, number));
  }
}
