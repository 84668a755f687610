package io.basalt.statebackend.store;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * The bytes of one change of a manifest: numbers of seven bits a byte, the lowest first, and arrays
 * behind their lengths.
 */
final class ManifestInput {

  private static final int BITS = 7;
  private static final int MORE = 1 << BITS;

  private final ByteBuffer bytes;

  ManifestInput(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  boolean hasMore() {
    return bytes.hasRemaining();
  }

  /**
   * A number.
   *
   * @throws BufferUnderflowException if there is none
   */
  long number() {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += BITS) {
      byte next = bytes.get();
      number |= (long) (next & (MORE - 1)) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new BufferUnderflowException();
  }

  /**
   * A number that is small: a level, the identity of a column family, a tag.
   *
   * @throws ArithmeticException if it is not
   */
  int smallNumber() {
    return Math.toIntExact(number());
  }

  /**
   * An array.
   *
   * @throws BufferUnderflowException if it is not there in full
   */
  byte[] array() {
    long length = number();
    if (length < 0 || length > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] array = new byte[(int) length];
    bytes.get(array);
    return array;
  }
}
