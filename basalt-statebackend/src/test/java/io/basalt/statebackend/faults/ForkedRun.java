package io.basalt.statebackend.faults;

import io.basalt.statebackend.faults.Verdict.Outcome;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.FileUtils;

/**
 * Runs tests in a JVM like this one, with other classes before the backend's on its class path.
 *
 * @param classes take precedence over the backend's
 * @param work a directory for what the run leaves: its report, its output
 * @param limit how long it may take
 * @param options for the JVM, beside those this one has
 */
record ForkedRun(Path classes, Path work, Duration limit, List<String> options) {

  private static final Path MEMORY = Path.of("/dev/shm");

  private static final double NANOSECONDS_A_SECOND = 1e9;

  /**
   * Runs the tests up to the first that fails.
   *
   * @param tests see {@link SuiteRun#main}
   * @throws IllegalStateException if no test has run: what was to be tested, was not
   */
  Verdict of(List<String> tests) throws IOException, InterruptedException {
    FileUtils.deleteDirectory(work.toFile());
    Files.createDirectories(work);
    Path temporary = temporaryDirectory();
    Path report = work.resolve("report.txt").toAbsolutePath();
    File output = work.resolve("output.txt").toFile();
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command(temporary, report, tests))
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    try {
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      long seconds = Math.round((System.nanoTime() - start) / NANOSECONDS_A_SECOND);
      return verdict(report, output, ended, seconds);
    } finally {
      process.destroyForcibly().waitFor();
      FileUtils.deleteDirectory(temporary.toFile());
    }
  }

  /** In memory if there is any: on a disk these tests wait for RocksDB's fsync most of the time. */
  private Path temporaryDirectory() throws IOException {
    return Files.isWritable(MEMORY)
        ? Files.createTempDirectory(MEMORY, "basalt-fault")
        : Files.createTempDirectory(work.toAbsolutePath(), "tmp");
  }

  private List<String> command(Path temporary, Path report, List<String> tests) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // A debugger or profiler is for one JVM; a coverage agent would count what is not the code.
      if (!argument.startsWith("-agent") && !argument.startsWith("-javaagent")) {
        command.add(argument);
      }
    }
    // What Surefire asks for without an argument of the JVM.
    command.add("-ea");
    command.addAll(options);
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-cp");
    command.add(SharedClasses.classPath(classes));
    command.add(SuiteRun.class.getName());
    command.add(report.toString());
    command.addAll(tests);
    return command;
  }

  private static Verdict verdict(Path report, File output, boolean ended, long seconds)
      throws IOException {
    List<String> lines = Files.exists(report) ? Files.readAllLines(report) : List.of();
    if (lines.isEmpty()) {
      throw new IllegalStateException("The forked JVM has not run any test, see " + output);
    }
    String[] last = lines.get(lines.size() - 1).split(SuiteRun.SEPARATOR, -1);
    return switch (last[0]) {
      case SuiteRun.FAILED -> new Verdict(Outcome.FAILED, last[1], last[2], seconds);
      case SuiteRun.PASSED -> {
        if (last[1].equals("0")) {
          throw new IllegalStateException("No test has run to its end, see " + output);
        }
        yield new Verdict(Outcome.PASSED, last[1] + " tests", "", seconds);
      }
      default ->
          new Verdict(ended ? Outcome.CRASHED : Outcome.HUNG, last[1], "see " + output, seconds);
    };
  }
}
