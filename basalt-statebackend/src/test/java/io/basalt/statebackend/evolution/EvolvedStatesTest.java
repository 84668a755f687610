package io.basalt.statebackend.evolution;

import static io.basalt.statebackend.evolution.JobVersion.INTEGERS;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import java.util.ArrayList;
import java.util.List;
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
    for (Evolution evolution : Evolutions.all()) {
      for (SnapshotWay way : SnapshotWay.all()) {
        // Every one with and without, by one kind of snapshot or another.
        boolean expiring = evolutions.size() % 2 == 0;
        evolutions.add(Arguments.of(evolution, way, expiring));
      }
    }
    return evolutions;
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
              try (JobVersion job = JobVersion.start(workspace, way.writer(), INTEGERS, 1)) {
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

  private JobVersion restored(Participant reader, Snapshot<?> snapshot, int parallelism)
      throws Exception {
    return JobVersion.restore(workspace, reader, INTEGERS, snapshot, parallelism);
  }
}
