package io.basalt.statebackend.program;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.time.Deadline;

/**
 * Finds a short program that fails as a long one did: leaves out ever smaller parts of it for as
 * long as it goes on to fail ("Simplifying and Isolating Failure-Inducing Input", Zeller and
 * Hildebrandt, 2002).
 */
final class Shortening {

  private final Deadline deadline;
  private ProgramFailure shortest;

  private Shortening(ProgramFailure failure, Deadline deadline) {
    this.shortest = failure;
    this.deadline = deadline;
  }

  /** The failure of the shortest program found before the deadline. */
  static ProgramFailure of(ProgramFailure failure, Deadline deadline) {
    Shortening shortening = new Shortening(failure, deadline);
    shortening.run();
    return shortening.shortest;
  }

  private void run() {
    int parts = 2;
    while (deadline.hasTimeLeft() && parts <= shortest.program().steps().size()) {
      if (leaveOutOneOf(parts)) {
        parts = Math.max(2, parts - 1);
      } else if (parts == shortest.program().steps().size()) {
        return;
      } else {
        parts = Math.min(2 * parts, shortest.program().steps().size());
      }
    }
  }

  private boolean leaveOutOneOf(int parts) {
    List<Program.Step> steps = shortest.program().steps();
    for (int part = parts - 1; part >= 0 && deadline.hasTimeLeft(); part--) {
      List<Program.Step> fewer = new ArrayList<>(steps);
      fewer.subList(part * steps.size() / parts, (part + 1) * steps.size() / parts).clear();
      try {
        shortest.program().with(fewer).run(new Coverage());
      } catch (ProgramFailure e) {
        if (e.isLike(shortest)) {
          shortest = e;
          return true;
        }
      }
    }
    return false;
  }
}
