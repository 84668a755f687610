package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.HEAP;
import static io.basalt.statebackend.harness.Participant.STOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.exchange.CountingJob.Access;
import io.basalt.statebackend.exchange.StoppedJobs.Runs;
import io.basalt.statebackend.exchange.StoppedJobs.Stop;
import io.basalt.statebackend.harness.Workspace;
import java.util.List;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real jobs on a real cluster that are stopped and go on with another backend. */
class JobExchangeTest {

  private static final int SLOTS = 2;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(2)
              .setNumberSlotsPerTaskManager(SLOTS)
              .build());

  @RegisterExtension final Workspace workspace = Workspace.besideCluster();

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
    StoppedJobs jobs = new StoppedJobs(workspace, cluster);
    String snapshot = jobs.runAndStop(runs);
    assertThat(jobs.runToTheEnd(runs, snapshot))
        .containsExactlyInAnyOrderElementsOf(CountingJob.expectedResults());
  }
}
