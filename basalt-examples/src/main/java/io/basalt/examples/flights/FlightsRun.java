package io.basalt.examples.flights;

import io.basalt.examples.flights.output.ResultDirectory;
import io.basalt.examples.flights.output.ResultFile;
import io.basalt.examples.flights.progress.CheckpointStatus;
import io.basalt.examples.flights.progress.ProgressDisplay;
import io.basalt.examples.flights.progress.RunProgress;
import io.basalt.examples.flights.progress.RunReport;
import io.basalt.examples.flights.source.FlightsSource;
import io.basalt.examples.flights.source.Interruptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.SerializedThrowable;

/**
 * One run of the job, from an empty cluster to the report. Used once and by one thread, but for
 * {@link #lastCheckpoint}.
 */
public final class FlightsRun {

  private static final Duration REFRESH = Duration.ofMillis(200);

  private final FlightsSettings settings;
  private final ProgressDisplay display;
  private final String name = UUID.randomUUID().toString();
  private final RunProgress progress = RunProgress.of(name);
  private final long startNanos = System.nanoTime();

  private volatile CheckpointStatus checkpoints = CheckpointStatus.NONE;

  /** Prepares a run that is shown on the display. */
  public FlightsRun(FlightsSettings settings, ProgressDisplay display) {
    this.settings = settings;
    this.display = display;
  }

  /**
   * Runs the job to its end, or to the savepoint it is to be stopped with.
   *
   * @throws FlightsFailedException if the job failed for good or was cancelled
   */
  public RunReport execute() throws Exception {
    ResultDirectory results = new ResultDirectory(settings.output());
    results.prepare();
    Configuration configuration = FlightsConfiguration.of(settings);
    try (FlightsCluster cluster = FlightsCluster.start(configuration, settings.parallelism())) {
      if (settings.webInterface()) {
        display.announce(
            "Flink's web interface: http://localhost:" + cluster.webInterface().getPort());
      }
      JobGraph job = jobGraph(configuration);
      CompletableFuture<JobResult> result = cluster.submit(job);
      Optional<String> savepoint = follow(cluster, job.getJobID(), result);
      checkSuccess(result.get());
      return report(results, savepoint);
    } finally {
      display.finish();
      RunProgress.forget(name);
    }
  }

  /** Where the last completed checkpoint is, from which the run could be continued. Any thread. */
  public Optional<String> lastCheckpoint() {
    return checkpoints.location();
  }

  private JobGraph jobGraph(Configuration configuration) {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(settings.parallelism());
    new FlightsPipeline(source(), settings.output()).addTo(environment);
    StreamGraph graph = environment.getStreamGraph();
    graph.setJobName("Flights on " + settings.backend());
    JobGraph job = graph.getJobGraph();
    settings.from().ifPresent(snapshot -> job.setSavepointRestoreSettings(restore(snapshot)));
    return job;
  }

  private FlightsSource source() {
    Interruptions interruptions =
        Interruptions.evenly(
            settings.failures(), settings.end(), settings.savepointAt().isPresent());
    return new FlightsSource(settings.input(), settings.flights(), interruptions, name);
  }

  /** The snapshot stays the user's: it can be used again, by this job or another. */
  private static SavepointRestoreSettings restore(Path snapshot) {
    return SavepointRestoreSettings.forPath(
        snapshot.toUri().toString(), false, RecoveryClaimMode.NO_CLAIM);
  }

  /** Shows the job until it has ended; stops it where it is to be stopped. */
  private Optional<String> follow(
      FlightsCluster cluster, JobID job, CompletableFuture<JobResult> result) throws Exception {
    CompletableFuture<String> savepoint = null;
    while (!isDone(result)) {
      if (savepoint == null && progress.isHalted()) {
        savepoint = cluster.stopWithSavepoint(job, settings.savepointFormat());
      }
      if (savepoint != null && savepoint.isCompletedExceptionally()) {
        // The job would wait for another savepoint forever.
        break;
      }
      checkpoints = cluster.checkpoints(job);
      display.show(progress, checkpoints, elapsed());
    }
    display.showEvents(progress);
    checkpoints = cluster.checkpoints(job);
    return savepoint == null ? Optional.empty() : Optional.of(savepoint.get());
  }

  private static boolean isDone(CompletableFuture<JobResult> result) throws Exception {
    try {
      result.get(REFRESH.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private static void checkSuccess(JobResult result) throws FlightsFailedException {
    Optional<SerializedThrowable> failure = result.getSerializedThrowable();
    if (failure.isPresent()) {
      throw FlightsFailedException.because(
          failure.get().deserializeError(FlightsRun.class.getClassLoader()));
    }
  }

  private RunReport report(ResultDirectory results, Optional<String> savepoint) throws IOException {
    Map<String, Long> rowsByFile = new LinkedHashMap<>();
    if (savepoint.isEmpty()) {
      for (ResultFile file : ResultFile.values()) {
        rowsByFile.put(file.fileName(), results.countRows(file));
      }
    }
    int startedFrom = settings.from().isPresent() ? 1 : 0;
    return new RunReport(
        settings.backend().toString(),
        settings.parallelism(),
        settings.end(),
        progress.firstStart(),
        elapsed(),
        progress.failures(),
        checkpoints.restored() - startedFrom,
        checkpoints,
        rowsByFile,
        savepoint);
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
