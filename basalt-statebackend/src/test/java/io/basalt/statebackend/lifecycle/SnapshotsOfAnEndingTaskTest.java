package io.basalt.statebackend.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.PendingSnapshot;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Snapshots that are under way when the task ends. */
@Timeout(300)
class SnapshotsOfAnEndingTaskTest {

  static List<SnapshotVariant> variants() {
    return SnapshotVariant.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void neverRun(SnapshotVariant variant) throws Exception {
    try (RunningJob job = RunningJob.before(variant, TwoStates::new)) {
      PendingSnapshot<String> pending = job.trigger(variant.kind(), Steps.counted());
      job.assertNothingIsLeft();
      RunningJob.part(pending).run();
      assertThat(RunningJob.part(pending).isCancelled()).isTrue();
      job.assertNothingIsLeft();
    }
  }

  /** The backend only: nobody tells Flink's future, and it finds out when it runs. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void disposedOfAloneAndTwice(SnapshotVariant variant) throws Exception {
    try (RunningJob job = RunningJob.before(variant, TwoStates::new)) {
      PendingSnapshot<String> pending = job.trigger(variant.kind(), Steps.counted());
      job.backend().dispose();
      job.backend().dispose();
      RunningJob.part(pending).run();
      assertThatThrownBy(RunningJob.part(pending)::get).isInstanceOf(Exception.class);
      job.assertNothingIsLeft();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void triggeredWhenTheTaskHasBeenCancelled(SnapshotVariant variant) throws Exception {
    try (RunningJob job = RunningJob.before(variant, TwoStates::new)) {
      IOUtils.closeQuietly(job.subtask().task().closeables());
      IOUtils.closeQuietly(job.backend());
      assertThatThrownBy(() -> job.trigger(variant.kind(), Steps.counted()))
          .isInstanceOf(IOException.class);
      job.assertNothingIsLeft();
    }
  }

  /** The task is cancelled from inside each step, and only then comes to its end. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void cancelledWithTheTask(SnapshotVariant variant) throws Exception {
    int steps = countSteps(variant);
    for (int step = 0; step < steps; step++) {
      try (RunningJob job = RunningJob.before(variant, TwoStates::new)) {
        CloseableRegistry closeables = job.subtask().task().closeables();
        PendingSnapshot<String> pending =
            job.trigger(
                variant.kind(),
                Steps.at(
                    step,
                    closed -> {
                      IOUtils.closeQuietly(closeables);
                      IOUtils.closeQuietly(job.backend());
                    }));
        RunningJob.part(pending).run();
        Thread.interrupted();
        assertThat(RunningJob.part(pending).isCancelled()).as("at step %s", step).isTrue();
        forgetWhatFlinkForgets(job, variant, step, steps);
        job.assertNothingIsLeft();
      }
    }
  }

  /** The task ends on its own thread while the snapshot hangs in a step on another. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void endedWhileItHangs(SnapshotVariant variant) throws Exception {
    int steps = countSteps(variant);
    for (int step = 0; step < steps; step++) {
      // Storage that gives up once it is told, and storage that then goes on nevertheless.
      boolean goesOn = step % 2 == 1;
      try (RunningJob job = RunningJob.before(variant, TwoStates::new)) {
        CountDownLatch hangs = new CountDownLatch(1);
        PendingSnapshot<String> pending =
            job.trigger(variant.kind(), Steps.at(step, closed -> hang(hangs, closed, goesOn)));
        Thread thread = new Thread(RunningJob.part(pending), "snapshot");
        thread.start();
        hangs.await();
        if (variant.isWrittenByFlink()) {
          job.end();
        } else {
          job.backend().dispose();
        }
        thread.join();
        assertThat(RunningJob.part(pending).isCancelled()).as("at step %s", step).isTrue();
        forgetWhatFlinkForgets(job, variant, step, steps);
        job.assertNothingIsLeft();
      }
    }
  }

  private static void hang(CountDownLatch hangs, CountDownLatch closed, boolean goesOn)
      throws IOException {
    hangs.countDown();
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!goesOn) {
      throw new InterruptedIOException("The storage was told to stop.");
    }
  }

  private static void forgetWhatFlinkForgets(
      RunningJob job, SnapshotVariant variant, int step, int steps) throws Exception {
    if (variant.isWrittenByFlink() && step == steps - 1) {
      SnapshotsOfALivingTaskTest.deleteWhatFlinkForgets(job);
    }
  }

  private static int countSteps(SnapshotVariant variant) throws Exception {
    try (RunningJob job = RunningJob.before(variant, TwoStates::new)) {
      int steps = SnapshotsOfALivingTaskTest.count(job, variant.kind());
      job.assertNothingIsLeft();
      return steps;
    }
  }
}
