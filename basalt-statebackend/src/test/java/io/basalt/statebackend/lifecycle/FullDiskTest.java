package io.basalt.statebackend.lifecycle;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Local disks that are full, or lose what was on them. */
@Timeout(120)
class FullDiskTest {

  private static final KeyGroupRange ALL = KeyGroupRange.of(0, EveryState.MAX_PARALLELISM - 1);
  private static final int MOST_ROUNDS = 100;

  private static final Participant LIMITED =
      BASALT.withSettings(
          Map.of(RocksDBOptions.OPTIONS_FACTORY.key(), HookedOptions.class.getName()));

  @AfterEach
  void unhook() {
    HookedOptions.use(Steps.counted());
  }

  /** RocksDB is told that the disk has a size: it writes no file beyond that. */
  @ParameterizedTest
  @EnumSource
  void theDiskFillsUp(SnapshotKind kind) throws Exception {
    HookedOptions.limitDisk(100_000);
    try (RunningJob job = RunningJob.start(LIMITED, 1)) {
      Throwable full = null;
      for (int round = 0; full == null && round < MOST_ROUNDS; round++) {
        full =
            catchThrowable(
                () -> {
                  job.fill();
                  // Whatever the kind asked for below, only files fill the disk.
                  job.complete(job.trigger(SnapshotKind.CHECKPOINT, Steps.counted()));
                });
      }
      assertThat(full).hasStackTraceContaining("Max allowed space was reached");
      Throwable unused =
          catchThrowable(
              () -> {
                PendingSnapshot<String> pending = job.trigger(kind, Steps.counted());
                job.complete(pending);
              });
      job.assertNothingIsUnderWay();
      job.assertNothingIsLeft();
    }
  }

  /** A restore onto a disk that has no room from the beginning. */
  @ParameterizedTest
  @EnumSource
  void noRoomToRestore(SnapshotKind kind) throws Exception {
    try (RunningJob job = RunningJob.start(BASALT, 2)) {
      List<KeyedStateHandle> handles = job.complete(job.trigger(kind, Steps.counted())).handles();
      HookedOptions.limitDisk(1);
      try (RestoreAttempt attempt = new RestoreAttempt(LIMITED)) {
        Throwable unused = catchThrowable(() -> new EveryState(attempt.run(ALL, handles)).fill());
        attempt.assertNothingIsLeft();
      }
      job.assertNothingIsLeft();
    }
  }

  /** Somebody deletes the database under a running task: snapshots fail, and the end is an end. */
  @ParameterizedTest
  @EnumSource
  void theDatabaseIsDeleted(SnapshotKind kind) throws Exception {
    try (RunningJob job = RunningJob.start(BASALT, 1)) {
      job.complete(job.trigger(SnapshotKind.CHECKPOINT, Steps.counted()));
      job.fill();
      try (Stream<Path> files = Files.list(job.subtask().task().localDirectory())) {
        for (Path file :
            files.filter(f -> f.getFileName().toString().startsWith("job_")).toList()) {
          FileUtils.deleteDirectory(file.toFile());
        }
      }
      Throwable unused = catchThrowable(() -> job.complete(job.trigger(kind, Steps.counted())));
      job.assertNothingIsLeft();
    }
  }

  /** Copies for local recovery have no place: the checkpoint is worth more than they are. */
  @Test
  void noCopyCanBeKept() throws Exception {
    try (RunningJob job = RunningJob.start(BASALT.with(StateRecoveryOptions.LOCAL_RECOVERY), 1)) {
      Task task = job.subtask().task();
      FileUtils.deleteDirectory(task.localCopies().toFile());
      Files.createFile(task.localCopies());
      job.complete(job.trigger(SnapshotKind.CHECKPOINT, Steps.counted()));
      assertThat(job.localCopies()).isEmpty();
      Files.delete(task.localCopies());
      job.assertNothingIsUnderWay();
      job.assertNothingIsLeft();
    }
  }
}
