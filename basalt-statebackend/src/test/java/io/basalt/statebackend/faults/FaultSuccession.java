package io.basalt.statebackend.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The main class of a JVM in which one fault is planted after the other, see {@link SuccessionJvm}.
 * It reads requests line by line and answers each with a line:
 *
 * <pre>
 *   directory of the classes as they are, of the faulty ones, report with the fault, without, test
 * </pre>
 */
final class FaultSuccession {

  static final String SEPARATOR = "\t";

  /** In front of an answer: RocksDB may write a line of its own. */
  static final String ANSWER = "ANSWER" + SEPARATOR;

  /** The test has run to its end, or to a failure and again without the fault. */
  static final String RUN = "RUN";

  /** In front of why the classes were not replaced; nothing has run, and all is as before. */
  static final String NOT_PLANTED = "NOT PLANTED ";

  private FaultSuccession() {}

  /** Ends with the first request that it cannot do, or with the last. */
  public static void main(String[] arguments)
      throws IOException, ClassNotFoundException, UnmodifiableClassException {
    PrintStream answers = System.out;
    // What tests print is no answer.
    System.setOut(System.err);
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      answers.println(ANSWER + answer(line.split(SEPARATOR, -1)));
    }
    // Threads that a test has left must not keep the JVM from ending.
    Runtime.getRuntime().halt(0);
  }

  private static String answer(String[] request)
      throws IOException, ClassNotFoundException, UnmodifiableClassException {
    Path without = Path.of(request[0]);
    Path with = Path.of(request[1]);
    Optional<String> failed;
    try {
      Redefinition.replace(without, with);
    } catch (UnsupportedOperationException e) {
      return NOT_PLANTED + e.getMessage();
    }
    try {
      failed = SuiteRun.runAndGoOn(Path.of(request[2]), request[4]);
    } finally {
      Redefinition.replace(with, without);
    }
    failed.ifPresent(test -> SuiteRun.runAgain(Path.of(request[3]), test));
    return RUN;
  }
}
