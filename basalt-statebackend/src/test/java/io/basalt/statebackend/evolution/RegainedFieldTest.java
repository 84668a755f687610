package io.basalt.statebackend.evolution;

import static io.basalt.statebackend.evolution.JobVersion.INTEGERS;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.Workspace;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * States of POJOs that a version of the job does not register, in which the class has lost a field;
 * the next version has the field again. It is empty then, whatever the backend, though its values
 * are all there: Flink's snapshot of the POJO's serializer, once read without the field, writes
 * that there is none. All else is as it was.
 */
class RegainedFieldTest {

  private static final UserClass READING = Evolutions.READING;
  private static final UserClass WITHOUT_PLACE = Evolutions.BARE_READING;

  @RegisterExtension final Workspace workspace = new Workspace();

  private final KeptStates left = new KeptStates("left", false);
  private final KeptStates expiring = new KeptStates("left, expiring,", true);
  private final KeptStates used = new KeptStates("used", false);

  static List<SnapshotWay> ways() {
    return SnapshotWay.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void isEmptyWhateverTheBackend(SnapshotWay way) throws Exception {
    Snapshot<?> without = withoutPlace(way, written(way));

    Evolution emptied = READING.since(WITHOUT_PLACE, "emptied");
    left.evolve(emptied);
    expiring.evolve(emptied);
    check(Participant.BASALT, without);
    check(Participant.STOCK, without);
  }

  private Snapshot<?> written(SnapshotWay way) throws Exception {
    Schema schema = READING.schema();
    return schema.run(
        () -> {
          try (JobVersion job =
              JobVersion.start(workspace, way.writer(), INTEGERS, way.parallelismBefore())) {
            left.write(job, schema);
            expiring.write(job, schema);
            return way.take(job);
          }
        });
  }

  private Snapshot<?> withoutPlace(SnapshotWay way, Snapshot<?> before) throws Exception {
    return WITHOUT_PLACE
        .schema()
        .run(
            () -> {
              try (JobVersion job =
                  JobVersion.restore(
                      workspace, way.writer(), INTEGERS, before, way.parallelismAfter())) {
                used.write(job, INTEGERS);
                return way.take(job);
              }
            });
  }

  private void check(Participant reader, Snapshot<?> snapshot) throws Exception {
    Schema schema = READING.schema();
    schema.run(
        () -> {
          try (JobVersion job = JobVersion.restore(workspace, reader, INTEGERS, snapshot, 1)) {
            left.check(job, schema);
            expiring.check(job, schema);
          }
          return null;
        });
  }
}
