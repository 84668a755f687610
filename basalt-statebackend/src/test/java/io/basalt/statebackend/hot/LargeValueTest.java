package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A value that takes as much as many thousands of others, in a tier that is full of those. */
class LargeValueTest {

  private static final int TOTAL = 16 << 20;
  private static final long AT_ONCE = 256 << 10;
  private static final int KEY_BYTES = 24;
  private static final int VALUE_BYTES = 8;
  private static final int ENTRY_BYTES = HotEntry.OVERHEAD_BYTES + KEY_BYTES + VALUE_BYTES;
  private static final int MANY = TOTAL / ENTRY_BYTES;

  /** Those of one operation, changed ones in groups. */
  private static final long MOST_EVICTIONS = AT_ONCE / ENTRY_BYTES + 64;

  /** Counts twice. */
  private static final int LARGE = 2 << 20;

  private final Cellar cellar = new Cellar();
  private final HotTier tier = new HotTier(new Budget(TOTAL, () -> 0.5).share(), cellar.writer(1));
  private final HotTable table = tier.table("values");

  @BeforeEach
  void fill() {
    for (long key = 0; key < MANY; key++) {
      put(key, VALUE_BYTES);
    }
  }

  @Test
  void othersGoForItBitByBit() {
    long full = tier.usedBytes();
    assertThat(evictionsOfPut(-1, LARGE)).isLessThanOrEqualTo(MOST_EVICTIONS);
    assertThat(tier.usedBytes()).isGreaterThan(full + LARGE);
    for (long key = 0; key < 2 * LARGE / AT_ONCE; key++) {
      assertThat(evictionsOfPut(MANY + key, VALUE_BYTES)).isLessThanOrEqualTo(MOST_EVICTIONS);
    }
    assertThat(tier.usedBytes()).isLessThanOrEqualTo(TOTAL);
    assertThat(table.get(-1L, null)).isEqualTo(LARGE);
    for (long key = 0; key < MANY; key++) {
      Object value = table.get(key, null);
      assertThat(value == null ? cellar.get(new Cellar.Place("values", key, null)) : value)
          .isEqualTo(VALUE_BYTES);
    }
  }

  @Test
  void thereIsNeverMoreThanOneOfThemTooMuch() {
    for (long key = 1; key <= 20; key++) {
      put(-key, LARGE);
      assertThat(tier.usedBytes()).isLessThan(TOTAL + 2 * LARGE + 1000);
    }
  }

  /** The epoch that waits is not written for it at once. */
  @Test
  void itDoesNotWaitForAnEpoch() {
    Epoch epoch = tier.close(() -> {});
    int written = cellar.writes();
    put(-1, LARGE);
    assertThat(epoch.isDone()).isFalse();
    assertThat(cellar.writes() - written).isLessThan(MANY / 2);
  }

  @Test
  void itIsNotKeptBecauseItIsRead() {
    long evictions = table.counters().evictions();
    table.offer(-1L, null, 0, KEY_BYTES, LARGE, LARGE, table.version());
    table.offer(-2L, null, 0, KEY_BYTES, TOTAL / 64, TOTAL / 64, table.version());
    assertThat(table.get(-1L, null)).isNull();
    assertThat(table.get(-2L, null)).isNull();
    assertThat(table.counters().evictions()).isEqualTo(evictions);

    int kept = TOTAL / 64 - 1000;
    table.offer(-3L, null, 0, KEY_BYTES, kept, kept, table.version());
    assertThat(table.get(-3L, null)).isEqualTo(kept);
  }

  /** In a small tier, too, a list of the usual length is. */
  @Test
  void whatIsNotLargeIsKept() {
    HotTable small = new HotTier(new Budget(200_000).share(), cellar.writer(2)).table("small");
    int kept = 64_000;
    small.offer(-1L, null, 0, KEY_BYTES, kept, kept, small.version());
    assertThat(small.get(-1L, null)).isEqualTo(kept);
  }

  private long evictionsOfPut(long key, int bytes) {
    long before = table.counters().evictions();
    put(key, bytes);
    return table.counters().evictions() - before;
  }

  /** The value is its own size. */
  private void put(long key, int bytes) {
    table.put(key, null, 0, KEY_BYTES, bytes, bytes);
  }
}
