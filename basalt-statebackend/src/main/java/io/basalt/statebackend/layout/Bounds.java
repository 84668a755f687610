package io.basalt.statebackend.layout;

import java.util.Arrays;

/**
 * A range of keys: from the lower bound to before the upper bound, bytes compared unsigned.
 *
 * <p>The arrays are not copied; treat them as immutable.
 *
 * @param lowerInclusive the first key that is inside, if it exists
 * @param upperExclusive the first key that is outside
 */
@SuppressWarnings("ArrayRecordComponent") // a pair of bounds for a cursor, never compared or hashed
public record Bounds(byte[] lowerInclusive, byte[] upperExclusive) {

  private static final int SHORT = 128;

  /**
   * The keys that start with the prefix.
   *
   * @throws IllegalArgumentException if no key sorts behind all of them (every byte is 0xFF, or
   *     there is none); a Flink key starts with its key group, whose first byte is at most 0x7F
   */
  public static Bounds ofPrefix(byte[] prefix) {
    return new Bounds(prefix, successor(prefix));
  }

  /**
   * A short key that does not sort before a key, to be kept for as long as there is a table: the
   * key itself, or one that sorts behind all that begin as a long one does.
   */
  public static byte[] notBelow(byte[] key) {
    return key.length <= SHORT ? key : successor(Arrays.copyOf(key, SHORT));
  }

  /** Whether the key lies inside. */
  public boolean contain(byte[] key) {
    return Arrays.compareUnsigned(key, lowerInclusive) >= 0
        && Arrays.compareUnsigned(key, upperExclusive) < 0;
  }

  private static byte[] successor(byte[] prefix) {
    for (int last = prefix.length - 1; last >= 0; last--) {
      if (prefix[last] != (byte) 0xFF) {
        byte[] successor = new byte[last + 1];
        System.arraycopy(prefix, 0, successor, 0, last + 1);
        successor[last]++;
        return successor;
      }
    }
    throw new IllegalArgumentException("No key sorts behind every key with this prefix.");
  }
}
