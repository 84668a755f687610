package io.basalt.statebackend.processor;

import io.basalt.statebackend.harness.Feed;
import io.basalt.statebackend.harness.Observations;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs of the job on a cluster. */
final class Jobs {

  private static final String STATES_UID = Numbers.STATES.getUid().orElseThrow();

  private final Workspace workspace;
  private final MiniCluster cluster;

  Jobs(Workspace workspace, MiniCluster cluster) {
    this.workspace = workspace;
    this.cluster = cluster;
  }

  /** How a job's state is written. */
  enum Written {
    CANONICAL_SAVEPOINT,
    NATIVE_SAVEPOINT,
    /** The second of two, so that an incremental one has something to refer to. */
    CHECKPOINT
  }

  /** Stores all numbers and gives up the job; where its snapshot is. */
  String write(Participant participant, Written written) throws Exception {
    String job = "writes " + workspace.directory();
    Feed feed = Feed.of(job);
    Configuration configuration = participant.configuration(workspace.localDirectory(participant));
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, workspace.directory().toUri().toString());
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    JobClient running = start(configuration, feed, job, STATES_UID);
    CommonTestUtils.waitForAllTaskRunning(cluster, running.getJobID(), false);
    feed.emit(0, Numbers.KEYS);
    if (written == Written.CHECKPOINT) {
      checkpoint(running);
    }
    feed.emit(Numbers.KEYS, Numbers.STORED);
    String snapshot =
        switch (written) {
          case CANONICAL_SAVEPOINT -> savepoint(running, SavepointFormatType.CANONICAL);
          case NATIVE_SAVEPOINT -> savepoint(running, SavepointFormatType.NATIVE);
          case CHECKPOINT -> checkpoint(running);
        };
    running.cancel().get();
    CommonTestUtils.waitForJobStatus(running, List.of(JobStatus.CANCELED));
    return snapshot;
  }

  private String savepoint(JobClient job, SavepointFormatType format) throws Exception {
    return job.triggerSavepoint(workspace.directory().toUri().toString(), format).get();
  }

  private String checkpoint(JobClient job) throws Exception {
    cluster.triggerCheckpoint(job.getJobID(), CheckpointType.CONFIGURED).get();
    return CommonTestUtils.getLatestCompletedCheckpointPath(job.getJobID(), cluster).orElseThrow();
  }

  /** Goes on from a snapshot to the end; all that is seen of what it held. */
  Set<String> readToTheEnd(Participant participant, String snapshot, String statesUid)
      throws Exception {
    String job = "reads " + workspace.directory();
    Feed feed = Feed.of(job);
    Observations observations = Observations.begin(job, 2 * Numbers.KEYS);
    Path local = workspace.localDirectory(participant);
    Configuration configuration = participant.configuration(local);
    configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, snapshot);
    JobClient running = start(configuration, feed, job, statesUid);
    feed.emit(Numbers.STORED, Numbers.STORED + Numbers.KEYS);
    observations.await();
    feed.end();
    running.getJobExecutionResult().get();
    return observations.seen();
  }

  private static JobClient start(
      Configuration configuration, Feed feed, String job, String statesUid) throws Exception {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(2);
    NumbersJob.build(environment, feed, job, statesUid);
    return environment.executeAsync(job);
  }
}
