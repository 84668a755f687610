package io.basalt.statebackend.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.Leftovers;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots that end while the task goes on, and then its end. */
@Timeout(300)
class SnapshotsOfALivingTaskTest {

  static List<SnapshotVariant> variants() {
    return SnapshotVariant.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void completed(SnapshotVariant variant) throws Exception {
    try (RunningJob job = RunningJob.before(variant, EveryState::new)) {
      job.complete(job.trigger(variant.kind(), Steps.counted()));
      job.complete(job.trigger(variant.kind(), Steps.counted()));
      job.assertNothingIsUnderWay();
      job.assertNothingIsLeft();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void cancelledBeforeItRunsAndAfterIt(SnapshotVariant variant) throws Exception {
    try (RunningJob job = RunningJob.before(variant, EveryState::new)) {
      Leftovers before = Leftovers.since(job.workspace().root());
      for (boolean interrupting : variant.waysToCancel()) {
        PendingSnapshot<String> never = job.trigger(variant.kind(), Steps.counted());
        assertThat(RunningJob.part(never).cancel(interrupting)).isTrue();
        RunningJob.part(never).run();
        job.abort(never);
        before.assertNothingIsHeld();
        job.assertNothingIsUnderWay();

        PendingSnapshot<String> done = job.trigger(variant.kind(), Steps.counted());
        RunningJob.part(done).run();
        assertThat(RunningJob.part(done).cancel(interrupting)).isFalse();
        RunningJob.part(done).get().discardState();
        job.abort(done);
        before.assertNothingIsHeld();
        job.assertNothingIsUnderWay();
      }
      job.assertNothingIsLeft();
    }
  }

  /** Whichever step of whichever stream it is that fails. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void failing(SnapshotVariant variant) throws Exception {
    try (RunningJob job = RunningJob.before(variant, EveryState::new)) {
      Leftovers before = Leftovers.since(job.workspace().root());
      int steps = count(job, variant.kind());
      for (int step = 0; step < steps; step++) {
        boolean unchecked = step % 2 == 1;
        PendingSnapshot<String> pending =
            job.trigger(
                variant.kind(),
                Steps.at(
                    step,
                    closed -> {
                      if (unchecked) {
                        throw new IllegalStateException("The storage fails.");
                      }
                      throw new IOException("The storage fails.");
                    }));
        RunningJob.part(pending).run();
        assertThatThrownBy(RunningJob.part(pending)::get)
            .as("at step %s of %s", step, steps)
            .isInstanceOf(ExecutionException.class)
            .hasStackTraceContaining("The storage fails.");
        job.abort(pending);
        before.assertNothingIsHeld();
        job.assertNothingIsUnderWay();
      }
      job.complete(job.trigger(variant.kind(), Steps.counted()));
      job.assertNothingIsLeft();
    }
  }

  /** Cancelled from inside each step, after which the storage goes on as if nothing had been. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void cancelled(SnapshotVariant variant) throws Exception {
    try (RunningJob job = RunningJob.before(variant, EveryState::new)) {
      Leftovers before = Leftovers.since(job.workspace().root());
      int steps = count(job, variant.kind());
      for (int step = 0; step < steps; step++) {
        List<PendingSnapshot<String>> cancelled = new ArrayList<>();
        boolean interrupting = variant.isWrittenByFlink() || step % 2 == 1;
        PendingSnapshot<String> pending =
            job.trigger(
                variant.kind(),
                Steps.at(
                    step,
                    closed ->
                        cancelled.forEach(
                            snapshot -> RunningJob.part(snapshot).cancel(interrupting))));
        cancelled.add(pending);
        RunningJob.part(pending).run();
        // The test's thread was the snapshot's.
        Thread.interrupted();
        assertThatThrownBy(RunningJob.part(pending)::get)
            .as("at step %s of %s", step, steps)
            .isInstanceOf(CancellationException.class);
        job.abort(pending);
        before.assertNothingIsHeld();
        if (variant.isWrittenByFlink() && step == steps - 1) {
          deleteWhatFlinkForgets(job);
        }
        job.assertNothingIsUnderWay();
      }
      job.complete(job.trigger(variant.kind(), Steps.counted()));
      job.assertNothingIsLeft();
    }
  }

  /**
   * Flink's own future forgets the result of a savepoint that is cancelled while the last stream is
   * closed; the backend cannot know of it.
   */
  static void deleteWhatFlinkForgets(RunningJob job) throws Exception {
    for (Path file : job.workspace().filesOfNoSnapshot()) {
      Files.delete(file);
    }
  }

  /** All kinds under way at once; they end in another order than they began. */
  @ParameterizedTest(name = "heap timers: {0}")
  @ValueSource(booleans = {true, false})
  void overlapping(boolean heapTimers) throws Exception {
    var participant =
        heapTimers ? SnapshotVariant.STEPPED.withHeapTimers() : SnapshotVariant.STEPPED;
    try (RunningJob job = RunningJob.start(participant, 1)) {
      Leftovers before = Leftovers.since(job.workspace().root());
      List<PendingSnapshot<String>> pending = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        for (SnapshotKind kind : SnapshotKind.values()) {
          pending.add(job.trigger(kind, Steps.counted()));
          job.fill();
        }
      }
      Collections.rotate(pending, 5);
      for (int i = 0; i < pending.size(); i++) {
        if (i % 3 == 0) {
          RunningJob.part(pending.get(i)).cancel(true);
          job.abort(pending.get(i));
        } else if (i % 3 == 1) {
          RunningJob.part(pending.get(i)).run();
        }
      }
      List<PendingSnapshot<String>> inOrder = new ArrayList<>();
      for (int i = 0; i < pending.size(); i++) {
        if (i % 3 != 0) {
          inOrder.add(pending.get(i));
        }
      }
      inOrder.sort((left, right) -> Long.compare(left.id(), right.id()));
      for (PendingSnapshot<String> snapshot : inOrder) {
        job.complete(snapshot);
      }
      before.assertNothingIsHeld();
      job.assertNothingIsUnderWay();
      job.assertNothingIsLeft();
    }
  }

  /** Whatever is abandoned half read is no obstacle, neither to a snapshot nor to the end. */
  @Test
  void whileReadersAreAbandoned() throws Exception {
    for (SnapshotVariant variant : variants()) {
      try (RunningJob job = RunningJob.before(variant, EveryState::new)) {
        job.beginToRead();
        job.complete(job.trigger(variant.kind(), Steps.counted()));
        job.assertNothingIsUnderWay();
        job.assertNothingIsLeft();
      }
    }
  }

  static int count(RunningJob job, SnapshotKind kind) throws Exception {
    Steps steps = Steps.counted();
    PendingSnapshot<String> pending = job.trigger(kind, steps);
    RunningJob.part(pending).run();
    RunningJob.part(pending).get().discardState();
    job.abort(pending);
    return steps.taken();
  }
}
