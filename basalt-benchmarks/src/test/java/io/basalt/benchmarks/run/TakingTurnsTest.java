package io.basalt.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** That one process works at a time. */
class TakingTurnsTest {

  @TempDir Path directory;

  @Test
  void eachHasItsTurnUntilItEnds() throws Exception {
    try (TakingTurns turns = new TakingTurns()) {
      start(turns, "a", 3, 0);
      start(turns, "b", 3, 0);
      assertThat(turns.untilTheyEnd()).containsExactly(0, 0);
    }
    assertThat(Files.readAllLines(directory.resolve("turns")))
        .containsExactly("a1", "b1", "a2", "b2", "a3", "b3");
  }

  @Test
  void oneThatFailsEndsItForAll() throws Exception {
    try (TakingTurns turns = new TakingTurns()) {
      start(turns, "a", 9, 0);
      start(turns, "b", 2, 7);
      assertThat(turns.untilTheyEnd()).containsExactly(0, 7);
    }
    assertThat(Files.readAllLines(directory.resolve("turns")))
        .containsExactly("a1", "b1", "a2", "b2");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void oneThatRestsIsStoppedUntilItsTurn() throws Exception {
    Path file = directory.resolve("rest");
    try (TakingTurns turns = new TakingTurns()) {
      turns.start(command(Resting.class, file.toString(), "rest"), directory.resolve("a.log"));
      turns.start(command(Resting.class, file.toString(), "look"), directory.resolve("b.log"));
      assertThat(turns.untilTheyEnd()).containsExactly(0, 0);
    }
    assertThat(Files.readAllLines(file).subList(1, 3)).containsExactly("stopped", "goes on");
  }

  @Test
  void oneThatRestsCanBeEnded() throws Exception {
    TakingTurns turns = new TakingTurns();
    try (turns) {
      turns.start(
          command(Resting.class, directory.resolve("rest").toString(), "rest"),
          directory.resolve("a.log"));
      start(turns, "b", 1, 7);
      assertThat(turns.untilTheyEnd()).containsExactly(0, 7);
    }
    assertThat(Files.readAllLines(directory.resolve("rest"))).hasSize(1);
  }

  private void start(TakingTurns turns, String name, int count, int exit) throws Exception {
    turns.start(
        command(
            TurnTaker.class,
            directory.resolve("turns").toString(),
            name,
            Integer.toString(count),
            Integer.toString(exit)),
        directory.resolve(name + ".log"));
  }

  private static List<String> command(Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
