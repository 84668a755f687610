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
import org.jspecify.annotations.Nullable;
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
  void whoNeedsRoomWritesAPartOfTheSnapshotAtATime() {
    int room = 16 << 20;
    HotTier tier = tier(new Budget(room, () -> 0));
    HotTable table = tier.table("values");
    long key = 0;
    for (; tier.usedBytes() < room - 1_000; key++) {
      put(table, key, 8);
    }
    int changes = (int) key;
    assertThat(cellar.contents()).isEmpty();
    AtomicReference<Map<Place, Object>> fixed = new AtomicReference<>();
    Epoch epoch = tier.close(() -> fixed.set(cellar.contents()));
    int mostAtOnce = 0;
    long mostBytes = 0;
    for (; !epoch.isDone(); key++) {
      int before = cellar.writes();
      put(table, key, 9);
      mostAtOnce = Math.max(mostAtOnce, cellar.writes() - before);
      mostBytes = Math.max(mostBytes, tier.usedBytes());
    }
    assertThat(mostAtOnce).isLessThan(changes / 8);
    assertThat(mostBytes).isLessThan(room + room / 8);
    assertThat(fixed.get()).hasSize(changes).doesNotContainValue(9);
    mostAtOnce = 0;
    for (int more = 0; tier.usedBytes() > room && more < 1_000; more++) {
      int before = cellar.writes();
      put(table, key + more, 9);
      mostAtOnce = Math.max(mostAtOnce, cellar.writes() - before);
    }

    assertThat(tier.usedBytes()).isLessThanOrEqualTo(room);
    assertThat(mostAtOnce).isLessThan(changes / 8);
  }

  @Test
  void whatWasBeingWrittenIsNotCountedForEver() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    put(table, 1L, 1_000);
    Epoch epoch = tier.close(EpochTest::nothing);
    put(table, 1L, 2_000);
    assertThat(tier.usedBytes()).isEqualTo(HotEntry.OVERHEAD_BYTES + 2 * KEY_BYTES + 3_000);
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
  void eachOfTwoSnapshotsHasTheValueOfItsBarrier() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    put(table, 1L, 1);
    Epoch first = tier.close(EpochTest::nothing);
    put(table, 1L, 2);
    Epoch second = tier.close(EpochTest::nothing);
    put(table, 1L, 3);
    put(table, 1L, 4);
    first.finish();
    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 1));
    second.finish();
    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 2));
    tier.writeAll();

    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 4));
    assertThat(tier.usedBytes()).isEqualTo(HotEntry.OVERHEAD_BYTES + KEY_BYTES + 4);
  }

  /** The first is written already, but its files are not fixed when the second is closed. */
  @Test
  void aSnapshotThatFixesItsFilesDoesNotTakeTheValueOfTheNext() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    put(table, 1L, 1);
    AtomicReference<Epoch> second = new AtomicReference<>();
    tier.close(
            () -> {
              put(table, 1L, 2);
              second.set(tier.close(EpochTest::nothing));
              put(table, 1L, 3);
            })
        .finish();
    second.get().finish();
    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 2));
    tier.writeAll();

    assertThat(cellar.contents()).isEqualTo(Map.of(place(1L), 3));
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

  @Test
  void aLargeSnapshotIsWrittenByKeyGroupBesideOtherChanges() throws InterruptedException {
    int keys = 5_000;
    List<Integer> keyGroups = new ArrayList<>();
    HotTier tier = tier(new Budget(LARGE), new Listening(keyGroups));
    HotTable table = tier.table("values");
    for (long key = 0; key < keys; key++) {
      put(table, key, 1, (int) key % 7);
    }
    Epoch epoch = tier.close(EpochTest::nothing);
    for (long key = 0; key < keys; key++) {
      put(table, keys - 1 - key, 2, (int) (keys - 1 - key) % 7);
    }
    epoch.finish();
    assertThat(keyGroups).hasSize(keys).isSorted();
    assertThat(cellar.contents()).hasSize(keys).doesNotContainValue(2);
    // Not those at the end of the list.
    for (long key = 1_000; key < 1_100; key++) {
      table.writeDownAndForget(key, "window");
    }
    tier.writeAll();

    assertThat(cellar.contents()).hasSize(keys).doesNotContainValue(1);
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
  void aValueThatWasReplacedWhileItWasWrittenIsLetGo() throws InterruptedException {
    HotTier tier = tier(new Budget(LARGE));
    HotTable table = tier.table("values");
    List<WeakReference<Object>> gone = new ArrayList<>();
    for (long key = 0; key < 10; key++) {
      Object value = new int[100];
      gone.add(new WeakReference<>(value));
      table.put(key, "window", 0, KEY_BYTES, value, 400);
    }
    Epoch epoch = tier.close(EpochTest::nothing);
    for (long key = 0; key < 10; key++) {
      put(table, key, 8);
    }
    epoch.finish();
    tier.writeAll();
    System.gc();

    assertThat(gone).allMatch(value -> value.get() == null);
    assertThat(table.get(1L, "window")).isEqualTo(8);
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
    return tier(budget, cellar.writer(1));
  }

  private static HotTier tier(Budget budget, ChangeWriter writer) {
    return new HotTier(budget.share(), writer);
  }

  /** The value is its own size. */
  private static void put(HotTable table, Long key, int value) {
    put(table, key, value, 0);
  }

  private static void put(HotTable table, Long key, int value, int keyGroup) {
    table.put(key, "window", keyGroup, KEY_BYTES, value, value);
  }

  private static Place place(Long key) {
    return new Place("values", key, "window");
  }

  /** Writes into the cellar, and tells of what key groups the entries are. */
  private final class Listening implements ChangeWriter {

    private final ChangeWriter writer = cellar.writer(1);
    private final List<Integer> keyGroups;

    Listening(List<Integer> keyGroups) {
      this.keyGroups = keyGroups;
    }

    @Override
    public void begin() {
      writer.begin();
    }

    @Override
    public void beginEpoch() {
      writer.beginEpoch();
    }

    @Override
    public EntryWriter of(HotTable table) {
      EntryWriter entries = writer.of(table);
      return new EntryWriter() {
        @Override
        public void put(Object key, @Nullable Object namespace, int keyGroup, Object value) {
          keyGroups.add(keyGroup);
          entries.put(key, namespace, keyGroup, value);
        }

        @Override
        public void remove(Object key, @Nullable Object namespace, int keyGroup) {
          entries.remove(key, namespace, keyGroup);
        }
      };
    }

    @Override
    public void commit() {
      writer.commit();
    }

    @Override
    public void discard() {
      writer.discard();
    }
  }
}
