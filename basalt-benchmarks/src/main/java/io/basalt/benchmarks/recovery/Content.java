package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.subject.Subtask;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;

/**
 * The two states of one subtask: for each key a value and a map of one entry, 100 bytes each, which
 * do not compress. Keys and bytes are derived from a number, so that whoever reads them knows what
 * is right. Keys of ascending numbers lie in random order.
 */
final class Content {

  /** What RocksDB keeps of one key: two entries, each with its key. */
  static final int BYTES_OF_KEY = 114 + 119;

  private static final int PAYLOAD = 100;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Subtask<Long> subtask;
  private final ValueState<byte[]> value;
  private final MapState<Integer, byte[]> map;

  Content(Subtask<Long> subtask) throws Exception {
    this.subtask = subtask;
    value =
        subtask.state(new ValueStateDescriptor<>("value", BytePrimitiveArraySerializer.INSTANCE));
    map =
        subtask.state(
            new MapStateDescriptor<>(
                "map", IntSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
  }

  /** The key of a number; no two numbers have the same. */
  static long key(long number) {
    return mix(number + 1);
  }

  /** Writes both entries of the key, as {@link #check} expects them. */
  void insert(long key) throws Exception {
    subtask.backend().setCurrentKey(key);
    value.update(payload(key));
    map.put((int) key, payload(~key));
  }

  /** Writes other bytes into the key's value or, every second time, into its map. */
  void change(long key, long change) throws Exception {
    subtask.backend().setCurrentKey(key);
    byte[] payload = payload(key + mix(change));
    if ((change & 1) == 0) {
      value.update(payload);
    } else {
      map.put((int) key, payload);
    }
  }

  /**
   * Reads one of the entries of the key.
   *
   * @throws IllegalStateException if it is not what was inserted
   */
  void check(long key, boolean ofMap) throws Exception {
    subtask.backend().setCurrentKey(key);
    byte[] actual = ofMap ? map.get((int) key) : value.value();
    if (!Arrays.equals(actual, payload(ofMap ? ~key : key))) {
      throw new IllegalStateException(
          "The %s of key %d is wrong: %s"
              .formatted(ofMap ? "map" : "value", key, Arrays.toString(actual)));
    }
  }

  private static byte[] payload(long seed) {
    byte[] bytes = new byte[PAYLOAD];
    long position = seed;
    int at = 0;
    for (; at + Long.BYTES <= PAYLOAD; at += Long.BYTES) {
      position += 0x9E3779B97F4A7C15L;
      LONGS.set(bytes, at, mix(position));
    }
    for (; at < PAYLOAD; at++) {
      bytes[at] = (byte) (seed >>> (at & 7));
    }
    return bytes;
  }

  /** The finisher of SplitMix64, which is a bijection. */
  private static long mix(long number) {
    long mixed = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
