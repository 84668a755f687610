package io.basalt.statebackend.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.ForkedOutcome;
import io.basalt.statebackend.harness.ForkedProgram;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database that cannot be opened again fails its task, not the process of all tasks. */
@Timeout(120)
class FailedReopeningTest {

  private static final long SEED = 11;

  @TempDir Path directory;

  @Test
  void theTaskEnds() throws Exception {
    ForkedOutcome outcome =
        ForkedOutcome.of(
            new ForkedProgram(FailedReopeningProgram.class, List.of(Long.toString(SEED)))
                .command(directory),
            directory.resolve("output.txt"));

    assertThat(outcome.output()).contains("opens once").contains("has ended");
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
  }
}
