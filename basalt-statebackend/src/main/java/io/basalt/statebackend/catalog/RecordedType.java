package io.basalt.statebackend.catalog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.EnumSerializer.EnumSerializerSnapshot;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.LinkedOptionalMap;
import org.apache.flink.util.LinkedOptionalMapSerializer;
import org.apache.flink.util.StringUtils;

/**
 * The type that a serializer's snapshot records: the fields of a POJO, the constants of an enum,
 * the schema of Avro. The snapshots have no getters for it, but write it, in a format that Flink
 * has to be able to read for ever.
 */
final class RecordedType {

  /** Flink's Avro format is not always there. */
  private static final String AVRO =
      "org.apache.flink.formats.avro.typeutils.AvroSerializerSnapshot";

  private static final int INITIAL_BYTES = 256;

  private RecordedType() {}

  /** What is known of it, to be put behind the name of the serializer; empty if nothing is. */
  static String of(TypeSerializerSnapshot<?> snapshot) {
    try {
      if (snapshot instanceof PojoSerializerSnapshot<?>) {
        return " of " + pojo(written(snapshot));
      }
      if (snapshot instanceof EnumSerializerSnapshot<?>) {
        return " of " + constants(written(snapshot));
      }
      if (snapshot.getClass().getName().equals(AVRO)) {
        return " of " + schema(written(snapshot));
      }
    } catch (IOException | RuntimeException e) {
      // It is for a message about another failure, which must not get lost for this one.
      return "";
    }
    return "";
  }

  /** What the snapshot writes, to be read. */
  static DataInputDeserializer written(TypeSerializerSnapshot<?> snapshot) throws IOException {
    DataOutputSerializer output = new DataOutputSerializer(INITIAL_BYTES);
    snapshot.writeSnapshot(output);
    return new DataInputDeserializer(output.getCopyOfBuffer());
  }

  private static String pojo(DataInputDeserializer input) throws IOException {
    String type = input.readUTF();
    List<String> fields = new ArrayList<>();
    readMap(input)
        .forEach((name, field, its) -> fields.add(name + ": " + SchemaDescription.of(its)));
    // In the order of the numbers that stand for them.
    List<String> registered = new ArrayList<>();
    readMap(input).forEach((name, subclass, its) -> registered.add(name));
    return type + fields + (registered.isEmpty() ? "" : " with registered " + registered);
  }

  /** The snapshots of serializers by name, in order. */
  static LinkedOptionalMap<String, TypeSerializerSnapshot<?>> readMap(DataInputDeserializer input)
      throws IOException {
    ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
    return LinkedOptionalMapSerializer.readOptionalMap(
        input,
        (frame, name) -> name,
        (frame, name) -> TypeSerializerSnapshot.readVersionedSnapshot(frame, classLoader));
  }

  /** The names of such a map, whatever it has by them. */
  static Set<String> readNames(DataInputDeserializer input) throws IOException {
    return LinkedOptionalMapSerializer.readOptionalMap(
            input, (frame, name) -> name, (frame, name) -> name)
        .keyNames();
  }

  private static String constants(DataInputDeserializer input) throws IOException {
    return input.readUTF() + readConstants(input);
  }

  /** The names of an enum's constants, in the order of the numbers that stand for them. */
  static List<String> readConstants(DataInputDeserializer input) throws IOException {
    int count = input.readInt();
    List<String> names = new ArrayList<>();
    for (int constant = 0; constant < count; constant++) {
      names.add(input.readUTF());
    }
    return names;
  }

  private static String schema(DataInputDeserializer input) throws IOException {
    StringUtils.readString(input);
    return StringUtils.readString(input);
  }
}
