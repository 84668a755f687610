package io.basalt.statebackend.state;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.state.MortalTask.Death;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A task that dies at any moment around a checkpoint, again and again: each time it has counted
 * every event up to its last completed checkpoint exactly once.
 */
@Timeout(180)
class KilledTaskTest {

  private static final int ROUNDS = Integer.getInteger("basalt.kills.rounds", 8);

  @RegisterExtension final Workspace workspace = new Workspace();

  @ParameterizedTest(name = "incremental: {0}, tier: {1}")
  @CsvSource({"true, 32kb", "false, 32kb", "true, 100mb", "false, 100mb"})
  void everyEventIsCountedOnceWheneverTheTaskDies(boolean incremental, String tier)
      throws Exception {
    Participant basalt = incremental ? Participant.BASALT : Participant.BASALT.withoutIncremental();
    try (MortalTask task =
        new MortalTask(
            workspace, basalt.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), tier)))) {
      for (int round = 0; round < ROUNDS; round++) {
        for (Death death : Death.values()) {
          task.live();
          task.die(death);
          task.comeBack();
        }
      }
    }
  }
}
