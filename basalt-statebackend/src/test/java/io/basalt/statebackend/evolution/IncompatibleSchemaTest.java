package io.basalt.statebackend.evolution;

import static io.basalt.statebackend.evolution.JobVersion.INTEGERS;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.formats.avro.typeutils.AvroSerializer;
import org.apache.flink.runtime.testutils.statemigration.TestType;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A version of the job whose schema cannot read what the version before has written: it is told so
 * when it registers the state, and nothing is lost for a version that can.
 */
class IncompatibleSchemaTest {

  private static final Schema CUSTOM = Evolutions.custom(new TestType.V1TestTypeSerializer());

  @RegisterExtension final Workspace workspace = new Workspace();

  /** A change that Flink does not take, and what the user must learn of both versions. */
  record Mismatch(String name, Schema before, Schema after, String was, String wouldBe) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Mismatch> mismatches() {
    UserClass other = UserClass.pojo("Reading", "public int number; public long place;");
    return List.of(
        new Mismatch(
            "POJO, a field of another type",
            Evolutions.READING.schema(),
            other.schema(),
            "PojoSerializer of Reading[number: IntSerializer version 3,"
                + " place: StringSerializer version 3] version 2",
            "PojoSerializer of Reading[number: IntSerializer version 3,"
                + " place: LongSerializer version 3] version 2"),
        new Mismatch(
            "Avro, a field added without a default",
            Evolutions.RECORD.avroSchema(),
            Evolutions.RECORD_WITHOUT_DEFAULT.avroSchema(),
            "AvroSerializer of {\"type\":\"record\",\"name\":\"Reading\",\"fields\":[{\"name\":"
                + "\"number\",\"type\":\"int\"},{\"name\":\"place\",\"type\":{\"type\":\"string\","
                + "\"avro.java.string\":\"String\"}}]}",
            "{\"name\":\"weight\",\"type\":\"double\"}]}"),
        new Mismatch(
            "row with another field",
            CUSTOM.inRow(),
            CUSTOM.inTuple().inRow(),
            "RowSerializer[IntSerializer version 3, V1TestTypeSerializer version 1]",
            "RowSerializer[IntSerializer version 3, TupleSerializer[IntSerializer version 3,"
                + " V1TestTypeSerializer version 1]"),
        new Mismatch(
            "serializer of the user's own",
            CUSTOM,
            Evolutions.custom(new TestType.IncompatibleTestTypeSerializer()),
            "V1TestTypeSerializer version 1",
            "TestType$IncompatibleTestTypeSerializer version 0"),
        new Mismatch(
            "another type",
            INTEGERS,
            Evolutions.READING.schema(),
            "IntSerializer version 3",
            "PojoSerializer of Reading[number: "));
  }

  static List<Arguments> mismatchesAndWays() {
    List<Arguments> all = new ArrayList<>();
    for (SnapshotWay way : SnapshotWay.all()) {
      for (Mismatch mismatch : mismatches()) {
        all.add(Arguments.of(mismatch, way));
      }
    }
    return all;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("mismatchesAndWays")
  void isRefusedWithTheNameOfTheStateAndBothSchemas(Mismatch mismatch, SnapshotWay way)
      throws Exception {
    KeptStates states = new KeptStates("changed", false);
    Schema before = mismatch.before();
    Snapshot<?> old =
        before.run(
            () -> {
              try (JobVersion job = JobVersion.start(workspace, way.writer(), INTEGERS, 1)) {
                states.write(job, before);
                return way.take(job);
              }
            });
    mismatch
        .after()
        .run(
            () -> {
              try (JobVersion job = restored(way.basalt(), old)) {
                for (StateDescriptor<?, ?> state : states.descriptors(mismatch.after())) {
                  assertRefused(job, state, mismatch);
                }
              }
              return null;
            });
    before.run(
        () -> {
          try (JobVersion job = restored(way.basalt(), old)) {
            states.check(job, before);
          }
          return null;
        });
  }

  static List<SnapshotWay> ways() {
    return SnapshotWay.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void afterARefusalEverythingIsAsItWasRestored(SnapshotWay way) throws Exception {
    KeptStates states = new KeptStates("changed", false);
    Schema other = Evolutions.custom(new TestType.IncompatibleTestTypeSerializer());
    Snapshot<?> old;
    try (JobVersion job = JobVersion.start(workspace, way.writer(), INTEGERS, 1)) {
      states.write(job, CUSTOM);
      old = way.take(job);
    }

    Snapshot<?> after;
    try (JobVersion job = restored(way.basalt(), old)) {
      assertNoneIsRegistered(job, states, other);
      after = way.take(job);
      states.check(job, CUSTOM);
    }
    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      try (JobVersion job = restored(reader, after)) {
        states.check(job, CUSTOM);
      }
    }
  }

  /** Its description of the state has no serializer then. */
  @ParameterizedTest
  @EnumSource(SnapshotKind.class)
  void afterARefusalStockTakesNoSnapshotAndNoOtherSerializer(SnapshotKind kind) throws Exception {
    KeptStates states = new KeptStates("changed", false);
    SnapshotWay way = new SnapshotWay(Participant.STOCK, kind);
    Snapshot<?> old;
    try (JobVersion job = JobVersion.start(workspace, way.writer(), INTEGERS, 1)) {
      states.write(job, CUSTOM);
      old = way.take(job);
    }

    try (JobVersion job = restored(way.writer(), old)) {
      assertNoneIsRegistered(
          job, states, Evolutions.custom(new TestType.IncompatibleTestTypeSerializer()));
      assertThatThrownBy(() -> way.take(job)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> states.check(job, CUSTOM))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  private static void assertNoneIsRegistered(JobVersion job, KeptStates states, Schema other) {
    for (StateDescriptor<?, ?> state : states.descriptors(other)) {
      assertThatThrownBy(() -> job.state(1, state)).isInstanceOf(StateMigrationException.class);
    }
  }

  private static void assertRefused(
      JobVersion job, StateDescriptor<?, ?> state, Mismatch mismatch) {
    assertThatThrownBy(() -> job.state(1, state))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("'" + state.getName() + "'")
        .message()
        .containsSubsequence("it was", mismatch.was(), "and would be", mismatch.wouldBe());
  }

  @Test
  void userKeysAreNotMigratedAndBothSchemasSaid() throws Exception {
    Evolution evolution = Evolutions.migrations().get(0);
    Snapshot<?> old =
        written(
            evolution.before(),
            new MapStateDescriptor<>(
                "map", evolution.before().serializer(), IntSerializer.INSTANCE));
    MapStateDescriptor<Object, Integer> descriptor =
        new MapStateDescriptor<>("map", evolution.after().serializer(), IntSerializer.INSTANCE);

    evolution
        .after()
        .run(
            () -> {
              try (JobVersion job = restored(Participant.BASALT, old)) {
                assertThatThrownBy(() -> job.state(1, descriptor))
                    .isInstanceOf(StateMigrationException.class)
                    .hasMessageContaining("user keys of map state 'map'")
                    .message()
                    .containsSubsequence(
                        "it was PojoSerializer of Reading[number: IntSerializer",
                        "would be PojoSerializer of Reading[number: IntSerializer",
                        "weight: DoubleSerializer");
              }
              return null;
            });
  }

  private Snapshot<?> written(Schema schema, MapStateDescriptor<Object, Integer> descriptor)
      throws Exception {
    return schema.run(
        () -> {
          try (JobVersion job = JobVersion.start(workspace, Participant.BASALT, INTEGERS, 1)) {
            job.state(1, descriptor).put(schema.value(1), 1);
            return new SnapshotWay(Participant.BASALT, SnapshotKind.CHECKPOINT).take(job);
          }
        });
  }

  @Test
  void namespacesAreNotMigratedAndBothSchemasSaid() throws Exception {
    Evolution evolution = Evolutions.migrations().get(0);
    ValueStateDescriptor<Long> value = new ValueStateDescriptor<>("v", LongSerializer.INSTANCE);
    Snapshot<?> old =
        evolution
            .before()
            .run(
                () -> {
                  try (JobVersion job =
                      JobVersion.start(workspace, Participant.BASALT, INTEGERS, 1)) {
                    job.state(1, evolution.before(), value).update(5L);
                    return new SnapshotWay(Participant.BASALT, SnapshotKind.CHECKPOINT).take(job);
                  }
                });

    evolution
        .after()
        .run(
            () -> {
              try (JobVersion job = restored(Participant.BASALT, old)) {
                assertThatThrownBy(() -> job.state(1, evolution.after(), value))
                    .isInstanceOf(StateMigrationException.class)
                    .hasMessageContaining("State 'v' was written with another namespace serializer")
                    .message()
                    .containsSubsequence(
                        "it was PojoSerializer of Reading[number: IntSerializer",
                        "would be PojoSerializer of Reading[number: IntSerializer",
                        "weight: DoubleSerializer");
              }
              return null;
            });
  }

  /** Flink's serializer says that they can be, and then reads records that it cannot write. */
  @Test
  void genericRecordsOfAnotherSchemaAreMigratedByNoBackend() throws Exception {
    ValueStateDescriptor<GenericRecord> before = generic(Evolutions.RECORD);
    ValueStateDescriptor<GenericRecord> after = generic(Evolutions.WEIGHED_RECORD);
    GenericRecord record =
        new GenericRecordBuilder(Evolutions.RECORD.writtenSchema())
            .set("number", 1)
            .set("place", "here")
            .build();
    Snapshot<?> old;
    try (JobVersion job = JobVersion.start(workspace, Participant.BASALT, INTEGERS, 1)) {
      job.state(1, before).update(record);
      old = new SnapshotWay(Participant.BASALT, SnapshotKind.CHECKPOINT).take(job);
    }

    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      try (JobVersion job = restored(reader, old)) {
        assertThatThrownBy(() -> job.state(1, after)).isInstanceOf(StateMigrationException.class);
      }
    }
  }

  private static ValueStateDescriptor<GenericRecord> generic(UserClass record) {
    return new ValueStateDescriptor<>(
        "records", new AvroSerializer<>(GenericRecord.class, record.writtenSchema()));
  }

  /** Flink's serializer finds out when it reads its snapshot, before there is a state. */
  @Test
  void anEnumThatHasLostAConstantIsRefusedAtTheRestore() throws Exception {
    Schema before = Evolutions.LEVEL.constants();
    Schema after = UserClass.compiled("Level", "public enum Level { A, B }").constants();
    KeptStates states = new KeptStates("changed", false);
    Snapshot<?> old =
        before.run(
            () -> {
              try (JobVersion job = JobVersion.start(workspace, Participant.BASALT, INTEGERS, 1)) {
                states.write(job, before);
                return new SnapshotWay(Participant.BASALT, SnapshotKind.CHECKPOINT).take(job);
              }
            });

    assertThatThrownBy(() -> after.run(() -> restored(Participant.BASALT, old)))
        .hasMessageContaining("enum class Level")
        .hasMessageContaining("an enum value was removed");
  }

  private JobVersion restored(Participant reader, Snapshot<?> snapshot) throws Exception {
    return JobVersion.restore(workspace, reader, INTEGERS, snapshot, 1);
  }
}
