package io.basalt.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
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

  private void start(TakingTurns turns, String name, int count, int exit) throws Exception {
    turns.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-classpath",
            System.getProperty("java.class.path"),
            TurnTaker.class.getName(),
            directory.resolve("turns").toString(),
            name,
            Integer.toString(count),
            Integer.toString(exit)),
        directory.resolve(name + ".log"));
  }
}
