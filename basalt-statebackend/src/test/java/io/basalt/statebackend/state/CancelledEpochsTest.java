package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.metrics.HotMetrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ValueState;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A snapshot is cancelled before its thread has begun: what it was to write is written all the
 * same, and not by the task.
 */
@Timeout(300)
class CancelledEpochsTest {

  private static final int CHANGES = 7_777;
  private static final int FURTHER = 1_234;
  private static final int MOST_SPINS = 200_000;
  private static final int ROUNDS = 12;

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Map<Long, Long> model = new HashMap<>();

  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void theyAreWrittenBesideTheTask(SnapshotKind kind) throws Exception {
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      update(subtask, 0, CHANGES);
      operator.trigger(kind, "cancelled").cancel();
      update(subtask, CHANGES / 2, CHANGES);
      awaitThreads();
      assertThat(lastEpoch(subtask)).isEqualTo(CHANGES);
      // Those that follow on one another, too.
      for (int further = 0; further < 5; further++) {
        operator.trigger(kind, "cancelled").cancel();
        update(subtask, further * FURTHER, FURTHER);
      }
      operator.trigger(kind, "cancelled").cancel();
      awaitThreads();
      assertThat(lastEpoch(subtask)).isEqualTo(FURTHER);
      assertIs(subtask);
      update(subtask, 0, FURTHER);
      snapshot = operator.complete(operator.trigger(kind, "contents"));
      assertIs(subtask);
    }
    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      try (KeyedOperator<Long> operator = restore(workspace, reader, snapshot)) {
        assertIs(operator.subtasks().get(0));
      }
    }
  }

  /** It waited for another one, or was not under way. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void soAreThoseWhoseThreadWasInterruptedBeforeItBegan(SnapshotKind kind) throws Exception {
    try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      update(subtask, 0, CHANGES);
      PendingSnapshot<String> pending = operator.trigger(kind, "interrupted");
      Thread thread =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                pending.parts().get(0).run();
              },
              "snapshot");
      thread.start();
      thread.join();
      awaitThreads();
      assertThat(lastEpoch(subtask)).isEqualTo(CHANGES);
      assertIs(subtask);
    }
  }

  /** The workspace finds what is left of it. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void theTaskMayEndAtAnyMoment(SnapshotKind kind) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    System.out.println("Seed: " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      try (KeyedOperator<Long> operator = start(workspace, Participant.BASALT)) {
        OperatorSubtask<Long> subtask = operator.subtasks().get(0);
        update(subtask, 0, CHANGES);
        PendingSnapshot<String> pending = operator.trigger(kind, "cancelled");
        update(subtask, 0, FURTHER);
        pending.cancel();
        for (int spin = random.nextInt(MOST_SPINS) - MOST_SPINS / 2; spin > 0; spin--) {
          Thread.onSpinWait();
        }
      }
    }
  }

  private static void awaitThreads() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("basalt-epochs")) {
        thread.join();
      }
    }
  }

  private static long lastEpoch(OperatorSubtask<Long> subtask) {
    return subtask.task().figures().sum(HotMetrics.EPOCH_ENTRIES);
  }

  private void update(OperatorSubtask<Long> subtask, int first, int changes) throws Exception {
    ValueState<Long> value = state(subtask, VALUE);
    for (long key = first; key < first + changes; key++) {
      subtask.backend().setCurrentKey(key);
      long changed = model.getOrDefault(key, 0L) + 1;
      value.update(changed);
      model.put(key, changed);
    }
  }

  private void assertIs(OperatorSubtask<Long> subtask) throws Exception {
    ValueState<Long> value = state(subtask, VALUE);
    for (Map.Entry<Long, Long> entry : model.entrySet()) {
      subtask.backend().setCurrentKey(entry.getKey());
      assertThat(value.value()).as("key %s", entry.getKey()).isEqualTo(entry.getValue());
    }
  }
}
