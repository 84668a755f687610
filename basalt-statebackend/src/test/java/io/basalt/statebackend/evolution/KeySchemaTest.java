package io.basalt.statebackend.evolution;

import static io.basalt.statebackend.evolution.JobVersion.INTEGERS;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.testutils.statemigration.TestType;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Serializers of keys, and of the keys and namespaces of timers, that change at a restore. */
class KeySchemaTest {

  private static final Schema CUSTOM = Evolutions.custom(new TestType.V1TestTypeSerializer());
  private static final Schema LATER = Evolutions.custom(new TestType.V2TestTypeSerializer());

  @RegisterExtension final Workspace workspace = new Workspace();

  static List<SnapshotWay> ways() {
    List<SnapshotWay> ways = new ArrayList<>(SnapshotWay.all());
    for (SnapshotWay way : SnapshotWay.all()) {
      if (way.kind() == SnapshotKind.CANONICAL_SAVEPOINT) {
        // Of other kinds timers of the heap are no part.
        ways.add(new SnapshotWay(way.writer().withHeapTimers(), way.kind()));
      }
    }
    return ways;
  }

  static List<Arguments> reconfigurations() {
    List<Arguments> all = new ArrayList<>();
    for (Evolution evolution : Evolutions.reconfigurations()) {
      // The hash code of an enum's constant is another in every process: Flink takes none as a key.
      if (!evolution.name().startsWith("enum")) {
        ways().forEach(way -> all.add(Arguments.of(evolution, way)));
      }
    }
    return all;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("reconfigurations")
  void keysOfReconfiguredSerializersAreFound(Evolution evolution, SnapshotWay way)
      throws Exception {
    KeptStates states = new KeptStates("state", false);
    KeptTimers timers = new KeptTimers();
    Schema before = evolution.before();
    Schema after = evolution.after();

    Snapshot<?> old;
    try (JobVersion job = JobVersion.start(workspace, way.writer(), before, 1)) {
      states.write(job, INTEGERS);
      timers.in(job, before).set();
      old = way.take(job);
    }
    Snapshot<?> next;
    try (JobVersion job = restored(way.basalt(), after, old, 2)) {
      KeptTimers.Queues queues = timers.in(job, after);
      states.check(job, INTEGERS);
      queues.check();
      states.write(job, INTEGERS);
      queues.set();
      next = way.take(job);
    }
    try (JobVersion job = restored(way.basalt(), after, next, 1)) {
      states.check(job, INTEGERS);
      timers.in(job, after).check();
    }
    try (JobVersion job = restored(way.writer(), after, next, 1)) {
      states.check(job, INTEGERS);
    }
  }

  /** Stock goes on with the serializer that it is given, whatever was to be reconfigured. */
  @Test
  void stockReadsTimersOfReconfiguredSerializersAsOtherTimers() throws Exception {
    Evolution evolution = Evolutions.SUBCLASSES;
    SnapshotWay way = new SnapshotWay(Participant.STOCK, SnapshotKind.CHECKPOINT);
    KeptTimers timers = new KeptTimers();
    Snapshot<?> old;
    try (JobVersion job = JobVersion.start(workspace, way.writer(), evolution.before(), 1)) {
      timers.in(job, evolution.before()).set();
      old = way.take(job);
    }

    try (JobVersion job = restored(Participant.STOCK, evolution.after(), old, 1)) {
      assertThatThrownBy(() -> timers.in(job, evolution.after()).check())
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("Far 1 of Near 2");
    }
    try (JobVersion job = restored(way.basalt(), evolution.after(), old, 1)) {
      timers.in(job, evolution.after()).check();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void keysAreNotMigratedAndBothSchemasSaid(SnapshotWay way) throws Exception {
    Evolution evolution = Evolutions.migrations().get(0);
    Snapshot<?> old =
        evolution
            .before()
            .run(
                () -> {
                  try (JobVersion job =
                      JobVersion.start(workspace, way.writer(), evolution.before(), 1)) {
                    job.state(1, new ValueStateDescriptor<>("value", INTEGERS.serializer()))
                        .update(7);
                    return way.take(job);
                  }
                });

    assertThatThrownBy(
            () -> evolution.after().run(() -> restored(way.basalt(), evolution.after(), old, 1)))
        .hasRootCauseInstanceOf(StateMigrationException.class)
        .rootCause()
        .message()
        .containsSubsequence(
            "key serializer (PojoSerializer of Reading[number: IntSerializer version 3, place",
            "weight: DoubleSerializer",
            "written with (PojoSerializer of Reading[number: IntSerializer version 3, place:"
                + " StringSerializer version 3] version 2)");
  }

  /** As no state can be in such namespaces, only a job that has nothing but timers comes so far. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void timersAreRewrittenForNamespacesThatCanBeMigrated(SnapshotWay way) throws Exception {
    KeptTimers timers = new KeptTimers();
    Snapshot<?> old = timersInNamespaces(timers, CUSTOM, way);
    Snapshot<?> next;
    try (JobVersion job = restored(way.basalt(), INTEGERS, old, 2)) {
      KeptTimers.Queues queues = timers.in(job, LATER);
      queues.check();
      queues.set();
      next = way.take(job);
    }
    try (JobVersion job = restored(way.writer(), INTEGERS, next, 1)) {
      timers.in(job, LATER).check();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void timersOfIncompatibleNamespacesAreRefusedAndBothSchemasSaid(SnapshotWay way)
      throws Exception {
    KeptTimers timers = new KeptTimers();
    Snapshot<?> old = timersInNamespaces(timers, LATER, way);

    try (JobVersion job = restored(way.basalt(), INTEGERS, old, 1)) {
      assertThatThrownBy(() -> timers.in(job, INTEGERS))
          .isInstanceOf(FlinkRuntimeException.class)
          .hasCauseInstanceOf(StateMigrationException.class)
          .cause()
          .message()
          .containsSubsequence(
              "'" + KeptTimers.NAME + "'",
              "TimerSerializer[IntSerializer version 3, IntSerializer version 3]",
              "TimerSerializer[IntSerializer version 3, V2TestTypeSerializer version 1]");
    }
    try (JobVersion job = restored(way.basalt(), INTEGERS, old, 1)) {
      timers.in(job, LATER).check();
    }
  }

  private Snapshot<?> timersInNamespaces(KeptTimers timers, Schema namespaces, SnapshotWay way)
      throws Exception {
    try (JobVersion job = JobVersion.start(workspace, way.writer(), INTEGERS, 1)) {
      timers.in(job, namespaces).set();
      return way.take(job);
    }
  }

  private JobVersion restored(
      Participant reader, Schema keys, Snapshot<?> snapshot, int parallelism) throws Exception {
    return JobVersion.restore(workspace, reader, keys, snapshot, parallelism);
  }
}
