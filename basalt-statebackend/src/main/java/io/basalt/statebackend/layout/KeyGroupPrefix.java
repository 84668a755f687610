package io.basalt.statebackend.layout;

import org.apache.flink.runtime.state.CompositeKeySerializationUtils;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The first bytes of every key: the key group, big-endian, in one byte up to 128 key groups and in
 * two beyond, so that the key groups of a task lie next to each other, in order.
 *
 * <pre>
 *   1..128 key groups     | gg |                 gg = 0x00 .. 0x7F
 *   129..32768            | gg gg |              high byte first, 0x0000 .. 0x7FFF
 * </pre>
 *
 * <p>Immutable.
 */
public final class KeyGroupPrefix {

  private final int width;

  private KeyGroupPrefix(int width) {
    this.width = width;
  }

  /** The prefix of a job with that many key groups (its maximum parallelism). */
  public static KeyGroupPrefix forKeyGroups(int numberOfKeyGroups) {
    return new KeyGroupPrefix(
        CompositeKeySerializationUtils.computeRequiredBytesInKeyGroupPrefix(numberOfKeyGroups));
  }

  /** How many bytes it has: 1 or 2. */
  public int width() {
    return width;
  }

  /** The bytes of one key group. */
  public byte[] bytes(int keyGroup) {
    byte[] bytes = new byte[width];
    CompositeKeySerializationUtils.serializeKeyGroup(keyGroup, bytes);
    return bytes;
  }

  /** The key group that a key starts with. */
  public int keyGroup(byte[] key) {
    return keyGroup(key, 0);
  }

  /** The key group that the key which begins there starts with. */
  public int keyGroup(byte[] bytes, int start) {
    int keyGroup = 0;
    for (int i = start; i < start + width; i++) {
      keyGroup = keyGroup << Byte.SIZE | Byte.toUnsignedInt(bytes[i]);
    }
    return keyGroup;
  }

  /** All keys of a key group. */
  public Bounds bounds(int keyGroup) {
    return new Bounds(bytes(keyGroup), bytes(keyGroup + 1));
  }

  /** All keys of a range of key groups; an empty range gives empty bounds. */
  public Bounds bounds(KeyGroupRange range) {
    if (range.getNumberOfKeyGroups() == 0) {
      return new Bounds(bytes(0), bytes(0));
    }
    // The key group behind the last possible one (32768) still fits: 0x8000, or 0x80 in one byte.
    return new Bounds(bytes(range.getStartKeyGroup()), bytes(range.getEndKeyGroup() + 1));
  }
}
