package io.basalt.statebackend.lifecycle;

import static io.basalt.statebackend.harness.Participant.BASALT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.SnapshotKind;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Restored backends in which the registration of a state fails, migrates or is cancelled. */
@Timeout(120)
class RegisteredTaskTest {

  private static final KeyGroupRange ALL = KeyGroupRange.of(0, EveryState.MAX_PARALLELISM - 1);

  /** More than what a migration reads between two looks at the cancellation. */
  private static final int KEYS = 700;

  private static final int OLD = 1;
  private static final int NEW = 2;

  /** Whose entries are migrated. */
  enum Kind {
    VALUE,
    LIST
  }

  @AfterEach
  void unhook() {
    VersionedSerializer.use(Steps.counted());
  }

  @ParameterizedTest
  @EnumSource
  void migrated(Kind kind) throws Exception {
    withSnapshot(
        kind,
        OLD,
        handles -> {
          try (RestoreAttempt attempt = new RestoreAttempt(BASALT)) {
            CheckpointableKeyedStateBackend<Integer> backend = attempt.run(ALL, handles);
            EveryState.state(backend, descriptor(kind, NEW));
            attempt.task().assertNothingIsRegistered();
            attempt.assertNothingIsLeft();
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void failingInTheMiddleOfAMigration(Kind kind) throws Exception {
    withSnapshot(
        kind,
        OLD,
        handles -> {
          for (int step = 1; step < KEYS; step = step * 2 + 1) {
            VersionedSerializer.use(Steps.counted());
            try (RestoreAttempt attempt = new RestoreAttempt(BASALT)) {
              CheckpointableKeyedStateBackend<Integer> backend = attempt.run(ALL, handles);
              boolean withAnError = step % 4 == 3;
              VersionedSerializer.use(
                  Steps.at(
                      step,
                      closed -> {
                        if (withAnError) {
                          throw new AssertionError("The serializer fails.");
                        }
                        throw new IOException("The serializer fails.");
                      }));
              assertThat(catchThrowable(() -> EveryState.state(backend, descriptor(kind, NEW))))
                  .hasStackTraceContaining("The serializer fails.");
              attempt.task().assertNothingIsRegistered();
              attempt.assertNothingIsLeft();
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void cancelledInTheMiddleOfAMigration(Kind kind) throws Exception {
    withSnapshot(
        kind,
        OLD,
        handles -> {
          for (boolean byInterrupt : List.of(true, false)) {
            VersionedSerializer.use(Steps.counted());
            try (RestoreAttempt attempt = new RestoreAttempt(BASALT)) {
              CheckpointableKeyedStateBackend<Integer> backend = attempt.run(ALL, handles);
              Thread migrating = Thread.currentThread();
              VersionedSerializer.use(
                  Steps.at(
                      KEYS / 4,
                      closed -> {
                        if (byInterrupt) {
                          migrating.interrupt();
                        } else {
                          IOUtils.closeQuietly(backend);
                        }
                      }));
              Throwable failure =
                  catchThrowable(() -> EveryState.state(backend, descriptor(kind, NEW)));
              assertThat(Thread.interrupted()).isEqualTo(byInterrupt);
              assertThat(failure).hasStackTraceContaining("was cancelled");
              attempt.assertNothingIsLeft();
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void refused(Kind kind) throws Exception {
    withSnapshot(
        kind,
        NEW,
        handles -> {
          try (RestoreAttempt attempt = new RestoreAttempt(BASALT)) {
            CheckpointableKeyedStateBackend<Integer> backend = attempt.run(ALL, handles);
            assertThatThrownBy(() -> EveryState.state(backend, descriptor(kind, OLD)))
                .hasStackTraceContaining("StateMigrationException");
            Kind other = kind == Kind.VALUE ? Kind.LIST : Kind.VALUE;
            StateDescriptor<?, ?> sameName =
                other == Kind.VALUE
                    ? new ValueStateDescriptor<>(kind.name(), new VersionedSerializer(NEW))
                    : new ListStateDescriptor<>(kind.name(), new VersionedSerializer(NEW));
            assertThatThrownBy(
                    () ->
                        backend.getPartitionedState(
                            VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, sameName))
                .isInstanceOf(Exception.class);
            assertThatThrownBy(
                    () ->
                        backend.<TimerHeapInternalTimer<Integer, VoidNamespace>>create(
                            kind.name(),
                            new TimerSerializer<>(
                                new VersionedSerializer(NEW), VoidNamespaceSerializer.INSTANCE)))
                .isInstanceOf(IllegalStateException.class);
            attempt.assertNothingIsLeft();
          }
        });
  }

  /** Timers in tables and on the heap, whose serializer fails while they are taken over. */
  @ParameterizedTest
  @EnumSource(End.class)
  void timersTakenOver(End end) throws Exception {
    for (Participant participant : List.of(BASALT, BASALT.withHeapTimers())) {
      VersionedSerializer.use(Steps.counted());
      try (RunningJob job = RunningJob.start(BASALT, 1, Timers::new)) {
        List<KeyedStateHandle> handles =
            job.complete(job.trigger(SnapshotKind.CHECKPOINT, Steps.counted())).handles();
        try (RestoreAttempt attempt = new RestoreAttempt(participant)) {
          CheckpointableKeyedStateBackend<Integer> backend = attempt.run(ALL, handles);
          if (end == End.FAILING) {
            VersionedSerializer.use(
                Steps.at(
                    KEYS / 2,
                    closed -> {
                      throw new IOException("The serializer fails.");
                    }));
            assertThatThrownBy(() -> Timers.queue(backend, NEW))
                .hasStackTraceContaining("The serializer fails.");
          } else {
            Timers.queue(backend, NEW);
          }
          attempt.assertNothingIsLeft();
        }
        VersionedSerializer.use(Steps.counted());
        job.assertNothingIsLeft();
      }
    }
  }

  enum End {
    COMPLETED,
    FAILING
  }

  /** What a test does with a snapshot. */
  @FunctionalInterface
  private interface UseOfSnapshot {
    void accept(List<KeyedStateHandle> handles) throws Exception;
  }

  private static void withSnapshot(Kind kind, int version, UseOfSnapshot use) throws Exception {
    try (RunningJob job =
        RunningJob.start(BASALT, 1, backend -> new OneState(backend, kind, version))) {
      use.accept(job.complete(job.trigger(SnapshotKind.CHECKPOINT, Steps.counted())).handles());
      job.assertNothingIsLeft();
    }
  }

  private static StateDescriptor<?, ?> descriptor(Kind kind, int version) {
    return switch (kind) {
      case VALUE -> new ValueStateDescriptor<>(kind.name(), new VersionedSerializer(version));
      case LIST -> new ListStateDescriptor<>(kind.name(), new VersionedSerializer(version));
    };
  }

  private static final class OneState implements States {

    private final CheckpointableKeyedStateBackend<Integer> backend;
    private final State state;

    OneState(CheckpointableKeyedStateBackend<Integer> backend, Kind kind, int version)
        throws Exception {
      this.backend = backend;
      this.state = EveryState.state(backend, descriptor(kind, version));
    }

    @Override
    @SuppressWarnings("unchecked") // Every state of the test holds numbers.
    public void fill() throws Exception {
      for (int key = 0; key < KEYS; key++) {
        backend.setCurrentKey(key);
        if (state instanceof ValueState<?> value) {
          ((ValueState<Integer>) value).update(key);
        } else {
          ((ListState<Integer>) state).add(key);
        }
      }
    }

    @Override
    public void beginToRead() {}
  }

  private static final class Timers implements States {

    private final KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Integer, VoidNamespace>>
        queue;

    Timers(CheckpointableKeyedStateBackend<Integer> backend) {
      queue = queue(backend, OLD);
    }

    static KeyGroupedInternalPriorityQueue<TimerHeapInternalTimer<Integer, VoidNamespace>> queue(
        CheckpointableKeyedStateBackend<Integer> backend, int version) {
      return backend.create(
          "timers",
          new TimerSerializer<>(
              new VersionedSerializer(version), VoidNamespaceSerializer.INSTANCE));
    }

    @Override
    public void fill() {
      for (int key = 0; key < KEYS; key++) {
        queue.add(new TimerHeapInternalTimer<>(key, key, VoidNamespace.INSTANCE));
      }
    }

    @Override
    public void beginToRead() {}
  }
}
