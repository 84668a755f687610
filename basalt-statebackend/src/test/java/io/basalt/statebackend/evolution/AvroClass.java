package io.basalt.statebackend.evolution;

import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/** A class as Avro's compiler generates them: public fields, and its schema in {@code SCHEMA$}. */
final class AvroClass {

  private static final String SOURCE =
      """
      public class NAME extends org.apache.avro.specific.SpecificRecordBase {
        public static final org.apache.avro.Schema SCHEMA$ =
            new org.apache.avro.Schema.Parser().parse("SCHEMA_TEXT");
        FIELDS
        @Override
        public org.apache.avro.Schema getSchema() { return SCHEMA$; }
        @Override
        public Object get(int field) {
          switch (field) {
            GETS
            default: throw new IndexOutOfBoundsException("" + field);
          }
        }
        @Override
        public void put(int field, Object value) {
          switch (field) {
            PUTS
            default: throw new IndexOutOfBoundsException("" + field);
          }
        }
      }
      """;

  private AvroClass() {}

  /** The class {@code Reading} of a schema with those fields. */
  static UserClass compiled(String fields) {
    Schema schema =
        new Schema.Parser()
            .parse(
                "{'type':'record','name':'Reading','fields':[FIELDS]}"
                    .replace("FIELDS", fields)
                    .replace('\'', '"'));
    return UserClass.compiled(
        schema.getName(),
        SOURCE
            .replace("NAME", schema.getName())
            .replace("SCHEMA_TEXT", schema.toString().replace("\"", "\\\""))
            .replace(
                "FIELDS",
                each(schema, it -> "public %s %s;".formatted(type(it.schema()), it.name())))
            .replace(
                "GETS", each(schema, it -> "case %d: return %s;".formatted(it.pos(), it.name())))
            .replace(
                "PUTS",
                each(
                    schema,
                    it ->
                        "case %d: %s = (%s) value; break;"
                            .formatted(it.pos(), it.name(), type(it.schema())))));
  }

  private static String each(Schema schema, Function<Schema.Field, String> line) {
    return schema.getFields().stream().map(line).collect(Collectors.joining("\n"));
  }

  private static String type(Schema schema) {
    return switch (schema.getType()) {
      case INT -> "int";
      case LONG -> "long";
      case DOUBLE -> "double";
      default -> "String";
    };
  }
}
