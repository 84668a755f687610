package io.basalt.statebackend.evolution;

import static io.basalt.statebackend.evolution.JobVersion.INTEGERS;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import java.util.List;
import org.apache.flink.runtime.testutils.statemigration.TestType;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * States and timers that two versions of the job do not register, while its other states are
 * migrated twice, come back as they were for the version that registers them again.
 */
class UnclaimedSchemaTest {

  private static final Schema CUSTOM = Evolutions.custom(new TestType.V1TestTypeSerializer());

  @RegisterExtension final Workspace workspace = new Workspace();

  private final KeptStates used = new KeptStates("used", false);
  private final KeptStates left = new KeptStates("left", false);
  private final KeptStates expiring = new KeptStates("left, expiring,", true);
  private final KeptTimers timers = new KeptTimers();

  static List<SnapshotWay> ways() {
    return SnapshotWay.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void comeBackWhileOthersAreMigrated(SnapshotWay way) throws Exception {
    Schema pojos = Evolutions.SUBCLASSES.before();
    Schema first = Evolutions.READING.schema();
    Snapshot<?> written =
        first.run(
            () -> {
              try (JobVersion job = JobVersion.start(workspace, way.writer(), INTEGERS, 1)) {
                left.write(job, CUSTOM);
                used.write(job, first);
                expiring.write(job, pojos);
                timers.in(job, CUSTOM).set();
                return way.take(job);
              }
            });
    Snapshot<?> migrated =
        migrated(way, written, Evolutions.WEIGHED_READING.since(Evolutions.READING, "first"), 2);
    Snapshot<?> again =
        migrated(
            way, migrated, Evolutions.BARE_READING.since(Evolutions.WEIGHED_READING, "second"), 1);

    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      Evolutions.BARE_READING
          .schema()
          .run(
              () -> {
                try (JobVersion job = restored(reader, again, 1)) {
                  left.check(job, CUSTOM);
                  expiring.check(job, pojos);
                  timers.in(job, CUSTOM).check();
                  used.check(job, Evolutions.BARE_READING.schema());
                }
                return null;
              });
    }
    changedWhenTheyComeBack(way, again);
  }

  private Snapshot<?> migrated(
      SnapshotWay way, Snapshot<?> before, Evolution evolution, int parallelism) throws Exception {
    used.evolve(evolution);
    return evolution
        .after()
        .run(
            () -> {
              try (JobVersion job = restored(way.basalt(), before, parallelism)) {
                used.check(job, evolution.after());
                used.write(job, evolution.after());
                way.take(job);
                used.write(job, evolution.after());
                return way.take(job);
              }
            });
  }

  private void changedWhenTheyComeBack(SnapshotWay way, Snapshot<?> snapshot) throws Exception {
    Evolution evolution =
        Evolution.keeping("later", CUSTOM, Evolutions.custom(new TestType.V2TestTypeSerializer()));
    left.evolve(evolution);
    expiring.evolve(Evolutions.SUBCLASSES);
    Evolutions.BARE_READING
        .schema()
        .run(
            () -> {
              try (JobVersion job = restored(way.basalt(), snapshot, 2)) {
                left.check(job, evolution.after());
                expiring.check(job, Evolutions.SUBCLASSES.after());
                timers.in(job, evolution.after()).check();
              }
              return null;
            });
  }

  private JobVersion restored(Participant reader, Snapshot<?> snapshot, int parallelism)
      throws Exception {
    return JobVersion.restore(workspace, reader, INTEGERS, snapshot, parallelism);
  }
}
