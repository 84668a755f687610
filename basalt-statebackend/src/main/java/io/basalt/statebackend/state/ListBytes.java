package io.basalt.statebackend.state;

import java.util.Arrays;

/**
 * The bytes of a list that is appended to: what was there before stays as it is, so that a snapshot
 * can write it while more is appended behind it.
 *
 * <p>Appended to by the task thread; read by any thread that was given it.
 */
final class ListBytes {

  private static final byte DELIMITER = ',';
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

  private ListBytes(Buffer buffer, int length) {
    this.buffer = buffer;
    this.length = length;
  }

  /** A list of these bytes, which nobody changes. */
  static ListBytes of(byte[] bytes) {
    return new ListBytes(new Buffer(bytes, bytes.length), bytes.length);
  }

  /** This list with more behind it. Only of the newest one nothing is copied. */
  ListBytes append(byte[] operand) {
    int appended = length + 1 + operand.length;
    Buffer target = buffer;
    if (length != target.used || appended > target.bytes.length) {
      target = new Buffer(Arrays.copyOf(target.bytes, capacity(appended)), length);
    }
    target.bytes[length] = DELIMITER;
    System.arraycopy(operand, 0, target.bytes, length + 1, operand.length);
    target.used = appended;
    return new ListBytes(target, appended);
  }

  private static int capacity(int needed) {
    return Math.max(LEAST_CAPACITY, needed + needed / 2);
  }

  int length() {
    return length;
  }

  /** A fresh array. */
  byte[] toArray() {
    return Arrays.copyOf(buffer.bytes, length);
  }

  int heapBytes() {
    return OVERHEAD_BYTES + buffer.bytes.length;
  }
}
