package io.basalt.statebackend.faults;

import java.io.IOException;
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

  /**
   * Runs the tests up to the first that fails.
   *
   * @param tests see {@link SuiteRun#main}
   * @throws IllegalStateException if no test has run: what was to be tested, was not
   */
  Verdict of(List<String> tests) throws IOException, InterruptedException {
    FileUtils.deleteDirectory(work.toFile());
    Files.createDirectories(work);
    Path temporary = TestJvm.temporaryDirectory(work);
    Path report = work.resolve("report.txt").toAbsolutePath();
    Path output = work.resolve("output.txt");
    List<String> arguments = new ArrayList<>();
    arguments.add(report.toString());
    arguments.addAll(tests);
    long start = System.nanoTime();
    Process process =
        TestJvm.of(classes, options, temporary, SuiteRun.class, arguments)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      return Verdict.ofReport(report, ended, output, System.nanoTime() - start);
    } finally {
      process.destroyForcibly().waitFor();
      FileUtils.deleteDirectory(temporary.toFile());
    }
  }
}
