package io.basalt.statebackend.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;

/** Keys that come and go, beside a queue of them. */
class SortedRunsTest {

  private static final int STEPS = 60_000;

  private static final byte[] PREFIX = {1, 2};

  private final PriorityQueue<byte[]> model = new PriorityQueue<>(Arrays::compareUnsigned);
  private final SortedRuns keys = new SortedRuns(PREFIX.length);
  private final Random random = new Random();

  @RepeatedTest(5)
  void theyGoInTheOrderOfTheirBytes() {
    long seed = random.nextLong();
    random.setSeed(seed);
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(2) == 0) {
        byte[] key = randomKey();
        keys.add(key);
        model.add(key);
      }
      // Few at a time, or many; now more and more of them stay, now fewer.
      if (random.nextInt(step % 10_000 < 5_000 ? 100 : 40) == 0) {
        for (int number = random.nextInt(50); number > 0 && !model.isEmpty(); number--) {
          assertThat(keys.first()).as("seed %d", seed).isEqualTo(model.remove());
          keys.removeFirst();
        }
      }
      if (model.isEmpty()) {
        assertThat(keys.first()).as("seed %d", seed).isNull();
      }
      assertThat(keys.size()).as("seed %d", seed).isEqualTo(model.size());
      if (step % 7_000 == 6_999) {
        removeAll(seed);
      }
    }
  }

  private void removeAll(long seed) {
    List<byte[]> all = keys.removeAll();
    all.sort(Arrays::compareUnsigned);
    List<byte[]> expected = new ArrayList<>(model);
    expected.sort(Arrays::compareUnsigned);
    assertThat(all.toArray(byte[][]::new))
        .as("seed %d", seed)
        .isDeepEqualTo(expected.toArray(byte[][]::new));
    model.clear();
    assertThat(keys.size()).isZero();
    assertThat(keys.first()).isNull();
  }

  /** Many of which differ late, in length, or not at all. */
  private byte[] randomKey() {
    byte[] key = new byte[PREFIX.length + random.nextInt(22)];
    System.arraycopy(PREFIX, 0, key, 0, PREFIX.length);
    for (int position = PREFIX.length; position < key.length; position++) {
      key[position] = (byte) (random.nextInt(8) == 0 ? -random.nextInt(3) : 0);
    }
    return key;
  }
}
