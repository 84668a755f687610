package io.basalt.statebackend.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Beside the sort of Java's library, by comparisons alone. */
class KeyOrderTest {

  private static final class Entry {
    final byte[] key;

    Entry(byte[] key) {
      this.key = key;
    }
  }

  @Test
  void entriesAreInTheOrderOfAStableSortByKey() {
    long seed = System.nanoTime();
    System.out.println("Seed: " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      List<Entry> entries = entries(random);
      List<Entry> expected = new ArrayList<>(entries);
      expected.sort((left, right) -> Arrays.compareUnsigned(left.key, right.key));

      KeyOrder.sort(entries, entry -> entry.key);

      assertThat(entries).as("Seed %d, round %d", seed, round).isEqualTo(expected);
    }
  }

  /** Few kinds of bytes: so keys are equal, begin with others, and differ late. */
  private static List<Entry> entries(Random random) {
    byte[] prefix = new byte[random.nextInt(12)];
    random.nextBytes(prefix);
    int kinds = 1 + random.nextInt(random.nextBoolean() ? 3 : 256);
    int longest = 1 + random.nextInt(24);
    List<Entry> entries = new ArrayList<>();
    for (int count = random.nextInt(60) * (1 + random.nextInt(10)); count > 0; count--) {
      byte[] key = Arrays.copyOf(prefix, prefix.length + random.nextInt(longest));
      for (int i = prefix.length; i < key.length; i++) {
        int kind = random.nextInt(kinds);
        key[i] = (byte) ((kind & 1) == 0 ? kind / 2 : 255 - kind / 2);
      }
      entries.add(new Entry(key));
    }
    return entries;
  }
}
