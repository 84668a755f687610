package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.HEAP;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.exchange.CountingJob.Access;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
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
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real jobs on a real cluster that are stopped and go on with another backend. */
class JobExchangeTest {

  private static final int SLOTS = 2;

  private static final int MAX_PARALLELISM = 128;

  private static final int CHECKPOINTS_BEFORE_STOPPING = 3;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(SLOTS)
              .build());

  @RegisterExtension final Workspace workspace = Workspace.besideCluster();

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

  static List<Runs> runs() {
    Access sync = Access.SYNCHRONOUS;
    Access async = Access.ASYNCHRONOUS;
    return List.of(
        new Runs(sync, BASALT, Stop.WITH_NATIVE_SAVEPOINT, STOCK, 2, 3),
        new Runs(sync, STOCK, Stop.WITH_NATIVE_SAVEPOINT, BASALT, 2, 2).claiming(),
        new Runs(sync, BASALT.withHeapTimers(), Stop.WITH_NATIVE_SAVEPOINT, BASALT, 3, 2),
        new Runs(sync, BASALT, Stop.WITH_CANONICAL_SAVEPOINT, HEAP, 2, 1),
        new Runs(sync, HEAP, Stop.WITH_CANONICAL_SAVEPOINT, BASALT, 1, 2),
        new Runs(sync, STOCK, Stop.KEEPING_ITS_LAST_CHECKPOINT, BASALT, 2, 3),
        new Runs(sync, BASALT, Stop.KEEPING_ITS_LAST_CHECKPOINT, STOCK, 2, 2).claiming(),
        new Runs(async, BASALT, Stop.WITH_NATIVE_SAVEPOINT, STOCK, 2, 3),
        new Runs(async, STOCK, Stop.KEEPING_ITS_LAST_CHECKPOINT, BASALT, 2, 3),
        new Runs(async, BASALT.withHeapTimers(), Stop.KEEPING_ITS_LAST_CHECKPOINT, BASALT, 2, 2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("runs")
  void goesOnWhereItWasStopped(Runs runs, @InjectMiniCluster MiniCluster cluster) throws Exception {
    String snapshot = runAndStop(runs, cluster);
    assertThat(runToTheEnd(runs, snapshot))
        .containsExactlyInAnyOrderElementsOf(CountingJob.expectedResults());
  }

  private String runAndStop(Runs runs, MiniCluster cluster) throws Exception {
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

  private List<String> runToTheEnd(Runs runs, String snapshot) throws Exception {
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
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, workspace.directory().toUri().toString());
    configuration.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ZERO);
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    return configuration;
  }
}
