package io.basalt.statebackend.evolution;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.testutils.statemigration.TestType;

/** Changes that Flink's serializers take, each with the version before and the version after. */
final class Evolutions {

  static final UserClass READING =
      UserClass.pojo("Reading", "public int number; public String place;");
  static final UserClass WEIGHED_READING =
      UserClass.pojo("Reading", "public int number; public String place; public double weight;");
  static final UserClass BARE_READING = UserClass.pojo("Reading", "public int number;");

  private static final UserClass STATION = station("public String place;");
  private static final UserClass OTHER_STATION =
      station("public long height; public double weight;");

  static final UserClass LEVEL = UserClass.compiled("Level", "public enum Level { A, B, C }");
  private static final UserClass REORDERED_LEVEL =
      UserClass.compiled("Level", "public enum Level { ZERO, C, A, B }");

  private static final String NUMBER = "{'name':'number','type':'int'}";
  private static final String PLACE =
      ",{'name':'place','type':{'type':'string','avro.java.string':'String'}}";

  static final UserClass RECORD = AvroClass.compiled(NUMBER + PLACE);
  static final UserClass WEIGHED_RECORD =
      AvroClass.compiled(NUMBER + ",{'name':'weight','type':'double','default':7.5}" + PLACE);
  private static final UserClass BARE_RECORD = AvroClass.compiled(NUMBER);
  static final UserClass RECORD_WITHOUT_DEFAULT =
      AvroClass.compiled(NUMBER + PLACE + ",{'name':'weight','type':'double'}");

  static final Evolution SUBCLASSES =
      Evolution.keeping(
          "POJO, subclasses registered in another order",
          Registered.pojo(Registered.Near.class, Registered.Far.class),
          Registered.pojo(Registered.Far.class, Registered.Near.class));

  private static final Evolution LATER_VERSION =
      Evolution.keeping(
          "serializer of the user's own, after migration",
          custom(new TestType.V1TestTypeSerializer()),
          custom(new TestType.V2TestTypeSerializer()));

  private Evolutions() {}

  private static UserClass station(String more) {
    return UserClass.compiled(
        "Station",
        "public class Station { public int number; public Sensor sensor;"
            + " public static class Sensor { public int number; "
            + more
            + " } }");
  }

  /** The values have to be rewritten. */
  static List<Evolution> migrations() {
    Evolution added = WEIGHED_READING.since(READING, "POJO, a field added");
    Evolution record =
        new Evolution(
            "Avro, a field added with a default",
            RECORD.avroSchema(),
            WEIGHED_RECORD.avroSchema(),
            number -> WEIGHED_RECORD.textSince(RECORD, number).replace("weight=0.0", "weight=7.5"));
    return List.of(
        added,
        BARE_READING.since(READING, "POJO, a field removed"),
        OTHER_STATION.since(STATION, "POJO in a POJO, fields added and removed"),
        added.inRows(),
        record,
        new Evolution(
            "Avro, a field removed",
            RECORD.avroSchema(),
            BARE_RECORD.avroSchema(),
            number -> BARE_RECORD.textSince(RECORD, number)),
        LATER_VERSION);
  }

  /** The same inside of values. */
  static List<Evolution> migrationsInside() {
    Evolution added = WEIGHED_READING.since(READING, "POJO, a field added");
    return List.of(
        added.inTuples(),
        added.inLists(),
        added.inLists().inTuples(),
        LATER_VERSION.inMaps(),
        LATER_VERSION.inRows(),
        LATER_VERSION.inLists());
  }

  /** The new serializer goes on as the old one, and no value has to be rewritten. */
  static List<Evolution> reconfigurations() {
    return List.of(
        Evolution.keeping(
            "enum, constants added and in another order",
            LEVEL.constants(),
            REORDERED_LEVEL.constants()),
        SUBCLASSES,
        Evolution.keeping(
            "Kryo, classes registered in another order",
            Registered.kryo(Registered.Near.class, Registered.Far.class),
            Registered.kryo(Registered.Far.class, Registered.Other.class, Registered.Near.class)),
        Evolution.keeping(
            "serializer of the user's own, reconfigured",
            custom(new TestType.V1TestTypeSerializer()),
            custom(new TestType.ReconfigurationRequiringTestTypeSerializer())));
  }

  static List<Evolution> all() {
    List<Evolution> all = new ArrayList<>(migrations());
    all.addAll(reconfigurations());
    return all;
  }

  static Schema custom(TypeSerializer<TestType> serializer) {
    return Schema.of(
        serializer,
        number -> new TestType("k" + number, number),
        TestType::getValue,
        value -> value.getKey() + " " + value.getValue());
  }
}
