package io.basalt.statebackend.hot;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Cellar.DiskFullException;
import io.basalt.statebackend.hot.Cellar.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations on a tier beside a plain map, with snapshots on other threads: whenever one has
 * written its epoch, there is below exactly what the map had at the barrier.
 */
@Timeout(120)
class HotTierModelTest {

  private static final List<String> TABLES = List.of("first", "second");
  private static final int KEYS = 24;

  /** So many that few are met again. */
  private static final int MANY_KEYS = 5_000;

  private static final int NAMESPACES = 3;
  private static final int KEY_BYTES = 16;

  private final ExecutorService snapshots = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    snapshots.shutdownNow();
  }

  /** The sizes are those of no room at all, of a handful of entries, of half of them and of all. */
  @ParameterizedTest
  @ValueSource(longs = {1, 16_384, 73_728, 1_048_576})
  void theTierIsAMapWhateverRoomItHas(long bytes) throws Exception {
    Totals totals = new Totals();
    for (int program = 0; program < 60; program++) {
      new Program(newSeed(), bytes, 0, totals).run(2_000);
    }
    assertThat(totals.checked).as("snapshots").isGreaterThan(500);
    assertThat(totals.cancelled).as("cancelled snapshots").isGreaterThan(50);
    assertThat(totals.hits).as("hits").isGreaterThan(bytes == 1 ? -1 : 1_000);
    assertThat(totals.evictions).as("evictions").isGreaterThan(bytes > 1_000_000 ? -1 : 1_000);
    assertThat(totals.passedBy).as("passed by").isGreaterThan(bytes > 1_000_000 ? -1 : 500);
    assertThat(totals.changedInPlace).as("in place").isGreaterThan(bytes == 1 ? -1 : 100);
  }

  @Test
  void nothingIsLostWhenWritesFail() throws Exception {
    Totals totals = new Totals();
    for (int program = 0; program < 60; program++) {
      new Program(newSeed(), 16_384L * (1 + program % 5), 0.3, totals).run(2_000);
    }
    assertThat(totals.failures).as("failed writes").isGreaterThan(500);
    assertThat(totals.notMade).as("changes that were not made").isGreaterThan(2);
    assertThat(totals.checked).as("snapshots").isGreaterThan(300);
  }

  private static long newSeed() {
    return Long.getLong("basalt.hot.seed", new Random().nextLong());
  }

  /** What must not have been missed. */
  private static final class Totals {
    long checked;
    long cancelled;
    long hits;
    long evictions;
    long changedInPlace;
    long passedBy;
    long failures;
    long notMade;
  }

  private final class Program {

    private final long seed;
    private final Random random;
    private final Totals totals;
    private final double failing;
    private final int keys;
    private final Cellar cellar = new Cellar();
    private final Map<Place, Object> model = new HashMap<>();
    private final Map<String, HotTable> tables = new HashMap<>();
    private final List<Future<Boolean>> running = new ArrayList<>();
    private final Budget budget;
    private final HotTier tier;

    Program(long seed, long bytes, double failing, Totals totals) {
      this.seed = seed;
      this.random = new Random(seed);
      this.totals = totals;
      this.failing = failing;
      this.keys = random.nextInt(4) == 0 ? MANY_KEYS : KEYS;
      this.budget = new Budget(bytes);
      this.tier =
          new HotTier(
              budget.share(),
              cellar.writer(seed),
              1 + random.nextInt(5),
              ChangesByKey.Limits.DEFAULT);
      TABLES.forEach(name -> tables.put(name, tier.table(name)));
    }

    void run(int operations) {
      try {
        for (int operation = 0; operation < operations; operation++) {
          cellar.fail(random.nextInt(3) == 0 ? failing : 0);
          operate();
        }
        cellar.fail(0);
        awaitSnapshots();
        tier.writeAll();
        assertThat(cellar.contents()).isEqualTo(model);
      } catch (Throwable e) {
        throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
      } finally {
        tables.values().forEach(table -> count(table.counters()));
        totals.failures += cellar.failures();
        tier.close();
      }
      assertThat(budget.freeBytes()).isPositive();
    }

    private void count(HotCounters counters) {
      totals.hits += counters.hits();
      totals.evictions += counters.evictions();
    }

    private void operate() throws Exception {
      Place place = randomPlace();
      HotTable table = Objects.requireNonNull(tables.get(place.table()));
      int choice = random.nextInt(102);
      if (choice < 40) {
        assertThat(read(table, place)).isEqualTo(model.get(place));
      } else if (choice < 75) {
        // Of a kilobyte or so: a few dozen of them are a step of the budget.
        put(table, place);
      } else if (choice < 97) {
        remove(table, place);
      } else if (choice < 99) {
        snapshot();
      } else if (choice < 100) {
        awaitSnapshots();
        writeAll();
      } else if (choice < 101) {
        writeTable(table, place.table());
      } else {
        forget(table);
      }
    }

    private void put(HotTable table, Place place) {
      Object there = table.changeable(place.key(), place.namespace());
      if (there instanceof ChangeableValue value && random.nextBoolean()) {
        value.change(random.nextInt());
        model.put(place, value.copy());
        totals.changedInPlace++;
        return;
      }
      // Of a kilobyte or so: a few dozen of them are a step of the budget.
      ChangeableValue value = new ChangeableValue(random.nextInt(), random.nextInt(2_000));
      ChangeableValue copy = value.copy();
      if (random.nextInt(3) == 0 && cellar.get(place) == null) {
        // Unless somebody is writing it: then there is an entry.
        UnwrittenKeys unwritten = table.unwrittenKeys();
        change(
            () -> unwritten.put(place.key(), place.namespace(), 0, KEY_BYTES, value, value.bytes()),
            () -> model.put(place, copy));
        return;
      }
      if (table.isPassedBy(place.key(), place.namespace()) && nothingWaits()) {
        cellar.put(place, value);
        passedBy(table);
        model.put(place, copy);
        return;
      }
      change(
          () -> table.put(place.key(), place.namespace(), 0, KEY_BYTES, value, value.bytes()),
          () -> model.put(place, copy));
    }

    private void remove(HotTable table, Place place) {
      if (random.nextInt(3) == 0
          && table
              .unwrittenKeys()
              .leave(place.key(), place.namespace(), cellar.get(place) != null)) {
        model.remove(place);
        return;
      }
      if (table.isPassedBy(place.key(), place.namespace()) && nothingWaits()) {
        cellar.removeIf(place::equals);
        passedBy(table);
        model.remove(place);
        return;
      }
      change(
          () -> table.remove(place.key(), place.namespace(), 0, KEY_BYTES),
          () -> model.remove(place));
    }

    /** Nobody may write below while an epoch waits. */
    private boolean nothingWaits() {
      try {
        tier.finishOrFail();
        return true;
      } catch (DiskFullException e) {
        assertThat(failing).isPositive();
        return false;
      }
    }

    private void passedBy(HotTable table) {
      table.passedBy();
      totals.passedBy++;
    }

    /** As before a scan. */
    private void writeTable(HotTable table, String name) throws InterruptedException {
      try {
        table.writeDown();
        assertThat(of(name, cellar.contents())).isEqualTo(of(name, model));
      } catch (DiskFullException e) {
        assertThat(failing).isPositive();
      }
    }

    private void forget(HotTable table) throws InterruptedException {
      try {
        table.forget();
        assertThat(table.counters().entries()).isZero();
        assertThat(table.counters().bytes()).isZero();
      } catch (DiskFullException e) {
        assertThat(failing).isPositive();
      }
    }

    private static Map<Place, Object> of(String table, Map<Place, Object> entries) {
      Map<Place, Object> some = new HashMap<>(entries);
      some.keySet().removeIf(place -> !place.table().equals(table));
      return some;
    }

    private Place randomPlace() {
      int namespace = random.nextInt(NAMESPACES);
      return new Place(
          TABLES.get(random.nextInt(TABLES.size())),
          (long) random.nextInt(keys),
          namespace == 0 ? null : "namespace-" + namespace);
    }

    private @Nullable Object read(HotTable table, Place place) {
      Object value = table.get(place.key(), place.namespace());
      if (value != null) {
        return value == HotTable.ABSENT ? null : value;
      }
      long version = table.version();
      Object below = cellar.get(place);
      int bytes = below instanceof ChangeableValue found ? found.bytes() : 0;
      table.offer(
          place.key(),
          place.namespace(),
          0,
          KEY_BYTES,
          below == null ? HotTable.ABSENT : below,
          bytes,
          version);
      return below;
    }

    /** What is evicted for it may fail to be written: then it has not been made. */
    private void change(Runnable operation, Runnable made) {
      try {
        operation.run();
      } catch (DiskFullException e) {
        assertThat(failing).isPositive();
        totals.notMade++;
        return;
      }
      made.run();
    }

    private void writeAll() throws InterruptedException {
      try {
        tier.writeAll();
        assertThat(cellar.contents()).isEqualTo(model);
      } catch (DiskFullException e) {
        assertThat(failing).isPositive();
      }
    }

    /** The barrier, and the snapshot on another thread, or never. */
    private void snapshot() {
      Map<Place, Object> expected = new HashMap<>(model);
      AtomicReference<Map<Place, Object>> fixed = new AtomicReference<>();
      Epoch epoch = tier.close(() -> fixed.set(cellar.contents()));
      if (random.nextInt(8) == 0) {
        totals.cancelled++;
        epoch.giveUp();
        return;
      }
      running.add(CompletableFuture.supplyAsync(() -> take(epoch, expected, fixed), snapshots));
    }

    private boolean take(
        Epoch epoch, Map<Place, Object> expected, AtomicReference<Map<Place, Object>> fixed) {
      try {
        epoch.finish();
        assertThat(epoch.isDone()).isTrue();
        // The task thread may have written more since.
        assertThat(fixed.get()).isEqualTo(expected);
        return true;
      } catch (DiskFullException e) {
        epoch.giveUp();
        return false;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private void awaitSnapshots() throws Exception {
      for (Future<Boolean> snapshot : running) {
        if (snapshot.get()) {
          totals.checked++;
        }
      }
      running.clear();
    }
  }
}
