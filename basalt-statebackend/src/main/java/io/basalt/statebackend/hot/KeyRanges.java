package io.basalt.statebackend.hot;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Ranges of keys, by their bytes; those that touch or overlap are one. */
final class KeyRanges {

  /** Where each ends, by where it begins. */
  private final TreeMap<byte[], byte[]> ends = new TreeMap<>(Arrays::compareUnsigned);

  /** Where the range ends that has a key; null if none has. */
  byte @Nullable [] endOf(byte[] key) {
    Map.Entry<byte[], byte[]> range = ends.floorEntry(key);
    return range != null && Arrays.compareUnsigned(key, range.getValue()) < 0
        ? range.getValue()
        : null;
  }

  void add(byte[] fromInclusive, byte[] toExclusive) {
    byte[] from = fromInclusive;
    byte[] to = toExclusive;
    Map.Entry<byte[], byte[]> other = ends.floorEntry(to);
    while (other != null && Arrays.compareUnsigned(other.getValue(), from) >= 0) {
      ends.remove(other.getKey());
      from = Arrays.compareUnsigned(other.getKey(), from) < 0 ? other.getKey() : from;
      to = Arrays.compareUnsigned(other.getValue(), to) > 0 ? other.getValue() : to;
      other = ends.floorEntry(to);
    }
    ends.put(from, to);
  }
}
