package io.basalt.examples.flights.processes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * One run of the job on a cluster. It pauses in the middle, for as long as the test wants: whatever
 * happens to a TaskManager happens to a job that has read half of its flights and has not ended.
 */
final class SubmittedRun {

  /** Four days: windows end, airports fall silent at night. */
  static final long FLIGHTS = 60_000;

  private static final long HALF = FLIGHTS / 2;

  private final FlinkCluster cluster;
  private final Path output;
  private final String job;

  private SubmittedRun(FlinkCluster cluster, Path output, String job) {
    this.cluster = cluster;
    this.output = output;
    this.job = job;
  }

  /**
   * Submits the job.
   *
   * @param name of the directory of its results
   * @param options of {@code flink run}
   */
  static SubmittedRun submit(FlinkCluster cluster, String name, Path jar, String... options)
      throws Exception {
    Path output = cluster.home().directory().resolve(name);
    List<String> arguments = new ArrayList<>(List.of("-p", "2"));
    arguments.addAll(List.of(options));
    arguments.add(jar.toString());
    arguments.addAll(List.of("--output", output.toString()));
    arguments.addAll(List.of("--limit", String.valueOf(FLIGHTS)));
    arguments.addAll(List.of("--pause-at", String.valueOf(HALF)));
    return new SubmittedRun(cluster, output, cluster.submit(arguments));
  }

  /** The job's id. */
  String job() {
    return job;
  }

  /**
   * Waits until flights have come through, and checkpoints have been completed since. However fast
   * they are read, the job does not get beyond its pause.
   */
  void awaitPause() throws Exception {
    until("flights are read", () -> cluster.rest().recordsSentBySources(job) >= HALF);
    awaitCheckpoints(2);
  }

  /**
   * Kills a TaskManager that runs tasks of the job and starts another; waits until the job has been
   * restored on what is there now, and goes on taking checkpoints.
   */
  FlinkProcess killAndReplace(FlinkProcess killed, String replacement, FlinkProcess survivor)
      throws Exception {
    until(
        "the job runs on " + killed.name(),
        () -> cluster.rest().taskManagersRunning(job).contains(killed.name()));
    int restores = cluster.rest().restores(job);
    cluster.kill(killed);
    FlinkProcess started = cluster.startTaskManager(replacement);
    until("the job has been restored", () -> cluster.rest().restores(job) > restores);
    Set<String> both = Set.of(survivor.name(), replacement);
    until("the job runs on " + both, () -> cluster.rest().taskManagersRunning(job).equals(both));
    awaitCheckpoints(1);
    return started;
  }

  /** Lets the job read the other half; waits for its end, and gives the files it has written. */
  Map<String, String> finish() throws Exception {
    Path goOn = Files.createFile(output.resolve("continue"));
    until("the job has finished", () -> cluster.rest().state(job).equals("FINISHED"));
    Files.delete(goOn);
    return results();
  }

  private Map<String, String> results() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (var files = Files.newDirectoryStream(output)) {
      for (Path file : files) {
        contents.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return contents;
  }

  private void awaitCheckpoints(int more) throws Exception {
    int completed = cluster.rest().completedCheckpoints(job) + more;
    until("checkpoints", () -> cluster.rest().completedCheckpoints(job) >= completed);
  }

  /** A job that has failed for good is waited for no longer. */
  private void until(String what, Callable<Boolean> isSo) throws Exception {
    cluster.until(
        what,
        () -> {
          if (cluster.rest().state(job).equals("FAILED")) {
            throw new AssertionError(what + ": " + cluster.rest().failures(job));
          }
          return isSo.call();
        });
  }
}
