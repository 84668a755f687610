package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.store.ExpiryClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Beside a model: a table below, and what a map has to say of it and to write into it. */
class PackedMapTest {

  private static final byte[] NULL = {1};

  /** What is below, and what the user sees. */
  private final NavigableMap<byte[], byte[]> below = new TreeMap<>(Arrays::compareUnsigned);

  private final NavigableMap<byte[], byte[]> seen = new TreeMap<>(Arrays::compareUnsigned);
  private PackedMap map = new PackedMap(1, 0);

  @Test
  void whatItWritesMakesTheTableWhatTheUserSees() {
    long seed = System.nanoTime();
    System.out.println("Seed: " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      below.clear();
      seen.clear();
      map = new PackedMap(random.nextInt(1, 20), random.nextInt(100));
      map.setComplete(random.nextBoolean());
      if (!map.isComplete()) {
        for (int number = 0; number < 40; number += 3) {
          below.put(key(number), value(random));
        }
        seen.putAll(below);
      }
      int keys = random.nextInt(2, 60);
      for (int operation = 0; operation < 300; operation++) {
        change(random, key(random.nextInt(keys)), true);
        if (random.nextInt(40) == 0) {
          PackedMap closed = map;
          // It is written then, or while it is changed.
          if (random.nextBoolean()) {
            write(closed);
            map.isBelow();
          } else {
            map = map.ofNextEpoch();
            // Before the closed one is written no other entry of the key can have been.
            change(random, key(random.nextInt(keys)), false);
            write(closed);
          }
        }
        assertIsSeen("Seed " + seed);
      }
      write(map);
      assertSame(List.copyOf(below.keySet()), List.copyOf(seen.keySet()), "Seed " + seed);
      assertSame(List.copyOf(below.values()), List.copyOf(seen.values()), "Seed " + seed);
    }
  }

  /** Each of some is the beginning of another. */
  private static byte[] key(int number) {
    byte[] key = new byte[1 + number % 4];
    key[0] = (byte) (number / 4 * 31);
    return key;
  }

  private static byte[] value(Random random) {
    byte[] value = new byte[random.nextInt(1, random.nextInt(4) == 0 ? 40 : 4)];
    random.nextBytes(value);
    return value;
  }

  private void change(Random random, byte[] key, boolean mayBeApart) {
    int place = map.place(key, key.length);
    boolean isUnknown = place < 0 && !map.isComplete();
    if (mayBeApart && random.nextInt(8) == 0) {
      changeApart(random, key, place);
      return;
    }
    switch (random.nextInt(6)) {
      case 0, 1 -> {
        byte[] value = value(random);
        byte[] longer = Arrays.copyOf(value, value.length + 2);
        if (place >= 0) {
          map.put(place, longer, value.length);
        } else {
          byte[] longerKey = Arrays.copyOf(key, key.length + 3);
          map.add(-place - 1, longerKey, key.length, longer, value.length);
        }
        seen.put(key, value);
      }
      case 2, 3 -> {
        if (place >= 0 && !map.isAbsent(place)) {
          map.remove(place);
        } else if (isUnknown) {
          map.addRemoved(-place - 1, key, key.length);
        }
        seen.remove(key);
      }
      case 4 -> {
        if (isUnknown) {
          addFound(-place - 1, key);
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

  /** What somebody else has and writes, here at once. */
  private void changeApart(Random random, byte[] key, int place) {
    if (place >= 0 && map.isApart(place) && random.nextBoolean()) {
      map.forget(place);
      seen.remove(key);
      below.remove(key);
      return;
    }
    byte[] value = value(random);
    if (place >= 0) {
      map.putApart(place, value, value.length);
    } else {
      map.addApart(-place - 1, key, key.length, value, value.length);
    }
    seen.put(key, value);
    below.put(key, value);
  }

  private byte @Nullable [] valueAt(int place) {
    if (map.isApart(place)) {
      return below.get(map.key(place));
    }
    return map.isAbsent(place) ? null : map.value(place);
  }

  private void addFound(int insertion, byte[] key) {
    byte[] value = below.get(key);
    if (value == null) {
      map.addFoundAbsent(insertion, key);
    } else {
      map.addFound(insertion, key, value, value.length);
    }
  }

  private void write(PackedMap written) {
    for (int place = 0; place < written.size(); place++) {
      if (written.isChanged(place)) {
        if (written.isAbsent(place)) {
          below.remove(written.key(place));
        } else {
          below.put(written.key(place), written.value(place));
        }
      }
    }
  }

  private void assertIsSeen(String message) {
    for (int number = 0; number < 70; number++) {
      byte[] key = key(number);
      int place = map.place(key, key.length);
      byte[] value = null;
      if (place >= 0) {
        value = valueAt(place);
      } else if (!map.isComplete()) {
        // Then the table is asked.
        value = below.get(key);
      }
      // Millions of times: an assertion for each would be most of what this test does.
      if (!Arrays.equals(value, seen.get(key))
          || (place >= 0 && !Arrays.equals(map.key(place), key))) {
        throw new AssertionError("%s: of %s".formatted(message, Arrays.toString(key)));
      }
    }
    int bytes = 0;
    for (int place = 0; place < map.size(); place++) {
      bytes += map.key(place).length + map.value(place).length;
    }
    assertThat(map.heapBytes()).as(message).isLessThan(1_000 + 2 * bytes + 20 * map.size());
    assertThat(map.heapBytes()).as(message).isGreaterThan(bytes + 8 * map.size());
    if (map.isComplete()) {
      assertThat(map.hasEntry()).as(message).isEqualTo(!seen.isEmpty());
      assertThat(map.presentKeys()).as(message).hasSameSizeAs(seen.keySet());
      assertThat(map.keysIfEmpty() == null).as(message).isEqualTo(!seen.isEmpty());
      List<byte[]> keys = new ArrayList<>();
      List<byte[]> values = new ArrayList<>();
      for (int place = 0; place < map.size(); place++) {
        if (!map.isAbsent(place)) {
          keys.add(map.key(place));
          values.add(valueAt(place));
        }
      }
      assertSame(keys, List.copyOf(seen.keySet()), message);
      assertSame(values, List.copyOf(seen.values()), message);
    }
  }

  private static void assertSame(List<byte[]> one, List<byte[]> other, String message) {
    assertThat(one).as(message).hasSameSizeAs(other);
    for (int place = 0; place < one.size(); place++) {
      if (!Arrays.equals(one.get(place), other.get(place))) {
        assertThat(one.get(place)).as("%s, place %d", message, place).isEqualTo(other.get(place));
      }
    }
  }

  /** And of a failed write nobody knows how much is below. */
  @Test
  void whatMayHaveBeenWrittenIsRemovedBelow() {
    map.setComplete(true);
    map.add(0, key(1), 2, NULL, 1);
    map.mayBeBelow();
    map.remove(0);
    assertThat(map.hasChanges()).isTrue();

    PackedMap other = new PackedMap(1, 0);
    other.setComplete(true);
    other.add(0, key(1), 2, NULL, 1);
    other.remove(0);
    assertThat(other.hasChanges()).isFalse();
    assertThat(other.size()).isZero();
  }

  @Test
  void whatIsOfTheLastEpochIsNotWrittenAgain() {
    map.add(0, key(1), 2, NULL, 1);
    PackedMap next = map.ofNextEpoch();
    assertThat(map.hasChanges()).isTrue();
    assertThat(next.hasChanges()).isFalse();
    map.isBelow();
    assertThat(map.hasChanges()).isFalse();
  }

  @Test
  void whatIsKnownToBeAbsentBelowCanBeForgotten() {
    map.addFoundAbsent(0, key(0));
    map.addRemoved(1, key(1), 2);
    map.add(2, key(2), 3, NULL, 1);
    map.forgetAbsent();
    assertThat(map.size()).isEqualTo(2);
    assertThat(map.isAbsent(map.place(key(1), 2))).isTrue();
    assertThat(map.value(map.place(key(2), 3))).isEqualTo(NULL);
  }

  /** Those that it had to copy again and again. */
  @Test
  void itIsFullOfEntriesThatTakeMuch() {
    byte[] large = new byte[4_000];
    int entries = 0;
    for (; map.hasRoom(4_001); entries++) {
      map.add(entries, new byte[] {(byte) entries}, 1, large, large.length);
    }
    assertThat(entries).isEqualTo(8);
    assertThat(map.canGrow(1_000)).isFalse();
    map = new PackedMap(1, 0);
    for (entries = 0; map.hasRoom(2); entries++) {
      map.add(entries, new byte[] {(byte) entries}, 1, NULL, 1);
    }
    assertThat(entries).isEqualTo(128);
    assertThat(map.isFull()).isTrue();
  }

  /** So that none of them copies all that are there. */
  @Test
  void thereIsRoomAtOnceForSomeThatAreAdded() {
    map.reserve(100, 500);
    int bytes = map.heapBytes();
    for (int entry = 0; entry < 100; entry++) {
      map.add(entry, new byte[] {(byte) entry}, 1, new byte[4], 4);
    }
    assertThat(map.heapBytes()).isEqualTo(bytes);
    map.reserve(1_000, 1_000_000);
    assertThat(map.heapBytes()).isLessThan(35_000);
  }

  /** But neither what has yet to be written, nor what is absent or null, nor what lives. */
  @Test
  void whatACompactionMayHaveTakenIsForgotten() {
    ExpiryClock clock = new ExpiryClock(() -> 1_000);
    MapExpiry expiry = new MapExpiry(100, clock);
    map.setComplete(true);
    map.addFound(0, new byte[] {1}, expiring(900), 12);
    map.addFound(1, new byte[] {2}, expiring(901), 12);
    map.addFound(2, new byte[] {3}, NULL, 1);
    map.add(3, new byte[] {4}, 1, expiring(0), expiring(0).length);
    assertThat(map.mayBeTaken(expiry)).isFalse();
    assertThat(clock.getAsLong()).isEqualTo(1_000);
    assertThat(map.mayBeTaken(expiry)).isTrue();
    assertThat(map.hasLivingEntry(expiry)).isTrue();
    map.forgetTaken(expiry);
    assertThat(map.isComplete()).isFalse();
    assertThat(map.size()).isEqualTo(3);
    assertThat(map.key(0)).containsExactly(2);
    assertThat(map.value(1)).isEqualTo(NULL);
    assertThat(map.key(2)).containsExactly(4);
    map.remove(0);
    assertThat(map.hasLivingEntry(expiry)).isFalse();
    assertThat(map.hasEntry()).isTrue();
  }

  private static byte[] expiring(long time) {
    return ByteBuffer.allocate(12).put((byte) 0).putLong(time).array();
  }
}
