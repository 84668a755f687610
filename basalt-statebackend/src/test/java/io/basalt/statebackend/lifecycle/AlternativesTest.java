package io.basalt.statebackend.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.IncrementalLocalKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.streaming.api.operators.BackendRestorerProcedure;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Flink's own restore: the copy for local recovery first, then the checkpoint. */
@Timeout(120)
class AlternativesTest {

  private static final KeyGroupRange ALL = KeyGroupRange.of(0, EveryState.MAX_PARALLELISM - 1);

  private static final Participant PARTICIPANT =
      SnapshotVariant.STEPPED.with(StateRecoveryOptions.LOCAL_RECOVERY);

  private RunningJob job;
  private KeyedStateHandle remote;
  private IncrementalLocalKeyedStateHandle local;

  @BeforeEach
  void takeCheckpoint() throws Exception {
    job = RunningJob.start(PARTICIPANT, 1);
    remote = job.complete(job.trigger(SnapshotKind.CHECKPOINT, Steps.counted())).handles().get(0);
    local = (IncrementalLocalKeyedStateHandle) job.localCopies().get(0);
  }

  @AfterEach
  void endJob() throws Exception {
    job.assertNothingIsLeft();
    job.close();
  }

  @Test
  void theSecondAfterADamagedFirst() throws Exception {
    for (Path file : copiedFiles()) {
      for (boolean missing : List.of(true, false)) {
        Path aside = job.workspace().root().resolve("aside");
        Files.move(file, aside);
        if (!missing) {
          byte[] bytes = Files.readAllBytes(aside);
          Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        }
        try (RestoreAttempt attempt = new RestoreAttempt(PARTICIPANT)) {
          CheckpointableKeyedStateBackend<Integer> backend = restore(attempt, local, remote);
          assertOneBackend(attempt);
          new EveryState(backend).beginToRead();
          attempt.assertNothingIsLeft();
        } finally {
          Files.deleteIfExists(file);
          Files.move(aside, file);
        }
      }
    }
  }

  @Test
  void theSecondAfterAFirstThatCannotBeRead() throws Exception {
    int steps = count(local);
    for (int step = 0; step < steps; step++) {
      try (RestoreAttempt attempt = new RestoreAttempt(PARTICIPANT)) {
        restore(attempt, SteppedFile.allOf(local, failingAt(step)), remote);
        assertOneBackend(attempt);
        attempt.assertNothingIsLeft();
      }
    }
  }

  @Test
  void none() throws Exception {
    int steps = count(remote);
    for (int step = 0; step < steps; step++) {
      Steps failing = failingAt(step);
      try (RestoreAttempt attempt = new RestoreAttempt(PARTICIPANT)) {
        assertThatThrownBy(
                () ->
                    restore(
                        attempt,
                        SteppedFile.allOf(local, failingAt(0)),
                        SteppedFile.allOf(remote, failing)))
            .hasStackTraceContaining("The storage fails.");
        attempt.assertNothingIsMade();
      }
    }
  }

  @Test
  void cancelledInTheSecond() throws Exception {
    int steps = count(remote);
    for (int step = 0; step < steps; step++) {
      try (RestoreAttempt attempt = new RestoreAttempt(PARTICIPANT)) {
        Steps cancelling =
            Steps.at(step, closed -> IOUtils.closeQuietly(attempt.task().closeables()));
        assertThatThrownBy(
                () ->
                    restore(
                        attempt,
                        SteppedFile.allOf(local, failingAt(0)),
                        SteppedFile.allOf(remote, cancelling)))
            .isInstanceOf(Exception.class);
        attempt.assertNothingIsMade();
      }
    }
  }

  private static CheckpointableKeyedStateBackend<Integer> restore(
      RestoreAttempt attempt, KeyedStateHandle first, KeyedStateHandle second) throws Exception {
    return new BackendRestorerProcedure<CheckpointableKeyedStateBackend<Integer>, KeyedStateHandle>(
            handles -> attempt.run(ALL, handles), attempt.task().closeables(), "keyed backend")
        .createAndRestore(
            List.of(List.of(first), List.of(second)),
            StateObject.StateObjectSizeStatsCollector.create());
  }

  private List<Path> copiedFiles() throws IOException {
    try (Stream<Path> files = Files.list(local.getDirectoryStateHandle().getDirectory())) {
      return files.sorted().toList();
    }
  }

  private static int count(KeyedStateHandle handle) throws Exception {
    Steps counted = Steps.counted();
    try (RestoreAttempt attempt = new RestoreAttempt(PARTICIPANT)) {
      attempt.run(ALL, List.of(SteppedFile.allOf(handle, counted)));
      attempt.assertNothingIsLeft();
    }
    return counted.taken();
  }

  private static Steps failingAt(int step) {
    return Steps.at(
        step,
        closed -> {
          throw new IOException("The storage fails.");
        });
  }

  /** What the attempts before made is gone before the next begins. */
  private static void assertOneBackend(RestoreAttempt attempt) throws Exception {
    attempt.task().assertOnlyDatabasesAreLocal(0);
    try (Stream<Path> instances = Files.list(attempt.task().localDirectory())) {
      assertThat(instances.filter(file -> file.getFileName().toString().startsWith("job_")))
          .hasSize(1);
    }
  }
}
