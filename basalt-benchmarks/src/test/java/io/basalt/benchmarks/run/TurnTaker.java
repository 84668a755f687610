package io.basalt.benchmarks.run;

import io.basalt.benchmarks.measure.Turns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A process that writes a line in each of its turns. */
final class TurnTaker {

  private TurnTaker() {}

  public static void main(String[] arguments) throws Exception {
    Turns.take(System.in, System.out);
    for (int turn = 1; turn <= Integer.parseInt(arguments[2]); turn++) {
      if (turn > 1) {
        Turns.pass();
      }
      Files.writeString(
          Path.of(arguments[0]),
          arguments[1] + turn + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
    System.exit(Integer.parseInt(arguments[3]));
  }
}
