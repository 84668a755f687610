package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.hot.Cellar.DiskFullException;
import io.basalt.statebackend.hot.Cellar.Place;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A tier without room for more, of whose changes none can be written. */
class RoomTest {

  private static final int KEY_BYTES = 24;

  private final Cellar cellar = new Cellar();

  @Test
  void aChangeThatCannotBeWrittenStaysWhereItIs() throws InterruptedException {
    HotTier tier = tier(new Budget(1));
    HotTable table = tier.table("values");
    cellar.fail(1);
    put(table, 1L, 8);
    // There is no room for another one, which has not been made then.
    assertThatThrownBy(() -> put(table, 1L, 9)).isInstanceOf(DiskFullException.class);
    assertThatThrownBy(() -> table.remove(1L, "window", 0, KEY_BYTES))
        .isInstanceOf(DiskFullException.class);
    assertThatThrownBy(tier::writeAll).isInstanceOf(DiskFullException.class);
    assertThat(table.get(1L, "window")).isEqualTo(8);
    assertThat(cellar.contents()).isEmpty();

    cellar.fail(0);
    tier.writeAll();

    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 8));
    // And it goes like any other.
    put(table, 2L, 8);
    assertThat(table.counters().entries()).isZero();
  }

  @Test
  void nothingIsKeptWhereThereIsNoRoom() {
    HotTier tier = tier(new Budget(1));
    HotTable table = tier.table("values");
    cellar.fail(1);
    put(table, 1L, 8);
    for (long key = 2; key < 100; key++) {
      table.offer(key, "window", 0, KEY_BYTES, 8, 0, table.version());
    }
    assertThat(table.counters().entries()).isOne();
    assertThat(table.get(1L, "window")).isEqualTo(8);

    cellar.fail(0);
    table.offer(2L, "window", 0, KEY_BYTES, 8, 0, table.version());
    assertThat(table.counters().entries()).isZero();
    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 8));
  }

  private HotTier tier(Budget budget) {
    return new HotTier(budget.share(), cellar.writer(1));
  }

  /** The value is its own size. */
  private static void put(HotTable table, Long key, int value) {
    table.put(key, "window", 0, KEY_BYTES, value, value);
  }

  private static Place place(Long key) {
    return new Place("values", key, "window");
  }
}
