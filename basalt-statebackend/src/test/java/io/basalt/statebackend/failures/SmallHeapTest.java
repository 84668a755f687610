package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A small heap: a process with 256 MB of it, with twenty keyed operators, values of 8 bytes to a
 * megabyte, keys as large, objects that grow in place, checkpoints twice a second, and user code
 * that holds nearly half of the heap itself for a while. It must end with the right results,
 * whatever the tier was told it may take.
 */
@Timeout(300)
class SmallHeapTest {

  private static final long HELD_BY_USER_CODE = 110 << 20;

  private static final long SEED = Long.getLong("basalt.heap.seed", new Random().nextLong());

  @TempDir Path directory;

  @ParameterizedTest(name = "tier: {0}")
  @ValueSource(strings = {"default", "256 mb", "1 tb"})
  void theTierGivesWay(String tier) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    // Any, also one that somebody catches.
    command.addAll(List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"));
    command.add("-Djava.io.tmpdir=" + directory);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(SmallHeapProgram.class.getName());
    command.addAll(
        List.of(directory.toString(), Long.toString(SEED), Long.toString(HELD_BY_USER_CODE)));
    if (!tier.equals("default")) {
      command.add(tier);
    }
    File output = directory.resolve("output.txt").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    try {
      assertThat(process.waitFor())
          .as(() -> "To repeat it: -Dbasalt.heap.seed=" + SEED + "\n" + read(output))
          .isZero();
      assertThat(read(output)).contains("results are right");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static String read(File file) {
    try {
      return Files.readString(file.toPath());
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
