package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.MapEntryValue;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Entries of maps whose user keys and values are numbers: their bits, and their bytes as Flink's
 * serializers write them, which is the last bytes of the bits, the highest first. Any thread.
 *
 * @param keys numbers of the user keys
 * @param keyBytes what one of those takes
 * @param values numbers of the user values
 * @param valueBytes what one of those takes
 * @param <U> the type of the user keys
 * @param <V> the type of the user values
 */
record NumberEntries<U, V>(NumberBits<U> keys, int keyBytes, NumberBits<V> values, int valueBytes) {

  /** Those of the serializers, or null if one of them is for anything else. */
  static <U, V> @Nullable NumberEntries<U, V> of(
      TypeSerializer<U> keySerializer, TypeSerializer<V> valueSerializer) {
    NumberBits<U> keys = NumberBits.of(keySerializer);
    NumberBits<V> values = NumberBits.of(valueSerializer);
    return keys == null || values == null
        ? null
        : new NumberEntries<>(keys, keySerializer.getLength(), values, valueSerializer.getLength());
  }

  long key(U key) {
    return keys.bits(key);
  }

  long bits(V value) {
    return values.bits(value);
  }

  U userKey(long bits) {
    return keys.number(bits);
  }

  V value(long bits) {
    return values.number(bits);
  }

  /** The key of an entry of the map whose keys begin with the prefix. */
  byte[] entryKey(byte[] prefix, long userKey) {
    byte[] key = new byte[prefix.length + keyBytes];
    System.arraycopy(prefix, 0, key, 0, prefix.length);
    write(userKey, key, prefix.length, keyBytes);
    return key;
  }

  /** The bits in the key of an entry, behind what all keys of its map begin with. */
  long keyOf(byte[] entryKey, int prefixBytes) {
    return read(entryKey, prefixBytes, keyBytes);
  }

  /** What {@link MapEntryValue} writes. */
  byte[] bytes(boolean isNull, long value) {
    if (isNull) {
      return new byte[] {1};
    }
    byte[] bytes = new byte[1 + valueBytes];
    write(value, bytes, 1, valueBytes);
    return bytes;
  }

  boolean isNull(byte[] bytes) {
    return MapEntryValue.isNull(bytes);
  }

  /** The bits of a value that is not null. */
  long valueOf(byte[] bytes) {
    return read(bytes, 1, valueBytes);
  }

  private static void write(long bits, byte[] target, int offset, int length) {
    for (int position = 0; position < length; position++) {
      target[offset + position] = (byte) (bits >>> (Byte.SIZE * (length - 1 - position)));
    }
  }

  private static long read(byte[] source, int offset, int length) {
    // Of fewer than eight bytes the first says the sign.
    long bits = source[offset];
    for (int position = 1; position < length; position++) {
      bits = (bits << Byte.SIZE) | (source[offset + position] & 0xFF);
    }
    return bits;
  }
}
