package io.basalt.statebackend.lifecycle;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Task;
import io.basalt.statebackend.harness.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.state.rocksdb.RocksDBNativeMetricOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Backends without a snapshot: made or not made, used or not, ended in every order. */
@Timeout(120)
class UsedTaskTest {

  private static final KeyGroupRange ALL = KeyGroupRange.of(0, EveryState.MAX_PARALLELISM - 1);

  @RegisterExtension final Workspace workspace = new Workspace();

  /** How a backend comes to its end. */
  enum End {
    DISPOSED,
    CLOSED_AND_DISPOSED,
    DISPOSED_TWICE,
    DISPOSED_AND_CLOSED,
    DISPOSED_BY_AN_INTERRUPTED_THREAD,
    DISPOSED_BEFORE_THE_TASK_IS_CANCELLED,
    DISPOSED_BY_ANOTHER_THREAD
  }

  static List<Participant> participants() {
    return List.of(
        BASALT,
        BASALT.withHeapTimers(),
        settings(Map.of(RocksDBOptions.USE_MANAGED_MEMORY.key(), "false")),
        settings(Map.of(RocksDBOptions.FIX_PER_SLOT_MEMORY_SIZE.key(), "16mb")),
        settings(
            Map.of(
                RocksDBOptions.USE_MANAGED_MEMORY.key(),
                "false",
                RocksDBOptions.FIX_PER_TM_MEMORY_SIZE.key(),
                "16mb")),
        settings(Map.of(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS.key(), "true")),
        settings(Map.of(RocksDBOptions.OPTIONS_FACTORY.key(), HookedOptions.class.getName())),
        BASALT.with(RocksDBNativeMetricOptions.MONITOR_BYTES_WRITTEN),
        BASALT.with(RocksDBNativeMetricOptions.ESTIMATE_NUM_KEYS));
  }

  private static Participant settings(Map<String, String> settings) {
    return BASALT.withSettings(settings);
  }

  @AfterEach
  void unhook() {
    HookedOptions.use(Steps.counted());
  }

  @ParameterizedTest
  @MethodSource("participants")
  void openedAndEndedWithoutUse(Participant participant) throws Exception {
    try (RestoreAttempt attempt = new RestoreAttempt(participant)) {
      attempt.run(ALL, List.of());
      attempt.assertNothingIsLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("participants")
  void usedAndAbandonedHalfRead(Participant participant) throws Exception {
    try (RestoreAttempt attempt = new RestoreAttempt(participant)) {
      EveryState states = new EveryState(attempt.run(ALL, List.of()));
      states.fill();
      states.read();
      states.beginToRead();
      states.fill();
      states.beginToRead();
      attempt.assertNothingIsLeft();
    }
  }

  @ParameterizedTest
  @EnumSource
  void endedInEveryWay(End end) throws Exception {
    try (RestoreAttempt attempt = new RestoreAttempt(BASALT)) {
      CheckpointableKeyedStateBackend<Integer> backend = attempt.run(ALL, List.of());
      EveryState states = new EveryState(backend);
      states.fill();
      states.beginToRead();
      switch (end) {
        case DISPOSED -> backend.dispose();
        case CLOSED_AND_DISPOSED -> {
          backend.close();
          backend.dispose();
        }
        case DISPOSED_TWICE -> {
          backend.dispose();
          backend.dispose();
        }
        case DISPOSED_AND_CLOSED -> {
          backend.dispose();
          backend.close();
        }
        case DISPOSED_BY_AN_INTERRUPTED_THREAD -> {
          Thread.currentThread().interrupt();
          backend.dispose();
          assertThat(Thread.interrupted()).isTrue();
        }
        case DISPOSED_BEFORE_THE_TASK_IS_CANCELLED -> {
          backend.dispose();
          IOUtils.closeQuietly(attempt.task().closeables());
        }
        case DISPOSED_BY_ANOTHER_THREAD -> {
          Thread thread = new Thread(backend::dispose, "another");
          thread.start();
          thread.join();
        }
      }
      attempt.assertNothingIsLeft();
    }
  }

  /** State V2: the adaptor ends the life of the backend with its own. */
  @Test
  void asynchronous() throws Exception {
    Task task = new Task(BASALT, workspace.localDirectory(BASALT), EveryState.MAX_PARALLELISM);
    var backend =
        task.load()
            .createAsyncKeyedStateBackend(
                task.parameters(IntSerializer.INSTANCE, ALL, TtlTimeProvider.DEFAULT, List.of()));
    backend.close();
    backend.dispose();
    task.close();
  }

  /** Backends of one slot share memory, which goes with the last of them. */
  @ParameterizedTest
  @MethodSource("participants")
  void severalInATask(Participant participant) throws Exception {
    try (RestoreAttempt attempt = new RestoreAttempt(participant)) {
      CheckpointableKeyedStateBackend<Integer> first = attempt.run(ALL, List.of());
      CheckpointableKeyedStateBackend<Integer> second = attempt.run(ALL, List.of());
      new EveryState(first).fill();
      new EveryState(second).fill();
      first.dispose();
      new EveryState(attempt.run(ALL, List.of())).fill();
      second.dispose();
      attempt.assertNothingIsLeft();
    }
  }

  /** Whichever call of the user's factory it is: for the database, its options, a later table. */
  @Test
  void theUsersFactoryFailsAtEachOfItsCalls() throws Exception {
    Participant hooked =
        settings(Map.of(RocksDBOptions.OPTIONS_FACTORY.key(), HookedOptions.class.getName()));
    Steps counted = Steps.counted();
    HookedOptions.use(counted);
    try (RestoreAttempt attempt = new RestoreAttempt(hooked)) {
      new EveryState(attempt.run(ALL, List.of())).fill();
      attempt.assertNothingIsLeft();
    }
    for (int step = 0; step < counted.taken(); step++) {
      for (boolean withAnError : List.of(true, false)) {
        HookedOptions.use(
            Steps.at(
                step,
                closed -> {
                  if (withAnError) {
                    throw new AssertionError("The factory fails.");
                  }
                  throw new IllegalStateException("The factory fails.");
                }));
        try (RestoreAttempt attempt = new RestoreAttempt(hooked)) {
          Throwable failure =
              catchThrowable(() -> new EveryState(attempt.run(ALL, List.of())).fill());
          assertThat(failure).as("at call %s", step).hasStackTraceContaining("The factory fails.");
          attempt.assertNothingIsLeft();
        }
      }
    }
  }

  @Test
  void noLocalDirectoryCanBeUsed() throws Exception {
    Path file = Files.createFile(workspace.directory().resolve("file"));
    try (RestoreAttempt attempt =
        new RestoreAttempt(
            settings(
                Map.of(RocksDBOptions.LOCAL_DIRECTORIES.key(), file.resolve("db").toString())))) {
      assertThatThrownBy(() -> attempt.run(ALL, List.of())).isInstanceOf(IOException.class);
      attempt.assertNothingIsMade();
    }
  }
}
