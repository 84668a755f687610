package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.exchange.CountingJob.Access;
import io.basalt.statebackend.exchange.StoppedJobs.Runs;
import io.basalt.statebackend.exchange.StoppedJobs.Stop;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import java.io.DataInputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filemerging.SegmentFileStateHandle;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jobs whose checkpoints are put together from many files in one ({@code
 * execution.checkpointing.file-merging.*}, FLIP-306).
 */
class MergedFilesJobsTest {

  private static final int SLOTS = 2;

  /** Flink gives operators without state some, and the two runs do not end in the same sink. */
  private static final String IGNORE_UNCLAIMED = "execution.state-recovery.ignore-unclaimed-state";

  private static final Map<String, String> MERGED_FILES =
      Map.of(
          "execution.checkpointing.file-merging.enabled",
          "true",
          "execution.checkpointing.file-merging.across-checkpoint-boundary",
          "true",
          IGNORE_UNCLAIMED,
          "true");

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(SLOTS)
              .build());

  @RegisterExtension final Workspace workspace = Workspace.besideCluster();

  static List<Runs> filesMerged() {
    Participant basalt = BASALT.withSettings(MERGED_FILES);
    return List.of(
        checkpointed(basalt, basalt, 2, 2).claiming(),
        checkpointed(basalt, basalt, 2, 3),
        checkpointed(basalt, basalt, 3, 2),
        checkpointed(basalt, BASALT.withSettings(Map.of(IGNORE_UNCLAIMED, "true")), 2, 2),
        checkpointed(basalt, STOCK.withSettings(Map.of(IGNORE_UNCLAIMED, "true")), 2, 3),
        checkpointed(basalt.withoutIncremental(), basalt, 2, 2));
  }

  static List<Runs> mergedLater() {
    Participant basalt = BASALT.withSettings(MERGED_FILES);
    return List.of(
        checkpointed(BASALT, basalt, 2, 3),
        checkpointed(STOCK, basalt, 2, 2),
        checkpointed(STOCK.withSettings(MERGED_FILES), basalt, 3, 2));
  }

  private static Runs checkpointed(Participant first, Participant second, int before, int after) {
    return new Runs(
        Access.SYNCHRONOUS, first, Stop.KEEPING_ITS_LAST_CHECKPOINT, second, before, after);
  }

  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("filesMerged")
  void checkpointsWithMergedFilesAreRestored(Runs runs, @InjectMiniCluster MiniCluster cluster)
      throws Exception {
    StoppedJobs jobs = new StoppedJobs(workspace, cluster);
    String checkpoint = jobs.runAndStop(runs);
    assertThat(filesOfState(checkpoint))
        .isNotEmpty()
        .allMatch(file -> file instanceof SegmentFileStateHandle);
    assertThat(jobs.runToTheEnd(runs, checkpoint))
        .containsExactlyInAnyOrderElementsOf(CountingJob.expectedResults());
  }

  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("mergedLater")
  void goesOnWhereItWasStopped(Runs runs, @InjectMiniCluster MiniCluster cluster) throws Exception {
    StoppedJobs jobs = new StoppedJobs(workspace, cluster);
    String checkpoint = jobs.runAndStop(runs);
    assertThat(jobs.runToTheEnd(runs, checkpoint))
        .containsExactlyInAnyOrderElementsOf(CountingJob.expectedResults());
  }

  /** The files of all keyed state that the checkpoint refers to, but for its meta data. */
  private static List<StreamStateHandle> filesOfState(String checkpoint) throws Exception {
    Path metadata = Path.of(URI.create(checkpoint)).resolve("_metadata");
    try (DataInputStream input = new DataInputStream(Files.newInputStream(metadata))) {
      return Checkpoints.loadCheckpointMetadata(
              input, MergedFilesJobsTest.class.getClassLoader(), checkpoint)
          .getOperatorStates()
          .stream()
          .flatMap(operator -> operator.getStates().stream())
          .flatMap(subtask -> subtask.getManagedKeyedState().stream())
          .map(IncrementalRemoteKeyedStateHandle.class::cast)
          .flatMap(
              handle ->
                  Stream.concat(
                      handle.getSharedState().stream(), handle.getPrivateState().stream()))
          .map(HandleAndLocalPath::getHandle)
          .toList();
    }
  }
}
