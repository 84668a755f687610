package io.basalt.statebackend.layout;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Map;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.CharSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.ShortSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/**
 * One field of a POJO: whether it is null, then what its serializer writes.
 *
 * <pre>
 *   | 00 | value |     a value
 *   | 01 |             null
 * </pre>
 *
 * <p>{@link PojoPlan} finds the methods by their names and types.
 */
final class FieldBytes {

  /** A serializer of Flink's that has no state, and the method that reads what it writes. */
  private record Known(Class<? extends TypeSerializer<?>> serializer, String reader) {}

  private static final Map<Class<?>, Known> KNOWN =
      Map.of(
          boolean.class, new Known(BooleanSerializer.class, "readBoolean"),
          byte.class, new Known(ByteSerializer.class, "readByte"),
          short.class, new Known(ShortSerializer.class, "readShort"),
          char.class, new Known(CharSerializer.class, "readChar"),
          int.class, new Known(IntSerializer.class, "readInt"),
          long.class, new Known(LongSerializer.class, "readLong"),
          float.class, new Known(FloatSerializer.class, "readFloat"),
          double.class, new Known(DoubleSerializer.class, "readDouble"),
          String.class, new Known(StringSerializer.class, "readText"));

  private FieldBytes() {}

  /** Whether there are methods for fields of the type and with the serializer. */
  static boolean know(Class<?> type, TypeSerializer<?> serializer) {
    Known known = KNOWN.get(type);
    return known != null && known.serializer == serializer.getClass();
  }

  /** Which method reads fields of a type that is known. */
  static String reader(Class<?> type) {
    Known known = KNOWN.get(type);
    if (known == null) {
      throw new IllegalArgumentException("Fields of " + type + " are read by their serializer.");
    }
    return known.reader;
  }

  static void write(boolean value, DataOutputSerializer target) throws IOException {
    target.writeBoolean(false);
    target.writeBoolean(value);
  }

  static void write(byte value, DataOutputSerializer target) throws IOException {
    target.writeBoolean(false);
    target.writeByte(value);
  }

  static void write(short value, DataOutputSerializer target) throws IOException {
    target.writeBoolean(false);
    target.writeShort(value);
  }

  static void write(char value, DataOutputSerializer target) throws IOException {
    target.writeBoolean(false);
    target.writeChar(value);
  }

  static void write(int value, DataOutputSerializer target) throws IOException {
    target.writeBoolean(false);
    target.writeInt(value);
  }

  static void write(long value, DataOutputSerializer target) throws IOException {
    target.writeBoolean(false);
    target.writeLong(value);
  }

  static void write(float value, DataOutputSerializer target) throws IOException {
    target.writeBoolean(false);
    target.writeFloat(value);
  }

  static void write(double value, DataOutputSerializer target) throws IOException {
    target.writeBoolean(false);
    target.writeDouble(value);
  }

  static void write(@Nullable String value, DataOutputSerializer target) throws IOException {
    target.writeBoolean(value == null);
    if (value != null) {
      TextBytes.write(value, target);
    }
  }

  /** Of any other type, or with any other serializer. */
  static void write(ValueCodec<Object> codec, @Nullable Object value, DataOutputSerializer target)
      throws IOException {
    target.writeBoolean(value == null);
    if (value != null) {
      codec.write(value, target);
    }
  }

  static boolean readBoolean(Field field, ValueInput source) throws IOException {
    checkValue(field, source);
    return source.readBoolean();
  }

  static byte readByte(Field field, ValueInput source) throws IOException {
    checkValue(field, source);
    return source.readByte();
  }

  static short readShort(Field field, ValueInput source) throws IOException {
    checkValue(field, source);
    return source.readShort();
  }

  static char readChar(Field field, ValueInput source) throws IOException {
    checkValue(field, source);
    return source.readChar();
  }

  static int readInt(Field field, ValueInput source) throws IOException {
    checkValue(field, source);
    return source.readInt();
  }

  static long readLong(Field field, ValueInput source) throws IOException {
    checkValue(field, source);
    return source.readLong();
  }

  static float readFloat(Field field, ValueInput source) throws IOException {
    checkValue(field, source);
    return source.readFloat();
  }

  static double readDouble(Field field, ValueInput source) throws IOException {
    checkValue(field, source);
    return source.readDouble();
  }

  static @Nullable String readText(Field field, ValueInput source) throws IOException {
    return source.readBoolean() ? null : TextBytes.read(source);
  }

  /** Of any other type, or with any other serializer. */
  static @Nullable Object read(ValueCodec<Object> codec, ValueInput source) throws IOException {
    return source.readBoolean() ? null : codec.read(source);
  }

  private static void checkValue(Field field, ValueInput source) throws IOException {
    if (source.readBoolean()) {
      throw new IllegalArgumentException("Null was written of " + field + ".");
    }
  }
}
