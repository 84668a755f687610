package io.basalt.statebackend.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How a program of the tests has ended, which is not left running. */
public record ForkedOutcome(int exitCode, String output) {

  /** Waits for its end; the test's timeout ends it, too. */
  public static ForkedOutcome of(List<String> command, Path output)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      return new ForkedOutcome(process.waitFor(), Files.readString(output));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
