package io.basalt.statebackend.exchange;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static io.basalt.statebackend.harness.Participant.STOCK;

import io.basalt.statebackend.exchange.ProgramStates.Nulls;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of checkpoints: concurrent, completed, aborted before and after their upload,
 * overtaken, with savepoints in between, and a failure of the job now and then, after which it goes
 * on from its last completed checkpoint with the same or another backend and parallelism.
 */
class IncrementalHistoryTest {

  private static final int STEPS = 24;

  private static final int MAX_CONCURRENT = 3;

  /** See {@link ConcurrentCheckpointsTest}. */
  private static final int MAX_CONCURRENT_OF_STOCK = 1;

  @RegisterExtension final Workspace workspace = new Workspace();

  static Stream<Arguments> histories() {
    return Stream.of(
        Arguments.of(BASALT, BASALT, 1),
        Arguments.of(BASALT, BASALT, 2),
        Arguments.of(BASALT, STOCK, 1),
        Arguments.of(BASALT, STOCK, 2),
        Arguments.of(BASALT.withoutIncremental(), BASALT, 1),
        Arguments.of(STOCK, STOCK, 1));
  }

  @ParameterizedTest(name = "{0} and {1}, history {2}")
  @MethodSource("histories")
  void theLastCompletedCheckpointHoldsEverything(Participant one, Participant other, int history)
      throws Exception {
    Random random = new Random(workspace.seed() + history);
    StateProgram<Integer> program =
        new StateProgram<>(KeyType.INTEGER, random.nextLong(), true, Nulls.WITH_EVERY_SERIALIZER);
    Participant running = one;
    Job<Integer> job = Job.start(workspace, running, program, 1, 128);
    Deque<PendingSnapshot<Contents>> pending = new ArrayDeque<>();
    job.change(200);
    Snapshot<Contents> completed = job.take(SnapshotKind.CHECKPOINT);
    for (int step = 0; step < STEPS; step++) {
      job.change(30);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          if (pending.size() < maxConcurrent(running)) {
            pending.add(job.trigger(SnapshotKind.CHECKPOINT));
          }
        }
        case 3, 4 -> {
          if (!pending.isEmpty()) {
            completed = job.complete(pending.poll());
          }
        }
        case 5 -> {
          if (!pending.isEmpty()) {
            abort(job, pending.poll(), random);
          }
        }
        case 6 -> job.take(SnapshotKind.NATIVE_SAVEPOINT);
        default -> {
          for (PendingSnapshot<Contents> lost : pending) {
            lost.cancel();
          }
          pending.clear();
          job.close();
          running = random.nextBoolean() ? one : other;
          int parallelism = random.nextInt(3) == 0 ? 2 : 1;
          job =
              Job.restore(
                  workspace, running, program, completed, parallelism, RecoveryClaimMode.CLAIM);
          job.verify();
        }
      }
    }
    completed = job.take(SnapshotKind.CHECKPOINT);
    job.close();
    job = Job.restore(workspace, other, program, completed, 1, RecoveryClaimMode.CLAIM);
    job.verify();
    job.close();
  }

  private static int maxConcurrent(Participant running) {
    return running.type() == Participant.Type.STOCK ? MAX_CONCURRENT_OF_STOCK : MAX_CONCURRENT;
  }

  private static void abort(Job<?> job, PendingSnapshot<Contents> snapshot, Random random)
      throws Exception {
    if (random.nextBoolean()) {
      job.abortAfterReports(snapshot);
    } else {
      job.abortBeforeReports(snapshot);
    }
  }
}
