package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.basalt.statebackend.hot.Cellar.DiskFullException;
import io.basalt.statebackend.hot.Cellar.Place;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a tier does for its tables, one sentence each. */
@Timeout(60)
class HotTierTest {

  private static final long LARGE = 64 << 20;
  private static final int KEY_BYTES = 24;

  private final Cellar cellar = new Cellar();

  @Test
  void whatCameAndWentBetweenTwoBarriersIsNeverWritten() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("windows");
    for (long key = 0; key < 1_000; key++) {
      assertThat(table.get(key, "window")).isNull();
      table.offer(key, "window", 0, KEY_BYTES, HotTable.ABSENT, 0, table.version());
      put(table, key, 8);
      table.remove(key, "window", 0, KEY_BYTES);
      assertThat(table.get(key, "window")).isSameAs(HotTable.ABSENT);
    }
    tier.writeAll();

    assertThat(cellar.writes()).isZero();
  }

  @Test
  void whatMayBeBelowIsRemovedThere() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    put(table, 1L, 8);
    put(table, 2L, 8);
    tier.writeAll();
    table.remove(1L, "window", 0, KEY_BYTES);
    // Never heard of: there may be something.
    table.remove(3L, "window", 0, KEY_BYTES);
    tier.writeAll();

    assertThat(cellar.writes()).isEqualTo(4);
    assertThat(cellar.contents()).containsOnlyKeys(place(2L));
  }

  @Test
  void aValueThatIsChangedOftenIsWrittenOnce() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    for (int time = 0; time < 1_000; time++) {
      put(table, 1L, time);
    }
    tier.writeAll();

    assertThat(cellar.writes()).isOne();
    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 999));
  }

  @Test
  void whatWasFoundBelowBeforeSomethingWasWrittenThereIsNotKept() throws InterruptedException {
    HotTable table = tier(new Budget(128 << 10)).table("values");
    long version = table.version();
    assertThat(cellar.get(place(1L))).isNull();
    // It goes down and is forgotten, for there is no room for all of these.
    for (long key = 1; key < 10_000; key++) {
      put(table, key, 8);
    }
    assertThat(cellar.get(place(1L))).isEqualTo(8);

    table.offer(1L, "window", 0, KEY_BYTES, HotTable.ABSENT, 0, version);

    assertThat(table.get(1L, "window")).isNull();
  }

  @Test
  void anOfferDoesNotCoverWhatIsKnown() {
    HotTable table = tier(new Budget(LARGE)).table("values");
    long version = table.version();
    put(table, 1L, 8);
    table.offer(1L, "window", 0, KEY_BYTES, HotTable.ABSENT, 0, version);

    assertThat(table.get(1L, "window")).isEqualTo(8);
  }

  @Test
  void aScanLeavesWhatIsAskedForAgainAndAgain() {
    HotTable table = tier(new Budget(LARGE)).table("values");
    int hot = 1_000;
    for (int time = 0; time < 3; time++) {
      for (long key = 0; key < hot; key++) {
        read(table, key, 8);
      }
    }
    for (long key = hot; key < 2_000_000; key++) {
      read(table, key, 8);
    }
    assertThat(table.counters().evictions()).isGreaterThan(1_000_000);
    long hits = table.counters().hits();
    for (long key = 0; key < hot; key++) {
      read(table, key, 8);
    }

    // No step of an eviction looks at more than so many entries, whatever is asked for.
    assertThat(table.counters().hits() - hits).isGreaterThan(hot * 99 / 100);
  }

  /**
   * As where two numbers are joined to one: a {@code Long} hashes to one exclusive or the other.
   */
  @Test
  void keysThatHashAlikeAreSpreadAllTheSame() {
    Set<Integer> hashes = new HashSet<>();
    Set<Integer> ofKeys = new HashSet<>();
    for (long first = 0; first < 512; first++) {
      for (long second = 0; second < 512; second++) {
        Long key = first << 32 | second;
        hashes.add(FoundEntries.hash(key, "window"));
        ofKeys.add(key.hashCode());
      }
    }

    assertThat(ofKeys).hasSize(512);
    assertThat(hashes).hasSizeGreaterThan(512 * 512 * 99 / 100);
  }

  @Test
  void entriesAreFoundWhileThereBecomeManyAndFewOfThem() {
    Budget budget = new Budget(LARGE);
    HotTier tier = tier(budget);
    HotTable table = tier.table("values");
    int most = 100_000;
    for (long key = 0; key < most; key++) {
      put(table, key, (int) key % 100);
    }
    for (long key = 0; key < most; key++) {
      assertThat(table.get(key, "window")).isEqualTo((int) key % 100);
    }
    // Hundreds of other tiers come, and there is not enough for all. It gives back bit by bit, with
    // every operation, as long as they ask.
    List<Budget.Share> others = new ArrayList<>();
    for (int other = 0; other < 300; other++) {
      others.add(budget.share());
    }
    for (int operation = 0; operation < 1_000; operation++) {
      put(table, 0L, 0);
      for (Budget.Share other : others) {
        while (other.held() < 192 << 10 && other.take(64 << 10)) {
          assertThat(budget.freeBytes()).isNotNegative();
        }
      }
    }
    assertThat(table.counters().entries()).isBetween(1L, 2_000L);
    for (long key = 0; key < most; key++) {
      Object value = table.get(key, "window");
      assertThat(value == null ? cellar.get(place(key)) : value).isEqualTo((int) key % 100);
    }
  }

  @Test
  void anotherTierGetsItsShareWhenItNeedsIt() {
    Budget budget = new Budget(LARGE);
    HotTier first = tier(budget);
    HotTable firstTable = first.table("first");
    for (long key = 0; key < 1_000_000; key++) {
      put(firstTable, key, 8);
    }
    assertThat(first.usedBytes()).isBetween(LARGE * 3 / 4, LARGE);
    HotTier second = tier(budget);
    HotTable secondTable = second.table("second");
    for (long key = 0; key < 1_000_000; key++) {
      put(secondTable, key, 8);
      put(firstTable, key, 8);
      assertThat(first.usedBytes() + second.usedBytes()).isLessThanOrEqualTo(LARGE);
      assertThat(budget.freeBytes()).isNotNegative();
    }
    assertThat(second.usedBytes()).isBetween(LARGE * 3 / 8, LARGE / 2);
    assertThat(first.usedBytes()).isBetween(LARGE * 3 / 8, LARGE / 2);
    first.close();
    second.close();
    second.close();
    assertThat(budget.freeBytes()).isEqualTo(LARGE);
  }

  @Test
  void whoScansFindsAllChangesOfItsTableBelowAndNoOthers() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    HotTable other = tier.table("others");
    put(table, 1L, 1);
    put(other, 1L, 1);
    table.writeDown();
    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 1));

    // And it stays what it is for the tier: hot, and not to be written again.
    assertThat(table.get(1L, "window")).isEqualTo(1);
    tier.writeAll();
    assertThat(cellar.writes()).isEqualTo(2);
  }

  /** Of a group that fails a part may have got there. */
  @Test
  void whatMayHaveBeenWrittenBeforeAFailureIsRemovedBelow() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    table.offer(1L, "window", 0, KEY_BYTES, HotTable.ABSENT, 0, table.version());
    put(table, 1L, 1);
    cellar.writeThenFail();
    assertThatThrownBy(table::writeDown).isInstanceOf(DiskFullException.class);
    assertThat(cellar.contents()).containsOnlyKeys(place(1L));
    table.remove(1L, "window", 0, KEY_BYTES);
    tier.writeAll();

    assertThat(cellar.contents()).isEmpty();
  }

  @Test
  void whatIsPutAndNotAskedForAgainPassesBy() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    long most = 300_000;
    long kept = 0;
    for (long key = 0; key < most; key++) {
      kept += putOrPassBy(table, key) ? 1 : 0;
    }
    assertThat(table.counters().passedBy()).isEqualTo(most - kept);
    assertThat(kept).as("kept").isBetween(10_000L, 200_000L);

    // What is met again is kept again.
    for (int round = 0; round < 20; round++) {
      for (long key = 0; key < 20_000; key++) {
        putOrPassBy(table, key);
      }
    }
    long passedBy = table.counters().passedBy();
    for (long key = 0; key < 20_000; key++) {
      putOrPassBy(table, key);
    }
    assertThat(table.counters().passedBy() - passedBy).isZero();
  }

  @Test
  void whatIsOverwrittenOnceForEachCheckpointSavesNothing() throws InterruptedException {
    assertThat(keptAfterOverwriting(1)).isLessThan(60_000);
    assertThat(keptAfterOverwriting(2)).isEqualTo(100_000);
  }

  /** Of 100,000 new ones, after as many were overwritten between two barriers. */
  private int keptAfterOverwriting(int times) throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    for (long key = 0; key < 100_000; key++) {
      assertThat(putOrPassBy(table, key)).isTrue();
    }
    tier.writeAll();
    for (int time = 0; time < times; time++) {
      for (long key = 0; key < 100_000; key++) {
        assertThat(putOrPassBy(table, key)).isTrue();
      }
    }
    tier.writeAll();
    int kept = 0;
    for (long key = 100_000; key < 200_000; key++) {
      kept += putOrPassBy(table, key) ? 1 : 0;
    }
    return kept;
  }

  @Test
  void firstOnesAreKeptWhileAnEpochIsClosed() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    long key = 0;
    while (putOrPassBy(table, key)) {
      key++;
    }
    Epoch epoch = tier.close(() -> {});
    assertThat(putOrPassBy(table, key)).isTrue();
    epoch.finish();
    assertThat(putOrPassBy(table, key + 1)).isFalse();
    assertThat(putOrPassBy(table, key)).isTrue();
  }

  /** Else there would be more and more of them, each time that a barrier comes soon. */
  @Test
  void onlyAFewAreKeptWhileAnEpochIsClosed() {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    long key = 0;
    while (putOrPassBy(table, key)) {
      key++;
    }
    Epoch epoch = tier.close(() -> {});
    int kept = 0;
    while (putOrPassBy(table, ++key)) {
      kept++;
    }
    assertThat(kept).isBetween(100, 50_000);
    // Nobody has waited: those that are not kept are held back by whoever makes them.
    assertThat(epoch.isDone()).isFalse();
  }

  /** Whether it has been kept. */
  private boolean putOrPassBy(HotTable table, Long key) {
    if (table.isPassedBy(key, "window")) {
      cellar.put(place(key), 8);
      table.passedBy();
      return false;
    }
    put(table, key, 8);
    return true;
  }

  /** Allocated, so that no collection matters: the entries and their places in the index. */
  @Test
  void anEntryTakesWhatItIsCountedFor() {
    HotTier tier = tier(new Budget(1L << 30));
    HotTable table = tier.table("values");
    int entries = 300_000;
    Long[] keys = new Long[entries];
    for (int key = 0; key < entries; key++) {
      keys[key] = (long) key;
    }
    Object value = 8;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (Long key : keys) {
      table.put(key, "window", 0, 0, value, 0);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(tier.usedBytes()).isEqualTo((long) entries * HotEntry.OVERHEAD_BYTES);
    assertThat((double) allocated / tier.usedBytes()).isBetween(0.85, 1.05);
  }

  /** G1 gives each whole regions of its own, in a small heap of a megabyte. */
  @Test
  void whatIsHugeIsCountedTwice() {
    HotTier tier = tier(new Budget(1L << 30));
    HotTable table = tier.table("values");
    put(table, 1L, 500 << 10);
    assertThat(tier.usedBytes()).isBetween(500L << 10, 501L << 10);
    put(table, 1L, 520 << 10);
    assertThat(tier.usedBytes()).isBetween(1040L << 10, 1041L << 10);
  }

  private HotTier tier(Budget budget) {
    return new HotTier(budget.share(), cellar.writer(1));
  }

  /** The value is its own size. */
  private static void put(HotTable table, Long key, int value) {
    table.put(key, "window", 0, KEY_BYTES, value, value);
  }

  private static void read(HotTable table, Long key, int below) {
    if (table.get(key, "window") == null) {
      table.offer(key, "window", 0, KEY_BYTES, below, below, table.version());
    }
  }

  private static Place place(Long key) {
    return new Place("values", key, "window");
  }
}
