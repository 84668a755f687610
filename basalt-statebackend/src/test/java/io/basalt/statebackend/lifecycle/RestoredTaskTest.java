package io.basalt.statebackend.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Restores of every kind of snapshot, whole, failing and cancelled at each step of each file. */
@Timeout(300)
class RestoredTaskTest {

  /** A snapshot of two subtasks and where it comes from. */
  private record Taken(SnapshotKind kind, Participant participant, boolean local) {

    @Override
    public String toString() {
      return (local ? "local copy of " : "") + kind + ", " + participant;
    }
  }

  /** What goes wrong at a step of the storage that is read. */
  private enum Mishap {
    FAILS,
    FAILS_UNCHECKED,
    FAILS_WITH_AN_ERROR,
    ENDS,
    TASK_IS_CANCELLED,
    THREAD_IS_INTERRUPTED
  }

  private static final List<Mishap> FAILURES =
      List.of(
          Mishap.FAILS,
          Mishap.ENDS,
          Mishap.FAILS_UNCHECKED,
          Mishap.ENDS,
          Mishap.FAILS_WITH_AN_ERROR);

  private static final List<Mishap> CANCELLATIONS =
      List.of(Mishap.TASK_IS_CANCELLED, Mishap.TASK_IS_CANCELLED, Mishap.THREAD_IS_INTERRUPTED);

  record Restore(Taken taken, RestoreShape shape) {

    @Override
    public String toString() {
      return taken + ", " + shape;
    }
  }

  private static final List<RunningJob> JOBS = new ArrayList<>();
  private static final List<Restore> RESTORES = new ArrayList<>();
  private static final Map<Taken, List<KeyedStateHandle>> HANDLES = new HashMap<>();

  @BeforeAll
  static void takeSnapshots() throws Exception {
    Participant local = SnapshotVariant.STEPPED.with(StateRecoveryOptions.LOCAL_RECOVERY);
    take(SnapshotKind.CHECKPOINT, SnapshotVariant.STEPPED);
    take(SnapshotKind.NATIVE_SAVEPOINT, SnapshotVariant.STEPPED);
    take(SnapshotKind.CANONICAL_SAVEPOINT, SnapshotVariant.STEPPED);
    take(SnapshotKind.CANONICAL_SAVEPOINT, SnapshotVariant.STEPPED.withCompression());
    take(SnapshotKind.CANONICAL_SAVEPOINT, SnapshotVariant.STEPPED.withHeapTimers());
    take(SnapshotKind.CHECKPOINT, local);
  }

  private static void take(SnapshotKind kind, Participant participant) throws Exception {
    RunningJob job = RunningJob.start(participant, 2);
    JOBS.add(job);
    List<KeyedStateHandle> handles = job.complete(job.trigger(kind, Steps.counted())).handles();
    boolean local = !job.localCopies().isEmpty();
    Taken taken = new Taken(kind, participant, local);
    HANDLES.put(taken, local ? job.localCopies() : handles);
    for (RestoreShape shape : RestoreShape.values()) {
      if (!local || shape == RestoreShape.SAME) {
        RESTORES.add(new Restore(taken, shape));
      }
    }
  }

  @AfterAll
  static void endJobs() throws Exception {
    // Each has counted what those before it had.
    Collections.reverse(JOBS);
    for (RunningJob job : JOBS) {
      job.assertNothingIsLeft();
      job.close();
    }
    JOBS.clear();
    HANDLES.clear();
    RESTORES.clear();
  }

  static List<Restore> restores() {
    return RESTORES;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("restores")
  void completed(Restore restore) throws Exception {
    try (RestoreAttempt unused = attempt(restore)) {
      unused.run(restore.shape().range(), handles(restore, Steps.counted()));
      unused.task().assertNothingIsRegistered();
      unused.task().assertOnlyDatabasesAreLocal(0);
      unused.assertNothingIsLeft();
    }
    try (RestoreAttempt used = attempt(restore)) {
      EveryState states =
          new EveryState(used.run(restore.shape().range(), handles(restore, Steps.counted())));
      states.read();
      states.fill();
      states.beginToRead();
      used.assertNothingIsLeft();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("restores")
  void interruptedAtEachStep(Restore restore) throws Exception {
    Steps counted = Steps.counted();
    try (RestoreAttempt attempt = attempt(restore)) {
      attempt.run(restore.shape().range(), handles(restore, counted));
      attempt.assertNothingIsLeft();
    }
    assertThat(counted.taken()).isPositive();
    for (int step = 0; step < counted.taken(); step++) {
      // Every step fails and is cancelled; how it fails and is cancelled takes turns.
      interrupt(restore, step, FAILURES.get(step % FAILURES.size()));
      interrupt(restore, step, CANCELLATIONS.get(step % CANCELLATIONS.size()));
    }
  }

  private static void interrupt(Restore restore, int step, Mishap mishap) throws Exception {
    String where = mishap + " at step " + step;
    try (RestoreAttempt attempt = attempt(restore)) {
      Thread restoring = Thread.currentThread();
      Steps steps =
          Steps.at(
              step,
              closed -> {
                switch (mishap) {
                  case FAILS -> throw new IOException("The storage fails.");
                  case FAILS_UNCHECKED -> throw new IllegalStateException("The storage fails.");
                  case FAILS_WITH_AN_ERROR -> throw new AssertionError("The storage fails.");
                  case ENDS -> throw new EOFException("The file ends.");
                  case TASK_IS_CANCELLED -> IOUtils.closeQuietly(attempt.task().closeables());
                  case THREAD_IS_INTERRUPTED -> restoring.interrupt();
                }
              });
      Throwable failure =
          catchThrowable(() -> attempt.run(restore.shape().range(), handles(restore, steps)));
      boolean interrupted = Thread.interrupted();
      if (failure == null) {
        // Any file may end where it ends. A canonical stream is read ahead, and may also fail where
        // nothing of it is wanted any more.
        if (restore.taken().kind() != SnapshotKind.CANONICAL_SAVEPOINT) {
          assertThat(mishap).as(where).isEqualTo(Mishap.ENDS);
        }
        assertThat(mishap).as(where).isNotIn(CANCELLATIONS);
        attempt.assertNothingIsLeft();
      } else {
        assertThat(interrupted)
            .as("interrupt kept, %s", where)
            .isEqualTo(mishap == Mishap.THREAD_IS_INTERRUPTED);
        attempt.assertNothingIsMade();
      }
    }
  }

  /** The job's key is another than the snapshot's, which is found out while reading. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("restores")
  void withAnotherKeySerializer(Restore restore) throws Exception {
    try (RestoreAttempt attempt = attempt(restore)) {
      assertThatThrownBy(
              () ->
                  attempt.run(
                      LongSerializer.INSTANCE,
                      restore.shape().range(),
                      handles(restore, Steps.counted())))
          .hasStackTraceContaining("key serializer");
      attempt.assertNothingIsMade();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("restores")
  void cancelledOrInterruptedBeforeItBegins(Restore restore) throws Exception {
    try (RestoreAttempt attempt = attempt(restore)) {
      IOUtils.closeQuietly(attempt.task().closeables());
      assertThatThrownBy(
              () -> attempt.run(restore.shape().range(), handles(restore, Steps.counted())))
          .isInstanceOf(IOException.class);
      attempt.assertNothingIsMade();
    }
    try (RestoreAttempt attempt = attempt(restore)) {
      Thread.currentThread().interrupt();
      Throwable failure =
          catchThrowable(
              () -> attempt.run(restore.shape().range(), handles(restore, Steps.counted())));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(failure).isInstanceOf(IOException.class);
      attempt.assertNothingIsMade();
    }
  }

  private static RestoreAttempt attempt(Restore restore) throws Exception {
    return new RestoreAttempt(restore.taken().participant());
  }

  private static List<KeyedStateHandle> handles(Restore restore, Steps steps) {
    return restore.shape().handles(HANDLES.get(restore.taken())).stream()
        .map(handle -> SteppedFile.allOf(handle, steps))
        .toList();
  }
}
