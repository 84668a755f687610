package io.basalt.benchmarks.measure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Processes that measure different backends work in turns of a second or less, all in the same
 * order of work. What a machine gives to a process changes by half within minutes where others
 * share it: only what is measured in the same seconds can be compared.
 *
 * <p>A process has one turn, for the thread that plays the task.
 */
public final class Turns {

  /** Said at the end of a turn by a process that may be stopped until the next. */
  public static final String REST = "rest";

  private static @Nullable Turns ofThisProcess;

  private final BufferedReader next;
  private final PrintStream over;

  private Turns(InputStream next, PrintStream over) {
    this.next = new BufferedReader(new InputStreamReader(next, StandardCharsets.UTF_8));
    this.over = over;
  }

  /**
   * This process has its turn from now on only when it is given one.
   *
   * @param next where a line comes when it is its turn
   * @param over where a line goes when its turn is over
   */
  public static void take(InputStream next, PrintStream over) {
    ofThisProcess = new Turns(next, over);
    ofThisProcess.await();
  }

  /**
   * Lets the others have their turns, while the threads behind the task go on: so it is inside of a
   * measurement, which counts what they use. Without others it does nothing.
   */
  public static void pass() {
    pass("");
  }

  /**
   * Lets the others have their turns, and is stopped until its own comes: for when nothing is
   * measured here. Compactions that one measurement has left would else take the other backend's
   * processors and disk in the next.
   */
  public static void rest() {
    pass(REST);
  }

  private static void pass(String how) {
    if (ofThisProcess != null) {
      ofThisProcess.over.println(how);
      ofThisProcess.over.flush();
      ofThisProcess.await();
    }
  }

  private void await() {
    try {
      if (next.readLine() == null) {
        // Whoever started this process is gone, and nobody will read what it measures.
        Runtime.getRuntime().halt(1);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
