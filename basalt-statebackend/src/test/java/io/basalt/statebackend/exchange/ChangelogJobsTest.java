package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.HEAP;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.exchange.CountingJob.Access;
import io.basalt.statebackend.exchange.StoppedJobs.Runs;
import io.basalt.statebackend.exchange.StoppedJobs.Stop;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jobs whose changes go to Flink's changelog ({@code state.changelog.enabled}, FLIP-158), with
 * Basalt below it, which is asked for a checkpoint ("materialization") many times in each run.
 */
class ChangelogJobsTest {

  private static final int SLOTS = 2;

  @TempDir static Path changelog;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          () ->
              new MiniClusterResourceConfiguration.Builder()
                  .setConfiguration(changelogStorage())
                  .setNumberTaskManagers(2)
                  .setNumberSlotsPerTaskManager(SLOTS)
                  .build());

  @RegisterExtension final Workspace workspace = Workspace.besideCluster();

  /** TaskManagers are told where the changelog is; that a job has one, the job says. */
  private static Configuration changelogStorage() {
    return Configuration.fromMap(
        Map.of(
            "state.changelog.storage",
            "filesystem",
            "dstl.dfs.base-path",
            changelog.toUri().toString()));
  }

  private static Participant withChangelog(Participant participant) {
    return participant.withSettings(
        Map.of(
            "state.changelog.enabled", "true",
            // Of a checkpoint that Flink has lost the next one does not have to wait long.
            "execution.checkpointing.timeout", "20 s",
            "state.changelog.periodic-materialize.interval", "50 ms"));
  }

  static List<Runs> runs() {
    Access sync = Access.SYNCHRONOUS;
    Participant basalt = withChangelog(BASALT);
    Participant heapTimers = withChangelog(BASALT.withHeapTimers());
    Participant stock = withChangelog(STOCK);
    return List.of(
        new Runs(sync, basalt, Stop.KEEPING_ITS_LAST_CHECKPOINT, basalt, 2, 3),
        new Runs(sync, basalt, Stop.KEEPING_ITS_LAST_CHECKPOINT, basalt, 3, 2).claiming(),
        new Runs(sync, heapTimers, Stop.KEEPING_ITS_LAST_CHECKPOINT, heapTimers, 2, 2),
        new Runs(sync, basalt, Stop.KEEPING_ITS_LAST_CHECKPOINT, BASALT, 2, 2),
        new Runs(sync, BASALT, Stop.KEEPING_ITS_LAST_CHECKPOINT, basalt, 2, 3),
        new Runs(sync, basalt, Stop.WITH_CANONICAL_SAVEPOINT, HEAP, 2, 1),
        new Runs(sync, basalt, Stop.WITH_CANONICAL_SAVEPOINT, BASALT, 2, 3),
        new Runs(sync, basalt, Stop.WITH_NATIVE_SAVEPOINT, STOCK, 2, 3),
        new Runs(sync, BASALT, Stop.WITH_NATIVE_SAVEPOINT, basalt, 2, 3),
        new Runs(sync, STOCK, Stop.WITH_CANONICAL_SAVEPOINT, basalt, 2, 3),
        new Runs(sync, heapTimers, Stop.WITH_NATIVE_SAVEPOINT, basalt, 2, 2),
        new Runs(sync, heapTimers, Stop.WITH_CANONICAL_SAVEPOINT, heapTimers, 2, 3),
        new Runs(sync, heapTimers, Stop.KEEPING_ITS_LAST_CHECKPOINT, BASALT.withHeapTimers(), 2, 3),
        new Runs(sync, BASALT.withHeapTimers(), Stop.KEEPING_ITS_LAST_CHECKPOINT, heapTimers, 2, 2),
        new Runs(sync, basalt, Stop.KEEPING_ITS_LAST_CHECKPOINT, stock, 2, 3),
        new Runs(sync, stock, Stop.KEEPING_ITS_LAST_CHECKPOINT, basalt, 2, 3));
  }

  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("runs")
  void goesOnWhereItWasStopped(Runs runs, @InjectMiniCluster MiniCluster cluster) throws Exception {
    StoppedJobs jobs = new StoppedJobs(workspace, cluster);
    String snapshot = jobs.runAndStop(runs);
    assertThat(jobs.runToTheEnd(runs, snapshot))
        .containsExactlyInAnyOrderElementsOf(CountingJob.expectedResults());
  }
}
