package io.basalt.statebackend.hot;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The bytes of an entry's key, by which the tier finds it. Nobody changes the array. */
public final class StoredBytes {

  /** Of the object, the head of the array and what fills its last word. */
  private static final int OVERHEAD_BYTES = 24 + 16 + 7;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int hash;

  /** A key of these bytes. */
  public StoredBytes(byte[] bytes) {
    this.bytes = bytes;
    this.hash = hash(bytes);
  }

  /** Eight bytes at a time; {@code Arrays.hashCode} is the same for many keys that count up. */
  private static int hash(byte[] bytes) {
    long hash = bytes.length;
    int position = 0;
    for (; position <= bytes.length - Long.BYTES; position += Long.BYTES) {
      hash = mix(hash ^ (long) LONGS.get(bytes, position));
    }
    long rest = 0;
    for (; position < bytes.length; position++) {
      rest = (rest << Byte.SIZE) | (bytes[position] & 0xFF);
    }
    hash = mix(hash ^ rest);
    return (int) (hash ^ hash >>> 32);
  }

  private static long mix(long bits) {
    long product = bits * 0x9E3779B97F4A7C15L;
    return product ^ product >>> 29;
  }

  /** What it was made of. */
  public byte[] bytes() {
    return bytes;
  }

  /** What it takes on the heap. */
  public int heapBytes() {
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
