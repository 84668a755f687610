package io.basalt.statebackend.program;

import java.util.Arrays;
import java.util.HexFormat;

/** The serialized form of an object, which is what its identity is to a state backend. */
final class Bytes implements Comparable<Bytes> {

  private static final int SHOWN = 12;

  private final byte[] bytes;
  private final int hash;

  /**
   * @param bytes not to be changed any more
   */
  Bytes(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  int length() {
    return bytes.length;
  }

  /** As RocksDB orders keys: byte by byte, unsigned. */
  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && hash == that.hash && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return bytes.length <= SHOWN
        ? HexFormat.of().formatHex(bytes)
        : HexFormat.of().formatHex(bytes, 0, SHOWN) + "..(" + bytes.length + ")";
  }
}
