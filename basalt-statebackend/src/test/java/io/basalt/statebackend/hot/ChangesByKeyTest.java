package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Cellar.Place;
import io.basalt.statebackend.layout.Bounds;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Walks over ranges of changes while epochs wait, a few of which are put in order at a time: with
 * what is below they show what there is.
 */
@Timeout(120)
class ChangesByKeyTest {

  private static final String TABLE = "maps";
  private static final int KEY_GROUPS = 3;
  private static final int MAPS = 4;

  @RepeatedTest(6)
  void walksAtRandomShowWhatThereIs() throws Exception {
    Totals totals = new Totals();
    for (int program = 0; program < 50; program++) {
      long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
      try {
        new Program(seed, totals).run(1_500);
      } catch (Throwable e) {
        throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
      }
    }
    assertThat(totals.walks).as("walks").isGreaterThan(8_000);
    assertThat(totals.changes).as("changes walked over").isGreaterThan(40_000);
    assertThat(totals.twoEpochs).as("walks beside two epochs").isGreaterThan(1_000);
    assertThat(totals.broken).as("walks that are not read to the end").isGreaterThan(1_000);
    assertThat(totals.partlyWritten).as("groups of an epoch").isGreaterThan(1_000);
  }

  /** Twice the limits and more, in one range and beside it. */
  @Test
  void moreChangesThanAreLookedAtAtOnceAreWalkedOver() throws Exception {
    HotTier tier = new HotTier(new Budget(64 << 20).share(), new Cellar().writer(1));
    HotTable table = tier.table(TABLE);
    int changes = 40_000;
    for (int number = 0; number < changes; number++) {
      // In an order that is none.
      int mixed = number * 7_919 % changes;
      put(table, key(mixed % 2, 1, mixed), mixed);
    }
    Epoch epoch = tier.close(() -> {});
    for (int keyGroup = 0; keyGroup < 2; keyGroup++) {
      Bounds range = Bounds.ofPrefix(new byte[] {(byte) keyGroup, 1});
      Iterator<ChangedEntry> walk = table.changes().inOrder(range, keyGroup);
      for (int number = keyGroup; number < changes; number += 2) {
        ChangedEntry change = walk.next();
        assertThat(change.key()).isEqualTo(key(keyGroup, 1, number));
        assertThat(change.value()).isEqualTo(number);
      }
      assertThat(walk.hasNext()).isFalse();
    }
    epoch.finish();
    tier.close();
  }

  /** Each goes on where it was, chunk by chunk: what is in order for the one stays so. */
  @Test
  void mapsThatAreWalkedOverInTurnAreNotSearchedForWithEachChunk() {
    HotTier tier = new HotTier(new Budget(64 << 20).share(), new Cellar().writer(1));
    HotTable table = tier.table(TABLE);
    int changes = 200_000;
    for (int number = 0; number < changes; number++) {
      int mixed = (int) (number * 7_919L % changes);
      put(table, key(0, mixed % 2, mixed), mixed);
    }
    ChangesByKey byKey =
        new ChangesByKey(
            List.of(table.changes().open().inOrder()), ChangesByKey.Limits.DEFAULT, bytes -> {});
    int chunk = 128;
    byte[][] from = {{0, 0}, {0, 1}};
    int walked = 0;
    for (boolean some = true; some; ) {
      some = false;
      for (int map = 0; map < 2; map++) {
        byte[] upper = {0, (byte) (map + 1)};
        Iterator<ChangedEntry> walk = byKey.of(new Bounds(from[map], upper), 0);
        for (int passed = 0; passed < chunk && walk.hasNext(); passed++) {
          byte[] key = walk.next().key();
          from[map] = Arrays.copyOf(key, key.length + 1);
          walked++;
          some = true;
        }
      }
    }
    assertThat(walked).isEqualTo(changes);
    // All are in order after so many chunks, of which one in eight has nothing in order before it.
    int chunks = changes / ChangesByKey.Limits.DEFAULT.ofAWalk();
    assertThat(byKey.searches()).isBetween(2, chunks / 4);
    tier.close();
  }

  @Test
  void whatAnOrderTakesIsCountedAndGivenBack() throws Exception {
    HotTier tier = new HotTier(new Budget(64 << 20).share(), new Cellar().writer(1));
    HotTable table = tier.table(TABLE);
    for (int number = 0; number < 20_000; number++) {
      put(table, key(0, number % 8, number), number);
    }
    Epoch epoch = tier.close(() -> {});
    long before = tier.usedBytes();
    for (int walk = 0; walk < 100; walk++) {
      Bounds map = Bounds.ofPrefix(new byte[] {0, (byte) (walk % 8)});
      assertThat(table.changes().inOrder(map, 0)).hasNext();
    }
    assertThat(tier.usedBytes() - before).isBetween(20_000L * 4, 20_000L * 16);
    epoch.finish();
    tier.settle();
    assertThat(tier.usedBytes()).isEqualTo(before);
    tier.close();
  }

  @Test
  void aRangeHasTheFirstBytesOfItsKeysInCommon() {
    Random random = new Random();
    long seed = Long.getLong("basalt.hot.seed", random.nextLong());
    random.setSeed(seed);
    for (int trial = 0; trial < 20_000; trial++) {
      byte[] prefix = bytes(random, 1 + random.nextInt(3));
      prefix[0] = (byte) random.nextInt(2);
      byte[] lower = Arrays.copyOf(prefix, prefix.length + random.nextInt(2));
      Bounds range = new Bounds(lower, Bounds.ofPrefix(prefix).upperExclusive());
      int common = UnorderedChanges.commonBytes(range);
      assertThat(common).as("seed %s", seed).isLessThanOrEqualTo(lower.length);
      for (int tried = 0; tried < 20; tried++) {
        byte[] key = bytes(random, 1 + random.nextInt(5));
        if (range.contain(key)) {
          assertThat(Arrays.mismatch(key, lower) < 0 || Arrays.mismatch(key, lower) >= common)
              .as("seed %s: %s in %s", seed, Arrays.toString(key), Arrays.toString(lower))
              .isTrue();
        }
      }
    }
  }

  /** Of few values, so that they meet, the last one among them. */
  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int position = 0; position < length; position++) {
      bytes[position] = (byte) (random.nextInt(4) - 2);
    }
    return bytes;
  }

  private static byte[] key(int keyGroup, int map, int entry) {
    return new byte[] {
      (byte) keyGroup, (byte) map, (byte) (entry >> 16), (byte) (entry >> 8), (byte) entry
    };
  }

  private static void put(HotTable table, byte[] bytes, Object value) {
    StoredBytes key = new StoredBytes(bytes);
    table.put(key, null, bytes[0], key.heapBytes(), value, 24);
  }

  /** What must not have been missed. */
  private static final class Totals {
    long walks;
    long changes;
    long twoEpochs;
    long broken;
    long partlyWritten;
  }

  private static final class Program {

    private final Random random;
    private final Totals totals;
    private final Cellar cellar = new Cellar();
    private final NavigableMap<byte[], Object> model = new TreeMap<>(Arrays::compareUnsigned);
    private final Deque<Epoch> waiting = new ArrayDeque<>();
    private final HotTier tier;
    private final HotTable table;
    private final int entries;

    Program(long seed, Totals totals) {
      this.random = new Random(seed);
      this.totals = totals;
      this.entries = 1 + random.nextInt(60);
      this.tier =
          new HotTier(
              // That of a few entries, or of all of them.
              new Budget(random.nextBoolean() ? 16 << 10 : 16 << 20).share(),
              cellar.writer(seed),
              1 + random.nextInt(5),
              new ChangesByKey.Limits(
                  2 + random.nextInt(8),
                  random.nextInt(20),
                  random.nextInt(8),
                  1 + random.nextInt(6)));
      this.table = tier.table(TABLE);
    }

    void run(int steps) throws Exception {
      for (int step = 0; step < steps; step++) {
        int choice = random.nextInt(40);
        if (choice < 24) {
          change(randomKey());
        } else if (choice == 24 && waiting.size() < 3) {
          waiting.add(tier.close(() -> {}));
        } else if (choice == 25 && !waiting.isEmpty()) {
          waiting.remove().finish();
        } else if (choice < 28 && !waiting.isEmpty()) {
          waiting.element().writeUpTo(random.nextDouble());
          totals.partlyWritten++;
        } else if (choice == 28 && random.nextInt(10) == 0) {
          table.writeDown();
        } else {
          walk();
        }
      }
      tier.writeAll();
      assertThat(below(new byte[0], new byte[] {Byte.MAX_VALUE})).isEqualTo(model);
      table.forget();
      assertThat(tier.usedBytes()).isZero();
      tier.close();
    }

    private byte[] randomKey() {
      return key(random.nextInt(KEY_GROUPS), random.nextInt(MAPS), random.nextInt(entries));
    }

    private void change(byte[] bytes) {
      StoredBytes key = new StoredBytes(bytes);
      if (random.nextInt(3) == 0 && cellar.get(new Place(TABLE, key, null)) == null) {
        // What is put then comes and goes without a trace.
        table.offer(key, null, bytes[0], key.heapBytes(), HotTable.ABSENT, 0, table.version());
      }
      if (random.nextInt(5) < 3) {
        Integer value = random.nextInt();
        put(table, bytes, value);
        model.put(bytes, value);
      } else {
        table.remove(key, null, bytes[0], key.heapBytes());
        model.remove(bytes);
      }
    }

    private void walk() {
      int keyGroup = random.nextInt(KEY_GROUPS);
      Bounds range = range(keyGroup);
      if (!table.waitsForEpoch()) {
        return;
      }
      totals.walks++;
      totals.twoEpochs += waiting.stream().filter(epoch -> !epoch.isDone()).count() > 1 ? 1 : 0;
      Iterator<ChangedEntry> changes = table.changes().inOrder(range, keyGroup);
      if (random.nextInt(5) == 0) {
        for (int left = random.nextInt(4); left > 0 && changes.hasNext(); left--) {
          changes.next();
        }
        totals.broken++;
        return;
      }
      NavigableMap<byte[], Object> seen = below(range.lowerInclusive(), range.upperExclusive());
      byte[] last = null;
      while (changes.hasNext()) {
        ChangedEntry change = changes.next();
        assertThat(range.contain(change.key())).as("in the range").isTrue();
        assertThat(last == null || Arrays.compareUnsigned(last, change.key()) < 0)
            .as("in order, each once")
            .isTrue();
        last = change.key();
        if (change.isPresent()) {
          seen.put(change.key(), change.value());
        } else {
          seen.remove(change.key());
        }
        totals.changes++;
      }
      assertThat(seen).isEqualTo(model.subMap(range.lowerInclusive(), range.upperExclusive()));
    }

    private Bounds range(int keyGroup) {
      byte[] lower = key(keyGroup, random.nextInt(MAPS), random.nextInt(entries));
      Bounds map = Bounds.ofPrefix(Arrays.copyOf(lower, 1 + random.nextInt(2)));
      return switch (random.nextInt(3)) {
        case 0 -> map;
        case 1 -> new Bounds(lower, map.upperExclusive());
        default -> {
          byte[] upper = key(keyGroup, random.nextInt(MAPS), random.nextInt(entries));
          yield Arrays.compareUnsigned(lower, upper) < 0 ? new Bounds(lower, upper) : map;
        }
      };
    }

    private NavigableMap<byte[], Object> below(byte[] lower, byte[] upper) {
      NavigableMap<byte[], Object> below = new TreeMap<>(Arrays::compareUnsigned);
      Bounds range = new Bounds(lower, upper);
      cellar
          .contents()
          .forEach(
              (place, value) -> {
                byte[] key = ((StoredBytes) place.key()).bytes();
                if (range.contain(key)) {
                  below.put(key, value);
                }
              });
      return below;
    }
  }
}
