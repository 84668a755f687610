package io.basalt.statebackend.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The order of keys, bytes unsigned, for whoever sorts many of them. */
final class KeyOrder {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private KeyOrder() {}

  /** The first bytes of a key, so that numbers of keys that differ there compare as the keys do. */
  static long start(byte[] key) {
    long first;
    if (key.length >= Long.BYTES) {
      first = (long) LONGS.get(key, 0);
    } else {
      first = 0;
      for (int position = 0; position < key.length; position++) {
        first |= (key[position] & 0xFFL) << (Long.SIZE - Byte.SIZE * (position + 1));
      }
    }
    // Bytes are compared without a sign.
    return first ^ Long.MIN_VALUE;
  }

  /** Compares keys, each with its start: most differ there, and neither array has to be reached. */
  static int compare(long leftStart, byte[] left, long rightStart, byte[] right) {
    int starts = Long.compare(leftStart, rightStart);
    return starts != 0 ? starts : Arrays.compareUnsigned(left, right);
  }
}
