package io.basalt.statebackend.exchange;

import io.basalt.statebackend.exchange.CountingJob.Access;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.CloseableIterator;

/** Jobs on a cluster that are stopped with a snapshot and go on from it in another way. */
final class StoppedJobs {

  private static final int MAX_PARALLELISM = 128;

  private static final int CHECKPOINTS_BEFORE_STOPPING = 3;

  private final Workspace workspace;
  private final MiniCluster cluster;

  StoppedJobs(Workspace workspace, MiniCluster cluster) {
    this.workspace = workspace;
    this.cluster = cluster;
  }

  /** How a job is stopped. */
  enum Stop {
    WITH_NATIVE_SAVEPOINT,
    WITH_CANONICAL_SAVEPOINT,
    KEEPING_ITS_LAST_CHECKPOINT
  }

  /** A job's two runs. */
  record Runs(
      Access access,
      Participant first,
      Stop stop,
      Participant second,
      Scale scale,
      RecoveryClaimMode mode) {
    Runs(Access access, Participant first, Stop stop, Participant second, int before, int after) {
      this(
          access,
          first,
          stop,
          second,
          new Scale(before, after, MAX_PARALLELISM),
          RecoveryClaimMode.NO_CLAIM);
    }

    Runs claiming() {
      return new Runs(access, first, stop, second, scale, RecoveryClaimMode.CLAIM);
    }

    @Override
    public String toString() {
      return String.join(
          ", ",
          first + " to " + second,
          "stopped " + stop,
          scale.toString(),
          access + " state",
          mode.name());
    }
  }

  /** Runs the first part; where its snapshot is. */
  String runAndStop(Runs runs) throws Exception {
    Configuration configuration = configuration(runs.first());
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(20));
    StreamExecutionEnvironment environment = environment(configuration, runs.scale().before());
    CountingJob.endless(environment, runs.access()).sinkTo(new DiscardingSink<>());
    JobClient job = environment.executeAsync();
    CommonTestUtils.waitForCheckpoint(job.getJobID(), cluster, CHECKPOINTS_BEFORE_STOPPING);
    return switch (runs.stop()) {
      case WITH_NATIVE_SAVEPOINT -> stopWithSavepoint(job, SavepointFormatType.NATIVE);
      case WITH_CANONICAL_SAVEPOINT -> stopWithSavepoint(job, SavepointFormatType.CANONICAL);
      case KEEPING_ITS_LAST_CHECKPOINT -> {
        job.cancel().get();
        CommonTestUtils.waitForJobStatus(job, List.of(JobStatus.CANCELED));
        yield CommonTestUtils.getLatestCompletedCheckpointPath(job.getJobID(), cluster)
            .orElseThrow();
      }
    };
  }

  private String stopWithSavepoint(JobClient job, SavepointFormatType format) throws Exception {
    return job.stopWithSavepoint(false, workspace.directory().toUri().toString(), format).get();
  }

  /** Runs the second part from the snapshot; its results. */
  List<String> runToTheEnd(Runs runs, String snapshot) throws Exception {
    Configuration configuration = configuration(runs.second());
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(20));
    configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, snapshot);
    configuration.set(StateRecoveryOptions.RESTORE_MODE, runs.mode());
    StreamExecutionEnvironment environment = environment(configuration, runs.scale().after());
    List<String> results = new ArrayList<>();
    try (CloseableIterator<String> iterator =
        CountingJob.ending(environment, runs.access()).executeAndCollect()) {
      iterator.forEachRemaining(results::add);
    }
    return results;
  }

  private static StreamExecutionEnvironment environment(
      Configuration configuration, int parallelism) {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(parallelism);
    environment.setMaxParallelism(MAX_PARALLELISM);
    return environment;
  }

  private Configuration configuration(Participant participant) throws Exception {
    Configuration configuration = participant.configuration(workspace.localDirectory(participant));
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints(participant).toUri().toString());
    configuration.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ZERO);
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    return configuration;
  }

  /** Flink keeps the files that it merges others into open, also deleted ones. */
  private Path checkpoints(Participant participant) throws Exception {
    return participant.settings().containsKey("execution.checkpointing.file-merging.enabled")
        ? workspace.directoryWithOpenFiles()
        : workspace.directory();
  }
}
