package io.basalt.statebackend.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private static final double NANOSECONDS_A_SECOND = 1e9;

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

  /**
   * From what {@link SuiteRun} has written.
   *
   * @param ended whether the run ended by itself
   * @param output where to read more
   * @throws IllegalStateException if no test has run: what was to be tested, was not
   */
  static Verdict ofReport(Path report, boolean ended, Path output, long nanoseconds)
      throws IOException {
    List<String> lines = Files.exists(report) ? Files.readAllLines(report) : List.of();
    if (lines.isEmpty()) {
      throw new IllegalStateException("The JVM has not run any test, see " + output);
    }
    long seconds = Math.round(nanoseconds / NANOSECONDS_A_SECOND);
    String[] last = lines.get(lines.size() - 1).split(SuiteRun.SEPARATOR, -1);
    return switch (last[0]) {
      case SuiteRun.FAILED -> new Verdict(Outcome.FAILED, last[1], last[2], seconds);
      case SuiteRun.PASSED -> {
        if (last[1].equals("0")) {
          throw new IllegalStateException("No test has run to its end, see " + output);
        }
        yield new Verdict(Outcome.PASSED, last[1] + " tests", "", seconds);
      }
      default ->
          new Verdict(ended ? Outcome.CRASHED : Outcome.HUNG, last[1], "see " + output, seconds);
    };
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
