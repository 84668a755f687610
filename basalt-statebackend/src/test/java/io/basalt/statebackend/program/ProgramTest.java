package io.basalt.statebackend.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.apache.flink.api.common.time.Deadline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Random programs. One that fails is shortened, and its failure says everything: the seed, what it
 * works on, each step. {@code -Dbasalt.program.seed=...} runs one program alone.
 */
final class ProgramTest {

  private static final String SEED = "basalt.program.seed";
  private static final String MINUTES = "basalt.program.minutes";

  /** How long a program is; the seeds that documents name belong to this length. */
  private static final int STEPS = 400;

  /** Programs whose seeds are the same in every run, and others. */
  private static final int KNOWN = 50;

  private static final int NEW = Integer.getInteger("basalt.program.new", 20);

  private static final Duration TIME_TO_SHORTEN =
      Duration.ofSeconds(Long.getLong("basalt.program.shortening", 60));

  private final Coverage coverage = new Coverage();

  @Test
  @DisabledIfSystemProperty(named = MINUTES, matches = "\\d+")
  void everyProgramDoesAsTheModelSays() throws Exception {
    if (Long.getLong(SEED) != null) {
      run(Long.getLong(SEED));
      return;
    }
    for (long seed = 1; seed <= KNOWN; seed++) {
      run(seed);
    }
    Random random = new Random();
    for (int program = 0; program < NEW; program++) {
      run(random.nextLong());
    }
    assertEverythingWasExercised();
  }

  /** The long run of docs/reliability.md: new programs for as many minutes as the property says. */
  @Test
  @EnabledIfSystemProperty(named = MINUTES, matches = "\\d+")
  void everyProgramOfALongRunDoesAsTheModelSays() throws Exception {
    long first = new Random().nextLong();
    Deadline end = Deadline.fromNow(Duration.ofMinutes(Long.getLong(MINUTES)));
    long seed = first;
    for (; end.hasTimeLeft(); seed++) {
      run(seed);
      if ((seed - first) % 100 == 99) {
        report(first, seed);
      }
    }
    report(first, seed - 1);
    assertEverythingWasExercised();
  }

  private void report(long first, long last) throws IOException {
    Coverage soFar = coverage.withNativeCounts();
    Files.writeString(
        Path.of("target", "programs.txt"),
        "Programs of the seeds %d to %d, none of which has failed%n%n%s"
            .formatted(first, last, soFar));
  }

  private void assertEverythingWasExercised() {
    Coverage all = coverage.withNativeCounts();
    assertThat(all.missing()).as("what no program has exercised:%n%s", all).isEmpty();
  }

  private void run(long seed) throws Exception {
    try {
      Program.of(seed, STEPS).run(coverage);
    } catch (ProgramFailure e) {
      throw Shortening.of(e, Deadline.fromNow(TIME_TO_SHORTEN));
    }
  }
}
