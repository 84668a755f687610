package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How tiers share the heap, and give way when that gets full. */
class BudgetTest {

  private static final long TOTAL = 64 << 20;
  private static final int KEY_BYTES = 24;

  private final Cellar cellar = new Cellar();
  private double usage;
  private final Budget budget = new Budget(TOTAL, () -> usage);

  @Test
  void aFullHeapTakesThePlaceOfEntriesBitByBit() {
    HotTier tier = new HotTier(budget.share(), cellar.writer(1));
    HotTable table = tier.table("values");
    fill(table, 1_000_000);
    assertThat(tier.usedBytes()).isGreaterThan(TOTAL * 3 / 4);

    long before = tier.usedBytes();
    for (int collection = 1; collection <= 20; collection++) {
      // Each reading is another one, as after another collection.
      usage = 0.9 + collection / 1_000.0;
      fill(table, 100_000);
      // But for what fits into a step.
      assertThat(tier.usedBytes()).isLessThanOrEqualTo(before + (64 << 10));
      before = tier.usedBytes();
    }
    assertThat(tier.usedBytes()).isBetween(TOTAL / 200, TOTAL / 64);
    assertThat(budget.freeBytes()).isGreaterThan(TOTAL - TOTAL / 32);
    // And nothing is lost on the way.
    assertThat(table.get(0L, null) == null ? cellar.get(place(0L)) : table.get(0L, null))
        .isEqualTo(8);
  }

  @Test
  void whatWasWithheldComesBackWhenTheHeapHasRoom() {
    HotTier tier = new HotTier(budget.share(), cellar.writer(1));
    HotTable table = tier.table("values");
    for (int collection = 1; collection <= 20; collection++) {
      usage = 0.9 + collection / 1_000.0;
      fill(table, 100_000);
    }
    assertThat(budget.withheldBytes()).isPositive();
    for (int collection = 1; collection <= 20; collection++) {
      usage = 0.5 + collection / 1_000.0;
      fill(table, 100_000);
    }
    assertThat(budget.withheldBytes()).isZero();
    fill(table, 1_000_000);
    assertThat(tier.usedBytes()).isGreaterThan(TOTAL * 3 / 4);
  }

  @Test
  void theFullerTheHeapIsTheMoreTheTierGivesBackAtOnce() {
    HotTable table = new HotTier(budget.share(), cellar.writer(1)).table("values");
    usage = 0.86;
    fill(table, 100_000);
    assertThat(budget.withheldBytes()).isEqualTo(TOTAL / 8);
    usage = 0.95;
    fill(table, 100_000);
    assertThat(budget.withheldBytes()).isBetween(TOTAL / 2, TOTAL * 9 / 16);
  }

  /** Of an operator that gets no records. */
  @Test
  void aTierThatIsNotUsedGivesWayWithEachCheckpoint() {
    HotTier idle = new HotTier(budget.share(), cellar.writer(1));
    fill(idle.table("values"), 400_000);
    HotTable other = new HotTier(budget.share(), cellar.writer(1)).table("others");
    for (int collection = 1; collection <= 10; collection++) {
      usage = 0.9 + collection / 1_000.0;
      fill(other, 10_000);
    }
    assertThat(idle.usedBytes()).isGreaterThan(TOTAL / 3);

    assertThat(idle.haveChanges()).isTrue();
    for (int barrier = 0; barrier < 200; barrier++) {
      idle.haveChanges();
    }

    assertThat(idle.usedBytes()).isLessThan(TOTAL / 32);
    assertThat(cellar.get(place(0L))).isEqualTo(8);
  }

  @Test
  void inBetweenNothingChanges() {
    HotTable table = new HotTier(budget.share(), cellar.writer(1)).table("values");
    usage = 0.9;
    fill(table, 100_000);
    long withheld = budget.withheldBytes();
    assertThat(withheld).isPositive();
    for (int collection = 1; collection <= 20; collection++) {
      usage = 0.75 + collection / 1_000.0;
      fill(table, 100_000);
    }
    assertThat(budget.withheldBytes()).isEqualTo(withheld);
  }

  /** The figure that all of it hangs on: there is one, and it is of this process. */
  @Test
  void theHeapOfThisProcessHasAUsage() {
    byte[][] alive = new byte[64][];
    for (int i = 0; i < alive.length; i++) {
      alive[i] = new byte[1 << 20];
    }
    System.gc();
    double used = HeapUsage.ofProcess().afterCollection();
    CompletableFuture.completedFuture(alive).join();

    assertThat(used).isBetween((64 << 20) / (double) Runtime.getRuntime().maxMemory(), 1.0);
  }

  @Test
  void aCollectionOfThisProcessIsNoticed() {
    HeapUsage heap = HeapUsage.ofProcess();
    System.gc();
    assertThat(heap.mayHaveChanged()).isTrue();
    System.gc();
    assertThat(heap.mayHaveChanged()).isTrue();
  }

  private static void fill(HotTable table, int entries) {
    for (long key = 0; key < entries; key++) {
      table.put(key, null, 0, KEY_BYTES, 8, 8);
    }
  }

  private static Cellar.Place place(Long key) {
    return new Cellar.Place("values", key, null);
  }
}
