package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.MapEntryValue;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Entries of maps whose user keys and values are numbers: their bits, and their bytes as Flink's
 * serializers write them, which is the last bytes of the bits, the highest first. Values that
 * expire have their time before that. Any thread.
 *
 * @param keys numbers of the user keys
 * @param keyBytes what one of those takes
 * @param values numbers of the user values
 * @param valueBytes what one of those takes, without a time
 * @param <U> the type of the user keys
 * @param <V> the type of the user values
 */
record NumberEntries<U, V>(
    NumberBits<U> keys, int keyBytes, NumberParts<V> values, int valueBytes) {

  /** Those of the serializers, or null if one of them is for anything else. */
  static <U, V> @Nullable NumberEntries<U, V> of(
      TypeSerializer<U> keySerializer, TypeSerializer<V> valueSerializer) {
    NumberBits<U> keys = NumberBits.ofOneOfMany(keySerializer);
    NumberParts<V> values = NumberParts.of(valueSerializer);
    return keys == null || values == null
        ? null
        : new NumberEntries<>(
            keys, keySerializer.getLength(), values, NumberParts.bytes(valueSerializer));
  }

  /** Whether values have times. */
  boolean expire() {
    return values.expire();
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

  /** The time of a value; 0 where they have none. */
  long time(V value) {
    return values.time(value);
  }

  V value(long bits, long time) {
    return values.value(bits, time);
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
  byte[] bytes(boolean isNull, long value, long time) {
    if (isNull) {
      return new byte[] {1};
    }
    int before = beforeValue();
    byte[] bytes = new byte[before + valueBytes];
    if (expire()) {
      write(time, bytes, 1, Long.BYTES);
    }
    write(value, bytes, before, valueBytes);
    return bytes;
  }

  /** The flag of what is not null, and a time. */
  private int beforeValue() {
    return expire() ? 1 + Long.BYTES : 1;
  }

  boolean isNull(byte[] bytes) {
    return MapEntryValue.isNull(bytes);
  }

  /** The bits of a value that is not null. */
  long valueOf(byte[] bytes) {
    return read(bytes, beforeValue(), valueBytes);
  }

  /** Its time; 0 where values have none. */
  long timeOf(byte[] bytes) {
    return expire() ? MapEntryValue.time(bytes) : 0;
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
