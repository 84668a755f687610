package io.basalt.statebackend.state;

import java.util.Arrays;

/** The bytes of an entry's key, by which the tier finds it. Nobody changes the array. */
final class StoredBytes {

  /** Of the object, the head of the array and what fills its last word. */
  private static final int OVERHEAD_BYTES = 24 + 16 + 7;

  private final byte[] bytes;
  private final int hash;

  StoredBytes(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  byte[] bytes() {
    return bytes;
  }

  int heapBytes() {
    return OVERHEAD_BYTES + bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredBytes stored && Arrays.equals(bytes, stored.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
