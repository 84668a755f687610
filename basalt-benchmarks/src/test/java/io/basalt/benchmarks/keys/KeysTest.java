package io.basalt.benchmarks.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The distributions of keys. */
class KeysTest {

  private static final int KEYS = 10_000;
  private static final int LENGTH = 1 << 20;

  @Test
  void uniformKeysAreAllEquallyLikely() {
    int[] counts = counts(Keys.uniform(KEYS, LENGTH));
    double expected = (double) LENGTH / KEYS;
    // Six standard deviations of a binomial count.
    assertThat(Arrays.stream(counts))
        .allMatch(count -> Math.abs(count - expected) < 6 * Math.sqrt(expected));
  }

  @Test
  void theFrequencyOfAKeyFollowsItsRank() {
    int[] counts = counts(Keys.zipf(KEYS, 0.99, LENGTH));
    Arrays.sort(counts);
    double harmonic = 0;
    for (int rank = 1; rank <= KEYS; rank++) {
      harmonic += Math.pow(rank, -0.99);
    }
    for (int rank : new int[] {1, 2, 10, 100}) {
      double expected = LENGTH * Math.pow(rank, -0.99) / harmonic;
      assertThat((double) counts[KEYS - rank])
          .as("rank %d", rank)
          .isCloseTo(expected, within(0.1 * expected));
    }
  }

  @Test
  void frequentKeysAreNoNeighbours() {
    int[] counts = counts(Keys.zipf(KEYS, 0.99, LENGTH));
    Integer[] byCount = new Integer[KEYS];
    Arrays.setAll(byCount, key -> key);
    Arrays.sort(byCount, (left, right) -> counts[right] - counts[left]);
    for (int rank = 1; rank < 10; rank++) {
      assertThat(Math.abs(byCount[rank] - byCount[rank - 1])).isGreaterThan(1);
    }
  }

  @Test
  void oneRecentKeyInTenIsNewAndTheOthersLieBehindIt() {
    Keys keys = Keys.recent(KEYS, 500);
    long newest = KEYS - 1L;
    long lags = 0;
    int others = 0;
    for (int i = 0; i < LENGTH; i++) {
      long key = keys.next();
      if (key > newest) {
        assertThat(key).isEqualTo(newest + 1);
        newest = key;
      } else {
        lags += newest - key;
        others++;
      }
    }
    assertThat(LENGTH - others).isEqualTo(LENGTH / 10);
    assertThat((double) lags / others).isCloseTo(500, within(5.0));
  }

  @Test
  void freshKeysAreNeverTheSame() {
    Keys keys = Keys.fresh(KEYS);
    Set<Long> seen = new HashSet<>();
    for (int i = 0; i < 3 * KEYS; i++) {
      assertThat(seen.add(keys.next())).isTrue();
    }
    assertThat(seen).allMatch(key -> key >= 0 && key < 3 * KEYS);
  }

  @Test
  void theSameStreamComesEveryTime() {
    Keys one = Keys.zipf(KEYS, 0.99, 1_000);
    Keys other = Keys.zipf(KEYS, 0.99, 1_000);
    for (int i = 0; i < 2_500; i++) {
      assertThat(one.next()).isEqualTo(other.next());
    }
  }

  private static int[] counts(Keys keys) {
    int[] counts = new int[KEYS];
    for (int i = 0; i < LENGTH; i++) {
      counts[(int) keys.next()]++;
    }
    return counts;
  }
}
