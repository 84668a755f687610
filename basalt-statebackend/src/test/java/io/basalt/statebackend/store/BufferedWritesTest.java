package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Buffered writes that other threads hand over in the place of the task's, beside a map. */
class BufferedWritesTest extends DatabaseFixture {

  private static final int KEYS = 2_000;
  private static final String ENTRIES = "rocksdb.num-entries-active-mem-table";

  private final Map<Integer, byte[]> model = new HashMap<>();

  /** Of a snapshot: it gets what was set aside, and fixes what there is. */
  private static final class Snapshot implements WriteGate.Barrier {

    private final Database database;
    private final Map<Integer, byte[]> expected;
    private @Nullable ReadView view;
    private volatile boolean over;

    Snapshot(Database database, Map<Integer, byte[]> expected) {
      this.database = database;
      this.expected = Map.copyOf(expected);
    }

    @Override
    public boolean isOver() {
      return over;
    }

    @Override
    public synchronized void finish() {
      if (!over) {
        database.bufferedWrites().writeAside();
        view = database.viewOfHandedOver();
        over = true;
      }
    }

    /** The snapshot has what was there at its barrier. */
    synchronized void check(Table table, String what) {
      Map<Integer, byte[]> found = new HashMap<>();
      try (ReadView closed = view;
          Cursor cursor = table.cursor(key(0, 0), key(KEYS, 0), closed)) {
        for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
          found.put(ByteBuffer.wrap(cursor.key()).getInt(), cursor.value());
        }
      }
      assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
      found.forEach(
          (key, value) ->
              assertThat(value).as("key %s, %s", key, what).isEqualTo(expected.get(key)));
    }
  }

  @Test
  void whatIsSetAsideIsWrittenByWhoeverNeedsItFirst() throws Exception {
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      Snapshot first = new Snapshot(database, model);
      database.gate().close(first);
      change(table, new Random(1), 10_000);
      Map<Integer, byte[]> barrier = Map.copyOf(model);
      first.finish();
      first.check(table, "the first");

      database.bufferedWrites().setAside();
      assertThat(table.property(ENTRIES)).as("written in a synchronous part").isZero();
      Snapshot second = new Snapshot(database, barrier);
      database.gate().close(second);
      table.putBuffered(key(0, 0), new byte[1]);
      assertThat(second.isOver()).isFalse();
      second.finish();
      assertThat(table.property(ENTRIES)).isGreaterThan(9_000);
      second.check(table, "the second");
      assertThat(table.get(key(0, 0))).hasSize(1);
    }
  }

  @Test
  void aReadFindsThem() throws Exception {
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      table.putBuffered(key(1, 0), new byte[] {1});
      database.bufferedWrites().setAside();
      Snapshot snapshot = new Snapshot(database, Map.of(1, new byte[] {1}));
      database.gate().close(snapshot);
      assertThat(table.get(key(1, 0))).containsExactly(1);
      assertThat(snapshot.isOver()).as("waited for").isFalse();
      table.putBuffered(key(1, 0), new byte[] {2});
      assertThat(table.get(key(1, 0))).containsExactly(2);
      snapshot.check(table, "the snapshot");
    }
  }

  /** By the thread that hands over what was held: whoever closes the database waits for it. */
  @Test
  void noMoreThanABatchIsWrittenOnceTheDatabaseIsBeingClosed() throws Exception {
    ExecutorService closing = Executors.newSingleThreadExecutor();
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      AtomicBoolean isOpenAgain = new AtomicBoolean();
      AtomicReference<Future<?>> closed = new AtomicReference<>();
      database
          .gate()
          .close(
              new WriteGate.Barrier() {
                @Override
                public boolean isOver() {
                  if (isOpenAgain.get() && closed.get() == null) {
                    // The thread has its lease by now.
                    closed.set(closing.submit(database::awaitLeases));
                    await(database::isClosing);
                  }
                  return isOpenAgain.get();
                }

                @Override
                public void finish() {
                  throw new IllegalStateException("It is to be held.");
                }
              });
      change(table, new Random(1), 50_000);
      isOpenAgain.set(true);
      database.bufferedWrites().catchUp();
      await(() -> closed.get() != null);
      closed.get().get();
      assertThat(table.property(ENTRIES)).isLessThanOrEqualTo(500);
    } finally {
      closing.shutdownNow();
    }
  }

  /** Snapshots one after the other, on a thread beside the task, which now and then reads. */
  @Test
  void theyStayInOrderWhoeverWritesThem() throws Exception {
    long seed = Long.getLong("basalt.store.seed", new Random().nextLong());
    Random random = new Random(seed);
    List<Snapshot> snapshots = new ArrayList<>();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      for (int round = 0; round < 30; round++) {
        database.bufferedWrites().setAside();
        Snapshot snapshot = new Snapshot(database, model);
        database.gate().close(snapshot);
        snapshots.add(snapshot);
        change(table, random, random.nextInt(4_000));
        Future<?> asynchronous =
            thread.submit(
                () -> {
                  snapshot.finish();
                  database.bufferedWrites().catchUp();
                });
        change(table, random, random.nextInt(4_000));
        if (random.nextBoolean()) {
          checkSome(table, random, seed);
        }
        if (random.nextInt(4) > 0) {
          asynchronous.get();
          change(table, random, random.nextInt(1_000));
        }
      }
      for (Snapshot snapshot : snapshots) {
        snapshot.finish();
        snapshot.check(table, "seed " + seed);
      }
      for (int key = 0; key < KEYS; key++) {
        assertThat(table.get(key(key, 0))).as("key %s, %s", key, seed).isEqualTo(model.get(key));
      }
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void whatIsCaughtUpLeavesNothingToTheTask() throws Exception {
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      Snapshot snapshot = new Snapshot(database, model);
      database.gate().close(snapshot);
      for (int key = 0; key < 10_000; key++) {
        table.putBuffered(key(key, 0), new byte[1]);
      }
      snapshot.finish();
      snapshot.check(table, "the snapshot");
      database.bufferedWrites().catchUp();
      // But for what is not enough to be handed over yet.
      await(() -> table.property(ENTRIES) > 9_990);
    }
  }

  @Test
  void theyAreNotOvertakenWhereNoMoreCanBeHeld() throws Exception {
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      Snapshot snapshot = new Snapshot(database, model);
      database.gate().close(snapshot);
      for (int key = 0; key < 10_000; key++) {
        table.putBuffered(key(key, 0), new byte[] {1});
      }
      snapshot.finish();
      snapshot.check(table, "the snapshot");
      database.bufferedWrites().setAside();
      for (int key = 9_900; key < 10_000; key++) {
        table.putBuffered(key(key, 0), new byte[] {2});
      }
      for (int key = 10_000; key < 112_000; key++) {
        table.putBuffered(key(key, 0), new byte[] {1});
      }
      for (int key = 9_900; key < 10_000; key++) {
        assertThat(table.get(key(key, 0))).as("key %s", key).containsExactly(2);
      }
    }
  }

  @Test
  void aTableIsDroppedWithWhatIsSetAside() throws Exception {
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      Table other = database.createTable("other", AccessPattern.KEYS);
      table.putBuffered(key(1, 0), new byte[1]);
      other.putBuffered(key(1, 0), new byte[1]);
      database.bufferedWrites().setAside();
      database.dropTable(table);
      database.bufferedWrites().writeAside();
      assertThat(other.get(key(1, 0))).isNotNull();
    }
  }

  private Database open() throws IOException {
    return Database.create(
        newDirectory(),
        new DatabaseSpecification(DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L));
  }

  private void change(Table table, Random random, int changes) {
    for (int change = 0; change < changes; change++) {
      // Some keys come again and again.
      int key = random.nextInt(random.nextBoolean() ? KEYS : 10);
      int chosen = random.nextInt(8);
      if (chosen < 2) {
        table.deleteBuffered(key(key, 0));
        model.remove(key);
      } else if (chosen == 2) {
        byte[] operand = new byte[random.nextInt(20)];
        random.nextBytes(operand);
        table.merge(key(key, 0), operand);
        model.merge(key, operand, HeldWritesTest::appended);
      } else {
        // Now and then one that is not copied with the others.
        byte[] value = new byte[random.nextInt(5_000) == 0 ? 20_000 : random.nextInt(50)];
        random.nextBytes(value);
        table.putBuffered(key(key, 0), value);
        model.put(key, value);
      }
    }
  }

  private void checkSome(Table table, Random random, long seed) {
    for (int i = 0; i < 20; i++) {
      int key = random.nextInt(KEYS);
      assertThat(table.get(key(key, 0))).as("key %s, seed %s", key, seed).isEqualTo(model.get(key));
    }
  }
}
