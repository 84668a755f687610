package io.basalt.statebackend.faults;

import io.basalt.statebackend.faults.Verdict.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.FileUtils;

/**
 * A JVM in which faults are planted one after the other by redefining classes: in it a test takes
 * the tenth of a second that it works, not the two that a JVM needs until it does.
 *
 * <p>What one fault leaves behind (threads, open databases, static fields) must not be taken for
 * what the next one does. So nothing is said of a fault here but that a test failed with it and the
 * same test passed right after, without it. Whatever else comes of it is for a JVM of its own to
 * find out, and this one is given up.
 */
final class SuccessionJvm implements AutoCloseable {

  private static final String GONE = "the JVM has ended";

  private final Path work;
  private final Path temporary;
  private final Process process;
  private final PrintWriter requests;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private boolean spoilt;

  /**
   * Starts it.
   *
   * @param work a directory for what it leaves: its output, the reports of its runs
   * @param options for the JVM, beside those this one has
   */
  SuccessionJvm(Path work, List<String> options) throws IOException {
    this.work = Files.createDirectories(work);
    temporary = TestJvm.temporaryDirectory(work);
    process =
        TestJvm.of(work.resolve("no-classes"), options, temporary, FaultSuccession.class, List.of())
            .redirectError(work.resolve("output.txt").toFile())
            .start();
    requests = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread reader = new Thread(this::readAnswers, "answers of " + work.getFileName());
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Plants a fault and runs a test; what fails of it runs again without the fault.
   *
   * @param name a new one for each call
   * @param without the classes of the file as they are
   * @param with the same with the fault in them
   * @param limit how long it may take
   * @return both verdicts if it failed with the fault and passed without it; empty in every other
   *     case
   */
  Optional<Trial> trial(String name, Path without, Path with, String test, Duration limit)
      throws IOException, InterruptedException {
    Path report = work.resolve(name + ".txt").toAbsolutePath();
    Path again = work.resolve(name + "-without.txt").toAbsolutePath();
    spoilt = true;
    long start = System.nanoTime();
    requests.println(
        String.join(
            FaultSuccession.SEPARATOR,
            without.toAbsolutePath().toString(),
            with.toAbsolutePath().toString(),
            report.toString(),
            again.toString(),
            test));
    String answer = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (!FaultSuccession.RUN.equals(answer)) {
      String reason = answer == null ? "no answer within " + limit : answer;
      Files.writeString(work.resolve(name + "-not-run.txt"), reason);
      spoilt = !reason.startsWith(FaultSuccession.NOT_PLANTED);
      return Optional.empty();
    }
    long nanoseconds = System.nanoTime() - start;
    Verdict faulty = Verdict.ofReport(report, true, work, nanoseconds);
    if (faulty.outcome() != Outcome.FAILED) {
      return Optional.empty();
    }
    Verdict faultless = Verdict.ofReport(again, true, work, nanoseconds);
    spoilt = faultless.outcome() != Outcome.PASSED;
    return spoilt ? Optional.empty() : Optional.of(new Trial(faulty, faultless));
  }

  /** Whether it must not be used any more: there may be in it what a fault has left. */
  boolean isSpoilt() {
    return spoilt;
  }

  private void readAnswers() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(FaultSuccession.ANSWER)) {
          answers.add(line.substring(FaultSuccession.ANSWER.length()));
        }
      }
    } catch (IOException e) {
      answers.add(GONE + ": " + e);
    }
    answers.add(GONE);
  }

  /** Ends the JVM, whatever it does. */
  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    FileUtils.deleteDirectory(temporary.toFile());
  }
}
