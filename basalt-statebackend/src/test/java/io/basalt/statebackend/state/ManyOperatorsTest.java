package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.ForkedOutcome;
import io.basalt.statebackend.harness.ForkedProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What all operators of a process hold back is bounded by its heap, however many there are. */
@Timeout(300)
class ManyOperatorsTest {

  @TempDir Path temporary;

  @Test
  void whatTheyHoldBackFitsASmallHeap() throws Exception {
    String seed = Long.toString(new Random().nextLong());
    System.out.println("Seed: " + seed);
    List<String> command =
        new ForkedProgram(ManyOperatorsProgram.class, List.of(temporary.toString(), seed))
            .command(temporary, "-Xmx256m", "-XX:+ExitOnOutOfMemoryError");

    ForkedOutcome outcome = ForkedOutcome.of(command, temporary.resolve("output.txt"));

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("everything is there");
  }
}
