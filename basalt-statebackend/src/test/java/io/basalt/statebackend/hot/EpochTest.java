package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.hot.Cellar.Place;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a snapshot gets, and what it does not, one sentence each. */
@Timeout(60)
class EpochTest {

  private static final long LARGE = 64 << 20;
  private static final int KEY_BYTES = 24;

  private final Cellar cellar = new Cellar();

  @Test
  void whoNeedsRoomFinishesTheSnapshotHimself() throws InterruptedException {
    HotTier tier = tier(new Budget(256 << 10));
    HotTable table = tier.table("values");
    for (long key = 0; key < 100; key++) {
      put(table, key, 1_000);
    }
    assertThat(cellar.contents()).isEmpty();
    AtomicReference<Map<Place, Object>> fixed = new AtomicReference<>();
    Epoch epoch = tier.close(() -> fixed.set(cellar.contents()));
    for (long key = 0; key < 1_000; key++) {
      put(table, key, 2_000);
    }
    assertThat(epoch.isDone()).isTrue();
    assertThat(fixed.get()).hasSize(100).containsValue(1_000).doesNotContainValue(2_000);
    tier.writeAll();

    assertThat(cellar.contents()).hasSize(1_000).doesNotContainValue(1_000);
    assertThat(tier.usedBytes()).isLessThanOrEqualTo(256 << 10);
  }

  @Test
  void whatWasBeingWrittenIsNotCountedForEver() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    put(table, 1L, 1_000);
    Epoch epoch = tier.close(EpochTest::nothing);
    put(table, 1L, 2_000);
    assertThat(tier.usedBytes()).isEqualTo(2 * (HotEntry.OVERHEAD_BYTES + KEY_BYTES) + 3_000);
    epoch.finish();
    tier.writeAll();

    assertThat(tier.usedBytes()).isEqualTo(HotEntry.OVERHEAD_BYTES + KEY_BYTES + 2_000);
  }

  @Test
  void aSnapshotHasTheValueOfItsBarrier() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    put(table, 1L, 1);
    Epoch epoch = tier.close(EpochTest::nothing);
    put(table, 1L, 2);
    epoch.finish();
    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 1));
    tier.writeAll();

    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 2));
  }

  @Test
  void whatIsRemovedWhileItIsWrittenIsRemovedBelow() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    table.offer(1L, "window", 0, KEY_BYTES, HotTable.ABSENT, 0, table.version());
    put(table, 1L, 1);
    Epoch epoch = tier.close(EpochTest::nothing);
    table.remove(1L, "window", 0, KEY_BYTES);
    epoch.finish();
    assertThat(cellar.contents()).containsOnlyKeys(place(1L));
    tier.writeAll();

    assertThat(cellar.contents()).isEmpty();
  }

  @Test
  void nothingNewerGoesDownBeforeTheSnapshotHasItsFiles() throws InterruptedException {
    HotTier tier = tier(new Budget(128 << 10));
    HotTable table = tier.table("values");
    put(table, 1L, 1);
    CountDownLatch fixing = new CountDownLatch(1);
    CountDownLatch linked = new CountDownLatch(1);
    Epoch epoch =
        tier.close(
            () -> {
              fixing.countDown();
              await(linked);
            });
    Thread snapshot = new Thread(() -> finish(epoch));
    snapshot.start();
    await(fixing);
    Thread task =
        new Thread(
            () -> {
              for (long key = 0; key < 1_000; key++) {
                put(table, key, 1_000);
              }
            });
    task.start();
    while (task.isAlive() && task.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 1));
    linked.countDown();
    snapshot.join();
    task.join();
    tier.writeAll();

    assertThat(cellar.contents()).hasSize(1_000);
  }

  @Test
  void whoScansDoesNotGetIntoASnapshot() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    put(table, 1L, 1);
    AtomicReference<Map<Place, Object>> fixed = new AtomicReference<>();
    Epoch epoch = tier.close(() -> fixed.set(cellar.contents()));
    put(table, 1L, 2);
    table.writeDown();

    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 2));
    assertThat(epoch.isDone()).isTrue();
    assertThat(fixed.get()).isEqualTo(Map.of(place(1L), 1));
  }

  /** Those that are changed together with one that stays for long would fill the heap. */
  @Test
  void anEntryThatStaysDoesNotKeepOthersThatWent() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    List<WeakReference<Object>> gone = new ArrayList<>();
    for (int epoch = 0; epoch < 10; epoch++) {
      for (long key = 0; key < 10; key++) {
        Object value = new int[100];
        gone.add(new WeakReference<>(value));
        table.put(key, "window", 0, KEY_BYTES, value, 400);
        put(table, 1_000L * epoch + key + 100, 8);
      }
      tier.close(EpochTest::nothing).finish();
    }
    for (long key = 0; key < 10; key++) {
      table.remove(key, "window", 0, KEY_BYTES);
    }
    tier.writeAll();
    System.gc();

    assertThat(gone).allMatch(value -> value.get() == null);
  }

  @Test
  void aTierThatIsClosedWritesNoMore() {
    HotTier tier = tier(new Budget(LARGE));
    put(tier.table("values"), 1L, 1);
    Epoch epoch = tier.close(EpochTest::nothing);
    tier.abandon();

    assertThatThrownBy(epoch::finish).isInstanceOf(CancellationException.class);
    assertThat(cellar.contents()).isEmpty();
    assertThat(epoch.isDone()).isFalse();
  }

  @Test
  void theNextSnapshotWritesWhatACancelledOneHasNot() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    put(table, 1L, 1);
    put(table, 2L, 1);
    tier.close(EpochTest::nothing).giveUp();
    put(table, 2L, 2);
    put(table, 3L, 2);
    tier.close(EpochTest::nothing).finish();

    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 1, place(2L), 2, place(3L), 2));
  }

  private static void nothing() {}

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void finish(Epoch epoch) {
    try {
      epoch.finish();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
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
