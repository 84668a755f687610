package io.basalt.examples.flights;

import io.basalt.examples.flights.progress.CheckpointStatus;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/**
 * A Flink cluster inside this JVM with one TaskManager, and the one job it runs. Whoever starts it
 * closes it, which ends the job if it still runs.
 */
final class FlightsCluster implements AutoCloseable {

  private final MiniCluster cluster;

  private FlightsCluster(MiniCluster cluster) {
    this.cluster = cluster;
  }

  /** Starts a cluster with as many slots as the configuration says. */
  static FlightsCluster start(Configuration configuration, int slots) throws Exception {
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumSlotsPerTaskManager(slots)
                .withRandomPorts()
                .build());
    cluster.start();
    return new FlightsCluster(cluster);
  }

  /** The address of Flink's web interface. */
  URI webInterface() throws ExecutionException, InterruptedException {
    return cluster.getRestAddress().get();
  }

  /** Submits the job; the result comes when it has ended, however it ended. */
  CompletableFuture<JobResult> submit(JobGraph job) {
    return cluster
        .submitJob(job)
        .thenCompose(submitted -> cluster.requestJobResult(submitted.getJobID()));
  }

  /**
   * Stops the job with a savepoint in the configured directory; its path comes when it is there.
   */
  CompletableFuture<String> stopWithSavepoint(JobID job, SavepointFormatType format) {
    // Without draining: no end of input is pretended, so that it can be continued.
    return cluster.stopWithSavepoint(job, /* targetDirectory= */ null, false, format);
  }

  /** How the job's checkpoints stand; nothing yet while the job is being submitted. */
  CheckpointStatus checkpoints(JobID job) throws InterruptedException {
    try {
      return CheckpointStatus.of(cluster.getExecutionGraph(job).get().getCheckpointStatsSnapshot());
    } catch (ExecutionException e) {
      return CheckpointStatus.NONE;
    }
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }
}
