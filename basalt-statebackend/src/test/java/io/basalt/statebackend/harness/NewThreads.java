package io.basalt.statebackend.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The threads that have been started since, and have not ended. */
final class NewThreads {

  /** A thread that has done its work may be on its last steps. Only a failing test waits longer. */
  private static final long LAST_STEPS_MILLISECONDS = 20_000;

  /** Threads of the virtual machine, the test framework and the pools of the process. */
  private static final List<String> NOT_OF_A_TASK =
      List.of(
          "Attach Listener",
          "ForkJoinPool.commonPool",
          "junit",
          "process reaper",
          "surefire",
          "Java2D",
          "Common-Cleaner");

  private final Set<Thread> before = LiveThreads.all();
  private final Predicate<String> counted;

  private NewThreads(Predicate<String> counted) {
    this.counted = counted;
  }

  /** All, where nothing but backends starts threads. */
  static NewThreads ofAll() {
    return new NewThreads(name -> NOT_OF_A_TASK.stream().noneMatch(name::startsWith));
  }

  /** Those that Basalt starts, by their names, where a cluster starts and ends others. */
  static NewThreads ofBasalt() {
    return new NewThreads(name -> name.startsWith("basalt-"));
  }

  /** Waits for those that are ending. */
  List<Thread> left() throws InterruptedException {
    List<Thread> left = new ArrayList<>();
    for (Thread thread : LiveThreads.all()) {
      if (thread != Thread.currentThread()
          && !before.contains(thread)
          && counted.test(thread.getName())) {
        thread.join(left.isEmpty() ? LAST_STEPS_MILLISECONDS : 1);
        if (thread.isAlive()) {
          left.add(thread);
        }
      }
    }
    return left;
  }
}
