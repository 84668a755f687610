package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Ghosts.Origin;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is remembered of entries that went. */
class GhostsTest {

  private static final int ENTRIES = 100_000;

  private final Random random = new Random(1);
  private final Ghosts ghosts = new Ghosts();

  @Test
  void halfAsManyAsThereAreEntriesAreRememberedAboutAndWhenceTheyWent() {
    int[] hashes = random.ints(2L * ENTRIES).toArray();
    for (int hash : hashes) {
      ghosts.add(hash, origin(hash), ENTRIES);
    }
    assertThat(ghosts.fromSmall()).isBetween(ENTRIES * 23 / 100, ENTRIES * 25 / 100);
    assertThat(ghosts.fromMain()).isBetween(ENTRIES * 23 / 100, ENTRIES * 25 / 100);
    int lastFound = 0;
    for (int i = 0; i < hashes.length; i++) {
      Origin origin = ghosts.take(hashes[i]);
      assertThat(origin).isIn(origin(hashes[i]), Origin.UNKNOWN);
      lastFound += origin != Origin.UNKNOWN && i >= hashes.length - ENTRIES / 4 ? 1 : 0;
    }

    // Of those that were the last; in some buckets more than four have come since.
    assertThat(lastFound).isGreaterThan(ENTRIES / 4 * 80 / 100);
    assertThat(ghosts.fromSmall()).isZero();
    assertThat(ghosts.fromMain()).isZero();
  }

  @Test
  void mostAreRememberedWhenThereBecomeMoreEntries() {
    int[] hashes = random.ints(100).toArray();
    for (int hash : hashes) {
      ghosts.add(hash, Origin.SMALL, 1);
    }
    for (int other = 0; other < 10_000; other++) {
      ghosts.add(random.nextInt(), Origin.MAIN, ENTRIES);
    }
    int found = 0;
    for (int hash : hashes) {
      found += ghosts.take(hash) == Origin.SMALL ? 1 : 0;
    }

    assertThat(found).isGreaterThan(50);
  }

  @Test
  void whatIsTakenWasAddedFromThereAndIsCountedWhileEntriesComeAndGo() {
    Map<Integer, Origin> added = new HashMap<>();
    int entries = 1;
    for (int step = 0; step < 300_000; step++) {
      if (step % 1_000 == 0) {
        entries = 1 << random.nextInt(18);
      }
      // Few numbers: many are added again, and from elsewhere.
      int hash = random.nextInt(20_000) * 0x9E37_79B9;
      if (random.nextInt(3) == 0) {
        int before = ghosts.fromSmall() + ghosts.fromMain();
        Origin origin = ghosts.take(hash);
        boolean isKnown = origin != Origin.UNKNOWN;
        assertThat(before - ghosts.fromSmall() - ghosts.fromMain()).isEqualTo(isKnown ? 1 : 0);
        if (isKnown) {
          assertThat(added).containsKey(hash);
        }
      } else {
        Origin origin = random.nextBoolean() ? Origin.SMALL : Origin.MAIN;
        ghosts.add(hash, origin, entries);
        added.put(hash, origin);
      }
    }
    int small = 0;
    int main = 0;
    for (int hash : added.keySet()) {
      for (Origin origin = ghosts.take(hash);
          origin != Origin.UNKNOWN;
          origin = ghosts.take(hash)) {
        small += origin == Origin.SMALL ? 1 : 0;
        main += origin == Origin.MAIN ? 1 : 0;
      }
    }

    assertThat(small + main).isPositive();
    assertThat(ghosts.fromSmall()).isZero();
    assertThat(ghosts.fromMain()).isZero();
  }

  @Test
  void everyHashIsRememberedAlone() {
    for (int hash : new int[] {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30}) {
      for (Origin origin : new Origin[] {Origin.SMALL, Origin.MAIN}) {
        ghosts.add(hash, origin, 1);
        assertThat(ghosts.take(hash)).isEqualTo(origin);
        assertThat(ghosts.take(hash)).isEqualTo(Origin.UNKNOWN);
      }
    }
  }

  private static Origin origin(int hash) {
    return (hash & 2) == 0 ? Origin.SMALL : Origin.MAIN;
  }
}
