package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that come and go, beside a set of them. */
class SortedRunsTest {

  private static final byte[] PREFIX = {1, 2};

  /** So many may be looked at in one call. */
  private static final int FEW = 1 << 12;

  private final TreeSet<byte[]> model = new TreeSet<>(Arrays::compareUnsigned);
  private final TreeSet<byte[]> leftBehind = new TreeSet<>(Arrays::compareUnsigned);
  private final Random random = new Random();
  private int asked;
  private final SortedRuns keys =
      new SortedRuns(
          PREFIX.length,
          key -> {
            asked++;
            return model.contains(key);
          });

  /** Of few different ones, which come again and again, or of many. */
  @ParameterizedTest
  @ValueSource(ints = {20, 3_000, 1 << 30})
  void theyGoInTheOrderOfTheirBytes(int different) {
    long seed = random.nextLong();
    random.setSeed(seed);
    for (int step = 0; step < 400_000; step++) {
      byte[] key = randomKey(different);
      if (random.nextInt(8) > 0) {
        add(key);
      } else {
        // It stays among the keys, until it is in the way or they are merged.
        leaveBehind(key);
      }
      // Few at a time, or many; now more and more of them stay, now fewer.
      if (random.nextInt(step % 100_000 < 60_000 ? 1_000 : 50) == 0) {
        for (int number = random.nextInt(300); number > 0; number--) {
          assertThat(pollFirst()).as("seed %d", seed).isEqualTo(model.pollFirst());
        }
      }
      // Not an assertion each time, of which most of this test would be.
      if (keys.size() < model.size()) {
        throw new AssertionError("%d of %d, seed %d".formatted(keys.size(), model.size(), seed));
      }
    }
    while (!model.isEmpty()) {
      assertThat(pollFirst()).as("seed %d", seed).isEqualTo(model.pollFirst());
    }
    assertThat(pollFirst()).as("seed %d", seed).isNull();
  }

  /** In a task with one key group, hundreds of thousands at once would take seconds. */
  @RepeatedTest(2)
  void fewAreLookedAtInOneCall() {
    long seed = random.nextLong();
    random.setSeed(seed);
    int all = 0;
    for (int added = 1; added <= 600_000; added++) {
      asked = 0;
      add(randomKey(1 << 30));
      if (asked > FEW) {
        throw new AssertionError("Asked for %d, seed %d".formatted(asked, seed));
      }
      all += asked;
      if (added % 1_000 == 0) {
        assertThat(pollFirst()).as("seed %d", seed).isEqualTo(model.pollFirst());
      }
    }
    assertThat(all).as("asked for in all").isBetween(100_000, 6_000_000);
  }

  /** As where sessions move the time of a timer with each record, and no checkpoint comes. */
  @Test
  void thoseThatNeedNotStayAndThoseThatComeAgainGo() {
    byte[] before = key(0);
    for (int number = 1; number <= 500_000; number++) {
      add(key(1_000_000_000 + number % 7));
      byte[] key = key(number);
      add(key);
      model.remove(before);
      leftBehind.add(before);
      before = key;
      if (keys.size() >= 10_000) {
        throw new AssertionError("There are %d.".formatted(keys.size()));
      }
    }
  }

  /** One that is set far ahead is a run for itself, which is not in the way of the others. */
  @Test
  void aShortRunDoesNotKeepOthersFromBeingMerged() {
    add(key(Integer.MAX_VALUE));
    assertThat(keys.first()).isEqualTo(key(Integer.MAX_VALUE));
    List<byte[]> taken = new ArrayList<>();
    for (int number = 0; number < 300_000; number++) {
      byte[] key = randomKey(1 << 30);
      add(key);
      taken.add(key);
      if (taken.size() == 129) {
        // Most do not have to stay for long.
        taken.subList(0, 120).forEach(this::leaveBehind);
        taken.clear();
        assertThat(pollFirst()).isEqualTo(model.pollFirst());
      }
      if (keys.size() >= 20_000 + 4 * model.size()) {
        throw new AssertionError("%d of %d".formatted(keys.size(), model.size()));
      }
    }
    assertThat(asked).isGreaterThan(10_000);
  }

  private void leaveBehind(byte[] key) {
    if (model.remove(key)) {
      leftBehind.add(key);
    }
  }

  /** The one to be taken out next, of those that are to stay; all that are equal at once. */
  private byte[] pollFirst() {
    byte[] first = keys.first();
    while (first != null && !model.contains(first)) {
      assertThat(leftBehind.contains(first)).as("has not been taken out before").isTrue();
      keys.removeFirst();
      first = keys.first();
    }
    while (first != null && Arrays.equals(keys.first(), first)) {
      keys.removeFirst();
    }
    return first;
  }

  private void add(byte[] key) {
    keys.add(key);
    model.add(key);
    leftBehind.remove(key);
  }

  private byte[] randomKey(int different) {
    return key(random.nextInt(different));
  }

  /** Some of which differ in their first number, some in the second, some only behind those. */
  private static byte[] key(int number) {
    ByteBuffer bytes = ByteBuffer.allocate(PREFIX.length + 20).put(PREFIX);
    bytes.putLong(number / 64).putLong(number / 8 % 8).putInt(number % 8);
    return bytes.array();
  }
}
