package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.subject.Subtask;
import java.util.Arrays;
import java.util.Random;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;

/**
 * Bytes under keys that are texts, of which an index block holds one for every four kilobytes. Keys
 * come in no order, so that compactions make files as large as they may become.
 */
final class TextKeyKind implements Kind {

  private static final int VALUE_BYTES = 100;

  /** An odd number, so that no two keys become one. */
  private static final long SCATTER = 0x9E3779B97F4A7C15L;

  @Override
  public String name() {
    return "text-key";
  }

  @Override
  public String description() {
    return "%d random bytes by a text of 41 characters".formatted(VALUE_BYTES);
  }

  @Override
  public int entriesOfKey() {
    return 1;
  }

  @Override
  public int heapMegabytesOfMillion() {
    return 400;
  }

  @Override
  public Access open(Subtask<Long> subtask) throws Exception {
    MapState<String, byte[]> state =
        subtask.state(
            new MapStateDescriptor<>(
                "texts", StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
    var backend = subtask.backend();
    return new Access() {
      @Override
      public void create(long key) throws Exception {
        backend.setCurrentKey(key * SCATTER);
        state.put(text(key), bytes(key));
      }

      @Override
      public boolean change(long key) throws Exception {
        boolean there = read(key);
        state.put(text(key), bytes(key));
        return there;
      }

      @Override
      public boolean read(long key) throws Exception {
        backend.setCurrentKey(key * SCATTER);
        byte[] value = state.get(text(key));
        return value != null && Arrays.equals(value, bytes(key));
      }
    };
  }

  private static String text(long key) {
    return "customer-" + (1_000_000_000_000_000L + key) + "/device-" + (10_000_000 + key % 10);
  }

  private static byte[] bytes(long key) {
    byte[] bytes = new byte[VALUE_BYTES];
    new Random(key).nextBytes(bytes);
    return bytes;
  }
}
