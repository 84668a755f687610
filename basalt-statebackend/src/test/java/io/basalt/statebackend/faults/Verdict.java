package io.basalt.statebackend.faults;

import java.util.List;

/**
 * What came of running tests against a fault.
 *
 * @param outcome how it ended
 * @param test the test that failed, or that was running at the end, as {@code Class.method}
 * @param message the first line of what it says
 * @param seconds from the start of the JVM to its end
 */
record Verdict(Outcome outcome, String test, String message, long seconds) {

  private static final String SEPARATOR = "\t";

  /** How the JVM ended. */
  enum Outcome {
    /** Every test has passed. */
    PASSED,
    /** A test has failed; those behind it did not run. */
    FAILED,
    /** The time was up. */
    HUNG,
    /** The JVM ended in the middle of a test. */
    CRASHED
  }

  boolean isCaught() {
    return outcome != Outcome.PASSED;
  }

  String toLine() {
    return String.join(SEPARATOR, List.of(outcome.name(), test, message, Long.toString(seconds)));
  }

  static Verdict ofLine(String line) {
    String[] parts = line.split(SEPARATOR, -1);
    return new Verdict(Outcome.valueOf(parts[0]), parts[1], parts[2], Long.parseLong(parts[3]));
  }
}
