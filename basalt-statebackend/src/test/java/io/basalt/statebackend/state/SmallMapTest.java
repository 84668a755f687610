package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.layout.MapEntryValue;
import io.basalt.statebackend.store.ExpiryClock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.ShortSerializer;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializer;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside a model: a table below, and what a map has to say of it and to write into it. */
class SmallMapTest {

  /** What is below, and what the user sees; null is a value that is null. */
  private final NavigableMap<Long, @Nullable Long> below = byBytes();

  private final NavigableMap<Long, @Nullable Long> seen = byBytes();
  private SmallMap map = new SmallMap(1, false);

  /** Whether values have times; those of this test have another for each. */
  private boolean expires;

  private static NavigableMap<Long, @Nullable Long> byBytes() {
    return new TreeMap<>(Long::compareUnsigned);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatItWritesMakesTheTableWhatTheUserSees(boolean withTimes) {
    expires = withTimes;
    long seed = System.nanoTime();
    System.out.println("Seed: " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      below.clear();
      seen.clear();
      map = new SmallMap(random.nextInt(1, 20), expires);
      map.setComplete(random.nextBoolean());
      if (!map.isComplete()) {
        for (long key = -20; key < 20; key += 3) {
          below.put(key, key);
        }
        seen.putAll(below);
      }
      int keys = random.nextInt(2, 60);
      for (int operation = 0; operation < 300; operation++) {
        change(random, random.nextInt(keys) - keys / 2);
        if (random.nextInt(40) == 0) {
          SmallMap closed = map;
          // It is written then, or while it is changed.
          if (random.nextBoolean()) {
            write(closed);
            map.isBelow();
          } else {
            map = map.ofNextEpoch();
            write(closed);
          }
          assertThat(below).as("Seed %d", seed).isEqualTo(seen);
        }
        assertIsSeen("Seed " + seed);
      }
    }
  }

  private void change(Random random, long key) {
    int place = map.place(key);
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        Long value = random.nextInt(5) == 0 ? null : random.nextLong();
        long bits = value == null ? 0 : value;
        if (place >= 0) {
          map.put(place, value == null, bits, time(bits));
        } else {
          map.makeRoom(random.nextInt(1, 4));
          map.add(-place - 1, key, value == null, bits, time(bits));
        }
        seen.put(key, value);
      }
      case 2, 3 -> {
        if (place >= 0 && !map.isAbsent(place)) {
          map.remove(place);
        } else if (map.look(key) == SmallMap.UNKNOWN) {
          map.addRemoved(-place - 1, key);
        }
        seen.remove(key);
      }
      case 4 -> {
        if (map.look(key) == SmallMap.UNKNOWN) {
          Long found = below.get(key);
          if (!below.containsKey(key)) {
            map.addFoundAbsent(-place - 1, key);
          } else {
            long bits = found == null ? 0 : found;
            map.addFound(-place - 1, key, found == null, bits, time(bits));
          }
        }
      }
      default -> {
        if (map.isComplete() && random.nextInt(10) == 0) {
          map.clear();
          seen.clear();
        }
      }
    }
  }

  private long time(long bits) {
    return expires ? ~bits : 0;
  }

  private void write(SmallMap written) {
    for (int place = 0; place < written.size(); place++) {
      if (written.isChanged(place)) {
        if (written.isAbsent(place)) {
          below.remove(written.key(place));
        } else {
          below.put(written.key(place), written.isNull(place) ? null : written.value(place));
        }
      }
    }
  }

  private void assertIsSeen(String message) {
    for (long key = -30; key < 30; key++) {
      int place = map.look(key);
      boolean isThere = place >= 0;
      Long value = isThere && !map.isNull(place) ? map.value(place) : null;
      if (place == SmallMap.UNKNOWN) {
        // Then the table is asked.
        isThere = below.containsKey(key);
        value = below.get(key);
      }
      // Millions of times: an assertion for each would be most of what this test does.
      if (isThere != seen.containsKey(key) || !Objects.equals(value, seen.get(key))) {
        throw new AssertionError("%s: %d is %s, %s".formatted(message, key, isThere, value));
      }
      if (place >= 0 && map.time(place) != time(map.value(place))) {
        throw new AssertionError("%s: %d has another's time".formatted(message, key));
      }
    }
    int bytes = expires ? 36 : 24;
    assertThat(map.heapBytes()).isLessThan(40 + bytes * (map.size() + 24));
    if (map.isComplete()) {
      assertThat(map.hasEntry()).as(message).isEqualTo(!seen.isEmpty());
      List<Long> walked = new ArrayList<>();
      for (int place = 0; place < map.size(); place++) {
        if (!map.isAbsent(place)) {
          walked.add(map.key(place));
        }
      }
      assertThat(walked).as(message).isEqualTo(List.copyOf(seen.keySet()));
    }
  }

  /** And of a failed write nobody knows how much is below. */
  @Test
  void whatMayHaveBeenWrittenIsRemovedBelow() {
    map.setComplete(true);
    map.add(0, 1, false, 1, 0);
    map.mayBeBelow();
    map.remove(map.place(1));
    assertThat(map.hasChanges()).isTrue();

    SmallMap other = new SmallMap(1, false);
    other.setComplete(true);
    other.add(0, 1, false, 1, 0);
    other.remove(other.place(1));
    assertThat(other.hasChanges()).isFalse();
    assertThat(other.size()).isZero();
  }

  @Test
  void whatIsOfTheLastEpochIsNotWrittenAgain() {
    map.add(0, 1, false, 1, 0);
    SmallMap next = map.ofNextEpoch();
    assertThat(map.hasChanges()).isTrue();
    assertThat(next.hasChanges()).isFalse();
    map.isBelow();
    assertThat(map.hasChanges()).isFalse();
  }

  @Test
  void whatIsKnownToBeAbsentBelowCanBeForgotten() {
    map.addFoundAbsent(0, 1);
    map.addRemoved(1, 2);
    map.add(2, 3, false, 7, 0);
    map.forgetAbsent();
    assertThat(map.look(1)).isEqualTo(SmallMap.UNKNOWN);
    assertThat(map.look(2)).isEqualTo(SmallMap.NOWHERE);
    assertThat(map.value(map.look(3))).isEqualTo(7);
  }

  /** Bits are as many bytes as the serializers write, and come in the order of those. */
  @Test
  void numbersAreTheBytesOfTheirSerializers() throws Exception {
    assertBytes(
        LongSerializer.INSTANCE, List.of(0L, 1L, -1L, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE));
    assertBytes(IntSerializer.INSTANCE, List.of(0, 300, -1, Integer.MIN_VALUE, Integer.MAX_VALUE));
    assertBytes(ShortSerializer.INSTANCE, List.of((short) 0, (short) -1, Short.MIN_VALUE));
    assertBytes(DoubleSerializer.INSTANCE, List.of(0.0, -0.0, -1.5, Double.NaN, 1e300));
    assertBytes(FloatSerializer.INSTANCE, List.of(0f, -0f, -1.5f, Float.NaN, 1e30f));
    // Others that are no numbers, which are written as if they were the same.
    assertBytes(DoubleSerializer.INSTANCE, List.of(Double.longBitsToDouble(0x7ff8000000000001L)));
    assertBytes(FloatSerializer.INSTANCE, List.of(Float.intBitsToFloat(0x7fc00001)));
    assertBytes(ByteSerializer.INSTANCE, List.of((byte) 0, (byte) 7, (byte) -1, Byte.MIN_VALUE));
    assertBytes(BooleanSerializer.INSTANCE, List.of(false, true));
  }

  private static <T> void assertBytes(TypeSerializer<T> serializer, List<T> values)
      throws Exception {
    NumberEntries<T, T> numbers = NumberEntries.of(serializer, serializer);
    ValueBytes<T> bytes = new ValueBytes<>(serializer);
    Map<byte[], T> inOrder = new TreeMap<>(Arrays::compareUnsigned);
    NavigableMap<Long, T> byBits = new TreeMap<>(Long::compareUnsigned);
    for (T value : values) {
      byte[] key = numbers.entryKey(new byte[] {9, 9}, numbers.key(value));
      assertThat(key).endsWith(bytes.write(value)).startsWith(9, 9);
      assertThat(numbers.userKey(numbers.keyOf(key, 2))).isEqualTo(value);
      byte[] written = numbers.bytes(false, numbers.bits(value), 0);
      assertThat(written).startsWith(0).endsWith(bytes.write(value));
      assertThat(numbers.value(numbers.valueOf(written), 0)).isEqualTo(value);
      assertExpiringBytes(serializer, value);
      inOrder.put(bytes.write(value), value);
      byBits.put(numbers.key(value), value);
    }
    assertThat(byBits.values()).containsExactlyElementsOf(inOrder.values());
    assertThat(numbers.isNull(numbers.bytes(true, 0, 0))).isTrue();
  }

  private static <T> void assertExpiringBytes(TypeSerializer<T> serializer, T value)
      throws Exception {
    TypeSerializer<TtlValue<T>> expiring = new TtlSerializer<>(LongSerializer.INSTANCE, serializer);
    NumberEntries<T, TtlValue<T>> numbers = NumberEntries.of(serializer, expiring);
    TtlValue<T> given = new TtlValue<>(value, 1_700_000_000_123L);
    byte[] written = numbers.bytes(false, numbers.bits(given), numbers.time(given));
    assertThat(written).isEqualTo(new MapEntryValue<>(expiring).write(given));
    TtlValue<T> read = numbers.value(numbers.valueOf(written), numbers.timeOf(written));
    assertThat(read.getUserValue()).isEqualTo(value);
    assertThat(read.getLastAccessTimestamp()).isEqualTo(given.getLastAccessTimestamp());
    assertThat(numbers.bytes(true, 0, 0)).isEqualTo(new MapEntryValue<>(expiring).write(null));
  }

  /** But neither what has yet to be written, nor what is absent or null, nor what lives. */
  @Test
  void whatACompactionMayHaveTakenIsForgotten() {
    ExpiryClock clock = new ExpiryClock(() -> 1_000);
    MapExpiry expiry = new MapExpiry(100, clock);
    map = new SmallMap(1, true);
    map.setComplete(true);
    map.addFound(0, 1, false, 1, 900);
    map.addFound(1, 2, false, 2, 901);
    map.addFound(2, 3, true, 0, 0);
    map.add(3, 4, false, 40, 0);
    assertThat(map.mayBeTaken(expiry)).isFalse();
    assertThat(clock.getAsLong()).isEqualTo(1_000);
    assertThat(map.mayBeTaken(expiry)).isTrue();
    assertThat(map.hasLivingEntry(expiry)).isTrue();
    map.forgetTaken(expiry);
    assertThat(map.isComplete()).isFalse();
    assertThat(map.look(1)).isEqualTo(SmallMap.UNKNOWN);
    assertThat(map.value(map.look(2))).isEqualTo(2);
    assertThat(map.isNull(map.look(3))).isTrue();
    assertThat(map.value(map.look(4))).isEqualTo(40);
    map.remove(map.look(2));
    assertThat(map.hasLivingEntry(expiry)).isFalse();
    assertThat(map.hasEntry()).isTrue();
  }
}
