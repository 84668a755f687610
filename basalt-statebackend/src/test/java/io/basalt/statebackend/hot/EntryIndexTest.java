package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the garbage collector finds between entries of different age. */
@Timeout(60)
class EntryIndexTest {

  private static final int ENTRIES = 20_000;

  private final EntryIndex index = new EntryIndex(entry -> {});
  private final HotTable table =
      new HotTier(new Budget(1 << 20).share(), new Cellar().writer(1)).table("values");

  /** A link from an old entry to a younger one has it looked at in the next collection. */
  @Test
  void aLinkLeadsFromTheYoungerToTheOlder() {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    Map<HotEntry, Integer> ages = new HashMap<>();
    List<HotEntry> there = new ArrayList<>();
    for (int number = 0; number < ENTRIES; number++) {
      HotEntry entry = entry("key-" + number, random.nextInt());
      index.add(entry);
      ages.put(entry, number);
      there.add(entry);
      if (random.nextInt(4) == 0) {
        HotEntry removed = there.remove(random.nextInt(there.size()));
        index.remove(removed);
      }
    }

    assertThat(Set.copyOf(index.all())).as("seed %s", seed).isEqualTo(Set.copyOf(there));
    int links = 0;
    for (HotEntry entry : there) {
      HotEntry next = entry.chained;
      if (next != null) {
        links++;
        assertThat(ages.get(next)).as("seed %s", seed).isLessThan(ages.get(entry));
      }
    }
    assertThat(links).as("seed %s", seed).isGreaterThan(ENTRIES / 10);
  }

  /** The same entries are found whatever became of their buckets. */
  @Test
  void allAreFoundWhileTheyBecomeFewerInAnyOrder() {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    List<HotEntry> there = new ArrayList<>();
    for (int number = 0; number < ENTRIES; number++) {
      // Many in the same bucket, however many buckets there are.
      HotEntry entry = entry("key-" + number, random.nextInt(ENTRIES / 4));
      index.add(entry);
      there.add(entry);
    }
    Collections.shuffle(there, random);

    while (!there.isEmpty()) {
      HotEntry removed = there.remove(there.size() - 1);
      index.remove(removed);
      assertThat(index.find(removed.key, null, removed.hash)).as("seed %s", seed).isNull();
      HotEntry other = there.isEmpty() ? null : there.get(random.nextInt(there.size()));
      if (other != null) {
        assertThat(index.find(other.key, null, other.hash)).as("seed %s", seed).isSameAs(other);
      }
      if (there.size() % 2_000 == 0) {
        assertThat(Set.copyOf(index.all())).as("seed %s", seed).isEqualTo(Set.copyOf(there));
      }
    }
  }

  private HotEntry entry(String key, int hash) {
    return new HotEntry(table, key, null, 0, hash, "value", 100);
  }
}
