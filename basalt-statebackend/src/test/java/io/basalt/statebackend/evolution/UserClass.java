package io.basalt.statebackend.evolution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.formats.avro.typeutils.AvroSerializer;
import org.apache.flink.testutils.ClassLoaderUtils;
import org.apache.flink.util.FileUtils;

/**
 * A class of a job in one of its versions: compiled from source into a class loader of its own, so
 * that another version can have another class of the same name. A POJO has an int {@code number},
 * and its other fields are made from that.
 */
final class UserClass {

  private final Class<?> type;

  private UserClass(Class<?> type) {
    this.type = type;
  }

  /** The public class of that name in the source, which may have others beside. */
  static UserClass compiled(String name, String source) {
    try {
      Path directory = Files.createTempDirectory("user-code");
      try (URLClassLoader loader =
          ClassLoaderUtils.compileAndLoadJava(directory.toFile(), name + ".java", source)) {
        Class<?> type = Class.forName(name, true, loader);
        // Loaded while its file is there; a class loader gives loaded classes also when closed.
        for (Field field : fields(type)) {
          fields(field.getType());
        }
        return new UserClass(type);
      } finally {
        FileUtils.deleteDirectory(directory.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  /** A POJO of public fields of Flink's rules. */
  static UserClass pojo(String name, String fields) {
    return compiled(name, "public class " + name + " { " + fields + " }");
  }

  Schema schema() {
    return schema(
        TypeInformation.<Object>of(untyped()).createSerializer(new SerializerConfigImpl()));
  }

  /** Of a class that Avro has generated. */
  Schema avroSchema() {
    return schema(new AvroSerializer<>(untyped()));
  }

  /** What a class that Avro has generated is read and written by. */
  org.apache.avro.Schema writtenSchema() {
    return SpecificData.get().getSchema(type);
  }

  private Schema schema(TypeSerializer<Object> serializer) {
    return Schema.of(
            serializer, number -> object(type, type, number), UserClass::number, UserClass::text)
        .in(type.getClassLoader());
  }

  /** Objects of the class before, as this class must read them: new fields are empty. */
  Evolution since(UserClass before, String name) {
    return new Evolution(name, before.schema(), schema(), number -> textSince(before, number));
  }

  /** What is read of an object of the class before, but for defaults that a schema has. */
  String textSince(UserClass before, int number) {
    return text(object(type, before.type, number));
  }

  /** The constants of an enum, by their names. */
  Schema constants() {
    Object[] constants = type.getEnumConstants();
    Object[] byName =
        Arrays.stream(constants).sorted(Comparator.comparing(Object::toString)).toArray();
    return Schema.<Object>of(
            TypeInformation.<Object>of(untyped()).createSerializer(new SerializerConfigImpl()),
            number -> byName[number % 3],
            value -> Arrays.asList(byName).indexOf(value),
            Object::toString)
        .in(type.getClassLoader());
  }

  @SuppressWarnings("unchecked")
  private Class<Object> untyped() {
    return (Class<Object>) type;
  }

  /** An object with only the fields set that the class of the writer has. */
  private static Object object(Class<?> type, Class<?> writer, int number) {
    try {
      Object object = type.getConstructor().newInstance();
      for (Field field : fields(type)) {
        for (Field written : fields(writer)) {
          if (written.getName().equals(field.getName())) {
            field.set(object, value(field, written, number));
          }
        }
      }
      return object;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("The class is no POJO.", e);
    }
  }

  private static Object value(Field field, Field written, int number) {
    if (field.getType() == int.class) {
      return number;
    }
    if (field.getType() == long.class) {
      return number * 1_000_000_000_007L;
    }
    if (field.getType() == double.class) {
      return number / 3.0;
    }
    if (field.getType() == String.class) {
      boolean mayBeNull = !SpecificRecord.class.isAssignableFrom(field.getDeclaringClass());
      return mayBeNull && number % 5 == 0 ? null : field.getName() + number;
    }
    return object(field.getType(), written.getType(), number);
  }

  private static int number(Object object) {
    try {
      return object.getClass().getField("number").getInt(object);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("The class is no POJO.", e);
    }
  }

  private static String text(Object object) {
    return Arrays.stream(fields(object.getClass()))
        .map(field -> field.getName() + "=" + text(field, object))
        .sorted()
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String text(Field field, Object object) {
    try {
      Object value = field.get(object);
      return value == null || isOfJava(field.getType()) ? String.valueOf(value) : text(value);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("The class is no POJO.", e);
    }
  }

  private static boolean isOfJava(Class<?> type) {
    return type.isPrimitive() || type == String.class;
  }

  private static Field[] fields(Class<?> type) {
    return isOfJava(type)
        ? new Field[0]
        : Arrays.stream(type.getFields())
            .filter(field -> !Modifier.isStatic(field.getModifiers()))
            .toArray(Field[]::new);
  }
}
