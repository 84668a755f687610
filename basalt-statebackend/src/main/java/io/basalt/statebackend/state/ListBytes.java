package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.ListValue;
import java.util.Arrays;

/**
 * The bytes of a list that is appended to: what was there before stays as it is, so that a snapshot
 * can write it while more is appended behind it. Only {@link #become} makes another list of it.
 *
 * <p>Appended to by the task thread; read by any thread that was given it.
 */
final class ListBytes {

  private static final int LEAST_CAPACITY = 64;

  /** This object, the buffer's, the array's head and what fills its last word. */
  private static final int OVERHEAD_BYTES = 24 + 24 + 16 + 7;

  /** Shared by lists of which each begins with the one before. */
  private static final class Buffer {
    private final byte[] bytes;
    private int used;

    Buffer(byte[] bytes, int used) {
      this.bytes = bytes;
      this.used = used;
    }
  }

  private final Buffer buffer;
  private final int length;

  /** Whether nothing but this list has ever been in the buffer. */
  private final boolean alone;

  private ListBytes(Buffer buffer, int length, boolean alone) {
    this.buffer = buffer;
    this.length = length;
    this.alone = alone;
  }

  /** A list of these bytes, which nobody changes. */
  static ListBytes of(byte[] bytes) {
    return new ListBytes(new Buffer(bytes, bytes.length), bytes.length, true);
  }

  /** This list with more behind it. Only of the newest one nothing is copied. */
  ListBytes append(byte[] operand) {
    int appended = length + 1 + operand.length;
    Buffer target = buffer;
    boolean copied = length != target.used || appended > target.bytes.length;
    if (copied) {
      target = new Buffer(Arrays.copyOf(target.bytes, capacity(appended)), length);
    }
    target.bytes[length] = ListValue.DELIMITER;
    System.arraycopy(operand, 0, target.bytes, length + 1, operand.length);
    target.used = appended;
    return new ListBytes(target, appended, copied);
  }

  private static int capacity(int needed) {
    return Math.max(LEAST_CAPACITY, needed + needed / 2);
  }

  /**
   * Becomes a list of as many other bytes, if no other list would change with it. Only while nobody
   * else has this one.
   */
  boolean become(byte[] bytes) {
    if (!alone || bytes.length != length) {
      return false;
    }
    System.arraycopy(bytes, 0, buffer.bytes, 0, length);
    return true;
  }

  int length() {
    return length;
  }

  /** What begins with the bytes of the list; to be read only, and before the list is changed. */
  byte[] array() {
    return buffer.bytes;
  }

  /** A fresh array. */
  byte[] toArray() {
    return Arrays.copyOf(buffer.bytes, length);
  }

  int heapBytes() {
    return OVERHEAD_BYTES + buffer.bytes.length;
  }
}
