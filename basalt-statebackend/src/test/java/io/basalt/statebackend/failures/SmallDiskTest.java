package io.basalt.statebackend.failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.basalt.statebackend.harness.ForkedProgram;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real disk that is full: a small one in memory, which a process has for itself where Linux lets
 * anybody mount one in a name space of his own.
 */
@Timeout(180)
class SmallDiskTest {

  private static final Path MEMORY = Path.of("/dev/shm");
  private static final String MOUNT_AND_RUN =
      "mount -t tmpfs -o size=32m none \"$0\" && exec \"$@\"";

  @TempDir Path storage;

  @ParameterizedTest
  @ValueSource(strings = {"basalt", "stock"})
  void atEveryStepOfASnapshotAndOfARestore(String participant) throws Exception {
    assumeThat(Files.isWritable(MEMORY)).as("there is %s", MEMORY).isTrue();
    // Below, so that the tests' directories are made there and not beside it.
    Path disk = Files.createTempDirectory(MEMORY, "basalt-disk");
    try {
      assumeThat(run(disk, List.of("true")).exitCode())
          .as("a process may mount a disk of its own")
          .isZero();
      ForkedProgram program =
          new ForkedProgram(SmallDiskProgram.class, List.of(participant, storage.toString()));
      Result result = run(disk, program.command(disk));
      System.out.print(result.output());
      assertThat(result.exitCode()).as(result.output()).isZero();
    } finally {
      FileUtils.deleteDirectory(disk.toFile());
    }
  }

  private record Result(int exitCode, String output) {}

  private Result run(Path disk, List<String> program) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("unshare", "--map-root-user", "--mount"));
    command.addAll(List.of("sh", "-c", MOUNT_AND_RUN, disk.toString()));
    command.addAll(program);
    File output = storage.resolve("output.txt").toFile();
    Process process;
    try {
      process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    } catch (IOException e) {
      // There is no such program on other systems.
      return new Result(1, e.toString());
    }
    try {
      int exitCode = process.waitFor();
      return new Result(exitCode, Files.readString(output.toPath(), StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
