package io.basalt.statebackend.layout;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/**
 * Strings as Flink writes them: the length plus one, then the characters, each of these in groups
 * of seven bits, the lowest first, and the eighth says whether there are more. A character below
 * 128 is a byte. Strings of such ones are copied in one go; any other string is left to Flink.
 */
final class TextBytes {

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

  /** The highest length plus one that takes two bytes. */
  private static final int TWO_GROUPS = (1 << 14) - 1;

  private TextBytes() {}

  static void write(String text, DataOutputSerializer target) throws IOException {
    int length = text.length();
    if (length >= TWO_GROUPS) {
      StringValue.writeString(text, target);
      return;
    }
    makeRoom(target, 2 + length);
    byte[] bytes = target.getSharedBuffer();
    int start = target.length();
    int position = start;
    int written = length + 1;
    if (written > 0x7f) {
      bytes[position++] = (byte) (written | 0x80);
      written >>>= 7;
    }
    bytes[position++] = (byte) written;
    for (int i = 0; i < length; i++) {
      char character = text.charAt(i);
      if (character > 0x7f) {
        // What is in the buffer has not been written as long as it was not skipped.
        StringValue.writeString(text, target);
        return;
      }
      bytes[position++] = (byte) character;
    }
    target.skipBytesToWrite(position - start);
  }

  /** So that the target's array is long enough, which it does not do itself before it must. */
  private static void makeRoom(DataOutputSerializer target, int bytes) throws IOException {
    int position = target.length();
    if (target.getSharedBuffer().length - position < bytes) {
      target.write(new byte[bytes]);
      target.setPosition(position);
    }
  }

  /** Null only if that was written, which is not a string of no characters. */
  static @Nullable String read(ValueInput source) throws IOException {
    byte[] bytes = source.array();
    int start = source.getPosition();
    int available = source.available();
    int head = 1;
    int written = available < 1 ? 0 : bytes[start];
    if (written < 0 && available > 1) {
      written = bytes[start + 1] < 0 ? 0 : (written & 0x7f) | bytes[start + 1] << 7;
      head = 2;
    }
    int length = written - 1;
    if (length < 0 || head + length > available || !areSingle(bytes, start + head, length)) {
      return StringValue.readString(source);
    }
    source.skipBytesToRead(head + length);
    return new String(bytes, start + head, length, ISO_8859_1);
  }

  /** Whether all characters are one byte each. */
  private static boolean areSingle(byte[] bytes, int from, int length) {
    int to = from + length;
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      if (((long) EIGHT_BYTES.get(bytes, i) & HIGHEST_BITS) != 0) {
        return false;
      }
    }
    for (; i < to; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }
}
