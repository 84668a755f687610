package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tier that has more than its share when another one needs it, and gets no changes itself. */
class GivingWayTest {

  private static final long TOTAL = 64 << 20;
  private static final long STEP = 64 << 10;
  private static final long AT_A_BARRIER = 128 * STEP;
  private static final int KEY_BYTES = 24;
  private static final int VALUE_BYTES = 8;
  private static final int ENTRY_BYTES = HotEntry.OVERHEAD_BYTES + KEY_BYTES + VALUE_BYTES;

  /** Changed ones go in groups, so many at a barrier. */
  private static final long GROUP_BYTES = 64 * ENTRY_BYTES;

  private static final int CHANGES_AT_A_BARRIER = 64 * 64;

  private static final int MANY = (int) (TOTAL / ENTRY_BYTES);

  private final Cellar cellar = new Cellar();
  private final Budget budget = new Budget(TOTAL, () -> 0.5);
  private final HotTier first = new HotTier(budget.share(), cellar.writer(1));
  private final HotTable table = first.table("values");
  private final HotTier second = new HotTier(budget.share(), cellar.writer(2));
  private final HotTable other = second.table("others");
  private long next;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneBarrierTakesABoundedPartOfItAndManyTakeAll(boolean isChanged)
      throws InterruptedException {
    fillFirst();
    if (!isChanged) {
      first.writeAll();
    }
    int barriers = 0;
    while (takeForSecond(MANY / 200)) {
      long before = first.usedBytes();
      int written = cellar.writes();
      assertThat(first.haveChanges()).isEqualTo(isChanged);
      assertThat(before - first.usedBytes()).isLessThan(AT_A_BARRIER + GROUP_BYTES);
      assertThat(cellar.writes() - written).isLessThanOrEqualTo(CHANGES_AT_A_BARRIER);
      barriers++;
    }
    assertThat(barriers).isGreaterThan(2);
    assertThat(first.usedBytes()).isBetween(TOTAL / 2 - AT_A_BARRIER, TOTAL / 2 + STEP);
    assertThat(second.usedBytes()).isGreaterThan(TOTAL / 2 - 2 * STEP);
    for (long key = 0; key < 1000; key++) {
      assertKept(key);
    }
  }

  @Test
  void readsGoOnWithItBitByBit() {
    fillFirst();
    takeForSecond(MANY / 4);
    assertThat(first.haveChanges()).isTrue();
    long before = first.usedBytes();
    for (int round = 0; round < 200; round++) {
      long bytes = first.usedBytes();
      read(round);
      assertThat(bytes - first.usedBytes()).isLessThan(STEP + GROUP_BYTES);
    }
    // As far as others needed it, who did not take any more.
    assertThat(before - first.usedBytes()).isGreaterThan(TOTAL / 16);
    assertThat(budget.freeBytes()).isBetween(TOTAL / 8, TOTAL / 8 + 2 * STEP);
    for (long key = 0; key < 1000; key++) {
      assertKept(key);
    }
  }

  /** Whoever reads writes nothing of a checkpoint for the sake of another operator. */
  @Test
  void readsDoNotWaitForAnEpoch() throws InterruptedException {
    fillFirst();
    takeForSecond(MANY / 4);
    assertThat(first.haveChanges()).isTrue();
    Epoch epoch = first.close(() -> {});
    int written = cellar.writes();
    for (long key = 0; key < 1000; key++) {
      read(key);
    }
    assertThat(cellar.writes()).isEqualTo(written);
    assertThat(epoch.isDone()).isFalse();

    epoch.finish();
    long before = first.usedBytes();
    assertThat(first.haveChanges()).isFalse();
    read(0);
    assertThat(first.usedBytes()).isLessThan(before - AT_A_BARRIER / 2);
  }

  private void fillFirst() {
    for (long key = 0; key < MANY; key++) {
      table.put(key, null, 0, KEY_BYTES, key, VALUE_BYTES);
      read(key);
      read(key);
    }
    assertThat(first.usedBytes()).isGreaterThan(TOTAL * 3 / 4);
  }

  private void read(long key) {
    table.get(key, null);
  }

  /** Whether it has less than its share still, though it would take more. */
  private boolean takeForSecond(int entries) {
    for (int entry = 0; entry < entries; entry++) {
      other.put(next++, null, 0, KEY_BYTES, next, VALUE_BYTES);
    }
    return second.usedBytes() < TOTAL / 2 - STEP;
  }

  private void assertKept(long key) {
    Object value = table.get(key, null);
    assertThat(value == null ? cellar.get(new Cellar.Place("values", key, null)) : value)
        .isEqualTo(key);
  }
}
