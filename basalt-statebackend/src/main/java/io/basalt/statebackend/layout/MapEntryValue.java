package io.basalt.statebackend.layout;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The value of a map state's entry: a flag that says whether it is null, then the value.
 *
 * <pre>
 *   | 00 | value |     a value
 *   | 01 |             null
 * </pre>
 *
 * A value that expires begins with the time of its last access.
 *
 * <p>One thread at a time.
 *
 * @param <V> the type of the value
 */
public final class MapEntryValue<V> {

  private static final VarHandle TIME =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final ValueCodec<V> codec;
  private final ValueInput input = new ValueInput();
  private final DataOutputSerializer output = new DataOutputSerializer(64);

  public MapEntryValue(TypeSerializer<V> serializer) {
    this.codec = ValueCodec.of(serializer);
  }

  /** Whether the bytes are those of a null value. */
  public static boolean isNull(byte[] bytes) {
    return isNull(bytes[0]);
  }

  /** The same of the first byte alone. */
  public static boolean isNull(byte flag) {
    return flag != 0;
  }

  /** Whether a value that expires has a time in its bytes. */
  public static boolean hasTime(byte[] bytes) {
    return bytes.length > Long.BYTES && !isNull(bytes);
  }

  /** The same of a value that is a part of an array. */
  public static boolean hasTime(byte[] bytes, int offset, int length) {
    return length > Long.BYTES && !isNull(bytes[offset]);
  }

  /** That time, in milliseconds. */
  public static long time(byte[] bytes) {
    return time(bytes, 0);
  }

  /** The same of a value that begins there. */
  public static long time(byte[] bytes, int offset) {
    return (long) TIME.get(bytes, offset + 1);
  }

  /** The bytes of a value, or of null. */
  public byte[] write(@Nullable V value) throws IOException {
    writeToBuffer(value);
    return output.getCopyOfBuffer();
  }

  /** Writes them to the beginning of {@link #buffer}, and says how many they are. */
  public int writeToBuffer(@Nullable V value) throws IOException {
    output.clear();
    if (value == null) {
      output.writeBoolean(true);
    } else {
      output.writeBoolean(false);
      codec.write(value, output);
    }
    return output.length();
  }

  /** What was written last begins with; written over by the next. */
  public byte[] buffer() {
    return output.getSharedBuffer();
  }

  /** The value in the bytes, a fresh object, or null. */
  public @Nullable V read(byte[] bytes) throws IOException {
    return read(bytes, 0, bytes.length);
  }

  /** The value in a part of the array, a fresh object, or null. */
  public @Nullable V read(byte[] bytes, int offset, int length) throws IOException {
    input.set(bytes, offset, length);
    return input.readBoolean() ? null : codec.read(input);
  }
}
