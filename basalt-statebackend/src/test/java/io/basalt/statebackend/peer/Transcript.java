package io.basalt.statebackend.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** What came of each call of a script: its result, or the type of what it threw. */
final class Transcript {

  private final List<String> lines = new ArrayList<>();

  /** A call whose result, or failure, is to be the same. */
  interface Action {
    void run() throws Exception;
  }

  /** Notes what the call returns; an iterable is read to its end. */
  void show(String what, Callable<?> call) {
    String outcome;
    try {
      outcome = Rendering.of(call.call());
    } catch (Exception e) {
      outcome = "throws " + e.getClass().getName();
    }
    lines.add(what + " -> " + outcome);
  }

  /** Notes whether the call returns. */
  void run(String what, Action action) {
    show(
        what,
        () -> {
          action.run();
          return "done";
        });
  }

  List<String> lines() {
    return lines;
  }
}
