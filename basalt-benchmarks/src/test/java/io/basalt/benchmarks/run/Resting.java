package io.basalt.benchmarks.run;

import io.basalt.benchmarks.measure.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A process that rests, or one that looks whether that one does. */
final class Resting {

  /** A signal is taken a moment after it is sent; one that never comes must not hang the test. */
  private static final int LOOKS = 100_000;

  private Resting() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    Turns.take(System.in, System.out);
    if (arguments[1].equals("rest")) {
      say(file, Long.toString(ProcessHandle.current().pid()));
      Turns.rest();
      say(file, "goes on");
    } else {
      Path status = Path.of("/proc", Files.readAllLines(file).get(0), "status");
      int looks = 0;
      while (!isStopped(status) && ++looks < LOOKS) {
        Thread.onSpinWait();
      }
      say(file, isStopped(status) ? "stopped" : "at work");
    }
    System.exit(0);
  }

  private static boolean isStopped(Path status) throws IOException {
    return Files.readAllLines(status).stream().anyMatch(line -> line.matches("State:\\s+T.*"));
  }

  private static void say(Path file, String what) throws IOException {
    Files.writeString(file, what + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
