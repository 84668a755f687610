package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.exchange.CountingJob.Access;
import io.basalt.statebackend.exchange.StoppedJobs.Runs;
import io.basalt.statebackend.exchange.StoppedJobs.Stop;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jobs with unaligned checkpoints ({@code execution.checkpointing.unaligned.enabled}, FLIP-76),
 * records in flight among their state. Only the first run takes them: the sink that collects the
 * results of the second fails where a checkpoint overtakes its records, and the job starts again.
 */
class UnalignedJobsTest {

  private static final int SLOTS = 2;

  private static final Map<String, String> UNALIGNED =
      Map.of("execution.checkpointing.unaligned.enabled", "true");

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(SLOTS)
              .build());

  @RegisterExtension final Workspace workspace = Workspace.besideCluster();

  static List<Runs> runs() {
    Participant unaligned = BASALT.withSettings(UNALIGNED);
    return List.of(
        checkpointed(unaligned, BASALT, 2, 3),
        checkpointed(unaligned, STOCK, 3, 2),
        checkpointed(STOCK.withSettings(UNALIGNED), BASALT, 2, 2).claiming(),
        checkpointed(unaligned.withHeapTimers(), BASALT.withHeapTimers(), 2, 3));
  }

  private static Runs checkpointed(Participant first, Participant second, int before, int after) {
    return new Runs(
        Access.SYNCHRONOUS, first, Stop.KEEPING_ITS_LAST_CHECKPOINT, second, before, after);
  }

  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("runs")
  void goesOnWhereItWasStopped(Runs runs, @InjectMiniCluster MiniCluster cluster) throws Exception {
    StoppedJobs jobs = new StoppedJobs(workspace, cluster);
    String checkpoint = jobs.runAndStop(runs);
    assertThat(jobs.runToTheEnd(runs, checkpoint))
        .containsExactlyInAnyOrderElementsOf(CountingJob.expectedResults());
  }
}
