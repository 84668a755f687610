package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.ForkedProgram;
import io.basalt.statebackend.harness.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Manifests grow with every flush and compaction: those of databases that have been open for long
 * are restored from by a process whose heap is smaller than one of them.
 */
@Timeout(300)
class LongManifestTest {

  @RegisterExtension final Workspace workspace = Workspace.besideCluster();

  @ParameterizedTest(name = "2 -> {0}")
  @ValueSource(ints = {2, 1, 3})
  void manifestsNeedNotFitIntoTheHeap(int parallelism) throws Exception {
    Path directory = workspace.directory();
    Path output = directory.resolve("output.txt");
    // Any error, also one that somebody catches.
    List<String> command =
        new ForkedProgram(
                LongManifestProgram.class,
                List.of(Long.toString(workspace.seed()), Integer.toString(parallelism)))
            .command(directory, "-Xmx80m", "-XX:+ExitOnOutOfMemoryError");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor()).as(() -> read(output)).isZero();
    } finally {
      process.destroyForcibly().waitFor();
    }

    assertThat(output).content().contains("restored with parallelism " + parallelism);
  }

  private static String read(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
