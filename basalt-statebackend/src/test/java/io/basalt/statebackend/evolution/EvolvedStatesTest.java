package io.basalt.statebackend.evolution;

import static io.basalt.statebackend.evolution.JobVersion.INTEGERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.testutils.statemigration.TestType;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * States of every kind restored by a version of the job with another schema, which reads what the
 * version before has written, goes on writing, and takes a snapshot that is whole again.
 */
class EvolvedStatesTest {

  @RegisterExtension final Workspace workspace = new Workspace();

  static List<Arguments> evolutions() {
    List<Arguments> evolutions = new ArrayList<>();
    List<SnapshotWay> ways = SnapshotWay.all();
    for (Evolution evolution : Evolutions.all()) {
      // Every one with and without, by one kind of snapshot or another.
      ways.forEach(way -> add(evolutions, evolution, way));
    }
    for (Evolution evolution : Evolutions.migrationsInside()) {
      // How a snapshot is read knows nothing of what is inside of its values.
      add(evolutions, evolution, ways.get(evolutions.size() % ways.size()));
      add(evolutions, evolution, ways.get(evolutions.size() % ways.size()));
    }
    return evolutions;
  }

  private static void add(List<Arguments> evolutions, Evolution evolution, SnapshotWay way) {
    evolutions.add(Arguments.of(evolution, way, evolutions.size() % 2 == 0));
  }

  @ParameterizedTest(name = "{0}, {1}, expiring: {2}")
  @MethodSource("evolutions")
  void areReadAndWrittenByTheNextVersion(Evolution evolution, SnapshotWay way, boolean expiring)
      throws Exception {
    KeptStates states = new KeptStates("evolving", expiring);
    Schema before = evolution.before();
    Schema after = evolution.after();

    Snapshot<?> old =
        before.run(
            () -> {
              try (JobVersion job =
                  JobVersion.start(workspace, way.writer(), INTEGERS, way.parallelismBefore())) {
                states.write(job, before);
                way.take(job);
                states.write(job, before);
                return way.take(job);
              }
            });
    states.evolve(evolution);
    Snapshot<?> migrated =
        after.run(
            () -> {
              try (JobVersion job = restored(way.basalt(), old, way.parallelismAfter())) {
                states.check(job, after);
                states.write(job, after);
                states.check(job, after);
                return way.take(job);
              }
            });
    after.run(
        () -> {
          try (JobVersion job = restored(way.writer(), migrated, 1)) {
            states.check(job, after);
          }
          return null;
        });
  }

  @Test
  void nullsInMapsAreMigratedWhichStockFailsAt() throws Exception {
    // The serializer of the version after takes no nulls, as most of Flink's do not.
    Schema before = Evolutions.custom(new TestType.V1TestTypeSerializer());
    Schema after = Evolutions.custom(new TestType.V2TestTypeSerializer());
    SnapshotWay way = new SnapshotWay(Participant.STOCK, SnapshotKind.CHECKPOINT);
    Snapshot<?> old;
    try (JobVersion job = JobVersion.start(workspace, way.writer(), INTEGERS, 1)) {
      job.state(1, map(before)).put(5, null);
      old = way.take(job);
    }

    try (JobVersion job = restored(Participant.STOCK, old, 1)) {
      assertThatThrownBy(() -> job.state(1, map(after)))
          .isInstanceOf(StateMigrationException.class);
    }
    try (JobVersion job = restored(Participant.BASALT, old, 1)) {
      MapState<Integer, Object> map = job.state(1, map(after));
      assertThat(map.contains(5)).isTrue();
      assertThat(map.get(5)).isNull();
    }
  }

  private static MapStateDescriptor<Integer, Object> map(Schema schema) {
    return new MapStateDescriptor<>("map", IntSerializer.INSTANCE, schema.serializer());
  }

  static List<Arguments> switches() {
    List<Arguments> switches = new ArrayList<>();
    for (Evolution evolution : Evolutions.all()) {
      // One that is unusable unless it is reconfigured is out: with such a switch everything is
      // written anew, by the serializer as the job gives it.
      if (!evolution.name().endsWith("own, reconfigured")) {
        switches.add(Arguments.of(evolution, true));
        switches.add(Arguments.of(evolution, false));
      }
    }
    return switches;
  }

  @ParameterizedTest(name = "{0}, expiring before: {1}")
  @MethodSource("switches")
  void startOrStopToExpireWithTheNextVersion(Evolution evolution, boolean expiring)
      throws Exception {
    KeptStates states = KeptStates.withoutNulls("switched", expiring);
    SnapshotWay way = new SnapshotWay(Participant.BASALT, SnapshotKind.CHECKPOINT);
    Schema after = evolution.after();
    Snapshot<?> old =
        evolution
            .before()
            .run(
                () -> {
                  try (JobVersion job = JobVersion.start(workspace, way.writer(), INTEGERS, 1)) {
                    states.write(job, evolution.before());
                    return way.take(job);
                  }
                });
    states.evolve(evolution);
    states.switchExpiry();
    Snapshot<?> switched =
        after.run(
            () -> {
              try (JobVersion job = restored(way.basalt(), old, 1)) {
                states.check(job, after);
                states.write(job, after);
                return way.take(job);
              }
            });
    after.run(
        () -> {
          try (JobVersion job = restored(Participant.STOCK, switched, 1)) {
            states.check(job, after);
          }
          return null;
        });
  }

  private JobVersion restored(Participant reader, Snapshot<?> snapshot, int parallelism)
      throws Exception {
    return JobVersion.restore(workspace, reader, INTEGERS, snapshot, parallelism);
  }
}
