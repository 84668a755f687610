package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Expiry;
import io.basalt.statebackend.store.Lease;
import io.basalt.statebackend.store.ReadView;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.store.TableFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializer;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A state that begins to expire while a savepoint of before is being written: the savepoint has all
 * that was there, as it was, though compactions come upon values without times.
 */
class ExpiryBesideASavepointTest {

  private static final String NAME = "value";
  private static final long NOW = 1_000_000;
  private static final long TIME_TO_LIVE = 100;
  private static final long KEYS = 20;

  @TempDir Path temporary;

  @Test
  void whatTheSavepointSeesStays() throws Exception {
    try (StateBench<Long> bench =
        new StateBench<>(temporary, LongSerializer.INSTANCE, 1, 1 << 20, null)) {
      bench.setTime(NOW);
      InternalValueState<Long, VoidNamespace, Long> value =
          register(bench, new ValueStateDescriptor<>(NAME, LongSerializer.INSTANCE));
      for (long key = 0; key < KEYS; key++) {
        bench.selectKey(key);
        value.update(key);
        if (key % (KEYS / 2) == KEYS / 2 - 1) {
          bench.hot().close(() -> {}).finish();
          bench.database().writeFiles();
        }
      }
      Table table = Objects.requireNonNull(bench.database().find(NAME));
      List<TableFile> before = table.files();
      assertThat(before).hasSize(2);

      InternalValueState<Long, VoidNamespace, TtlValue<Long>> expiring;
      try (Lease unused = bench.database().lease();
          ReadView savepoint = bench.database().view()) {
        expiring = register(bench, expiringDescriptor());
        table.expire(expiry());
        assertThat(table.mergeFiles(before, Long.MAX_VALUE)).isNotEmpty();
        assertThat(numbers(table, savepoint))
            .containsExactlyElementsOf(LongStream.range(0, KEYS).boxed().toList());
      }
      for (long key = 0; key < KEYS; key++) {
        bench.selectKey(key);
        assertThat(expiring.value().getUserValue()).isEqualTo(key);
      }
      // From then on they expire, by compactions too.
      bench.setTime(NOW + TIME_TO_LIVE);
      table.compact();
      assertThat(table.files()).isEmpty();
    }
  }

  private static List<Long> numbers(Table table, ReadView savepoint) {
    Bounds bounds = KeyGroupPrefix.forKeyGroups(1).bounds(KeyGroupRange.of(0, 0));
    List<Long> numbers = new ArrayList<>();
    try (Cursor cursor =
        table.cursor(bounds.lowerInclusive(), bounds.upperExclusive(), savepoint)) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        numbers.add(ByteBuffer.wrap(cursor.value()).getLong());
      }
    }
    return numbers;
  }

  private static ValueStateDescriptor<TtlValue<Long>> expiringDescriptor() {
    ValueStateDescriptor<TtlValue<Long>> descriptor =
        new ValueStateDescriptor<>(
            NAME, new TtlSerializer<>(LongSerializer.INSTANCE, LongSerializer.INSTANCE));
    descriptor.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofMillis(TIME_TO_LIVE)).build());
    return descriptor;
  }

  private static Expiry expiry() {
    return new Expiry(new Expiry.SingleValue(), Duration.ofMillis(TIME_TO_LIVE), 1, Duration.ZERO);
  }

  private static <V> InternalValueState<Long, VoidNamespace, V> register(
      StateBench<Long> bench, ValueStateDescriptor<V> descriptor) throws Exception {
    return bench.state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor, true);
  }
}
