package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.ForkedOutcome;
import io.basalt.statebackend.harness.ForkedProgram;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A small heap: a process with 256 MB of it, with twenty keyed operators, values of 8 bytes to a
 * megabyte, keys nearly as large, objects that grow in place, checkpoints, and user code that holds
 * half of the heap itself for a while. It ends with the right results, whatever the tier was told
 * it may take.
 */
@Timeout(300)
class SmallHeapTest {

  private static final long HELD_BY_USER_CODE = 128 << 20;

  @RegisterExtension final Workspace workspace = Workspace.besideCluster();

  @ParameterizedTest(name = "tier: {0}")
  @ValueSource(strings = {"default", "256 mb", "1 tb"})
  void theTierGivesWay(String tier) throws Exception {
    Path directory = workspace.directory();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                directory.toString(),
                Long.toString(workspace.seed()),
                Long.toString(HELD_BY_USER_CODE)));
    if (!tier.equals("default")) {
      arguments.add(tier);
    }
    // Any error, also one that somebody catches.
    List<String> command =
        new ForkedProgram(SmallHeapProgram.class, arguments)
            .command(directory, "-Xmx256m", "-XX:+ExitOnOutOfMemoryError");

    ForkedOutcome outcome = ForkedOutcome.of(command, directory.resolve("output.txt"));

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("results are right");
  }
}
