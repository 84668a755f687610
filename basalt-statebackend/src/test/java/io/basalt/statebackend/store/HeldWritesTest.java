package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Buffered writes while nothing may get into the database, beside a map. */
class HeldWritesTest extends DatabaseFixture {

  private static final int MANY = 1_200;
  private static final int LONG = 10_000;

  private final Map<Integer, byte[]> model = new HashMap<>();

  /** As a snapshot that has yet to fix what is below; whoever cannot wait finishes it. */
  private static final class Waiting implements WriteGate.Barrier {
    private boolean over;
    private @Nullable RuntimeException failure;
    private int finished;

    @Override
    public boolean isOver() {
      return over;
    }

    @Override
    public void finish() {
      if (failure != null) {
        throw failure;
      }
      finished += over ? 0 : 1;
      over = true;
    }
  }

  @Test
  void theyWaitInOrderAndGoBitByBit() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      for (int round = 0; round < 5; round++) {
        Waiting barrier = new Waiting();
        database.gate().close(barrier);
        change(table, random, 10_000 + random.nextInt(10_000));
        assertThat(barrier.finished).as("finished for them").isZero();
        barrier.over = true;
        change(table, random, random.nextInt(3_000));
        if (random.nextBoolean()) {
          database.gate().close(new Waiting());
          change(table, random, random.nextInt(3_000));
        }
        check(table, seed);
      }
    }
  }

  @Test
  void tooManyHaveTheBarrierFinished() throws Exception {
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      Waiting barrier = new Waiting();
      barrier.failure = new IllegalStateException("full");
      database.gate().close(barrier);
      byte[] value = new byte[100];
      assertThatThrownBy(
              () -> {
                for (int key = 0; key < 1_000_000; key++) {
                  table.putBuffered(key(key, 0), value);
                  model.put(key, value);
                }
              })
          .hasMessage("full");
      assertThat(model.size()).isBetween(50_000, 150_000);

      barrier.failure = null;
      // What has been taken in is still there, and no more than that.
      assertThat(table.get(key(model.size(), 0))).isNull();
      check(table, 0);
      assertThat(barrier.finished).isEqualTo(1);
    }
  }

  /** Each table has room for a quarter of it, and there may be many. */
  @Test
  void soDoThoseOfAllTablesTogether() throws Exception {
    try (Database database = open()) {
      List<Table> tables = new ArrayList<>();
      for (int number = 0; number < 8; number++) {
        tables.add(database.createTable("table" + number, AccessPattern.KEYS));
      }
      // What has been handed over counts no more.
      for (int round = 0; round < 3; round++) {
        Waiting barrier = new Waiting();
        database.gate().close(barrier);
        fill(tables.subList(0, 5), round);
        assertThat(barrier.finished).isZero();
        fill(tables.subList(5, 8), round);
        assertThat(barrier.finished).isEqualTo(1);
        for (Table table : tables) {
          assertThat(table.get(key(MANY - 1, 0))).hasSize(length(round));
        }
      }
    }
  }

  /** With 12 MB each, in the last round of values that are not copied. */
  private static void fill(List<Table> tables, int round) {
    for (Table table : tables) {
      for (int key = 0; key < MANY * LONG / length(round); key++) {
        table.putBuffered(key(key, 0), new byte[length(round)]);
      }
      table.putBuffered(key(MANY - 1, 0), new byte[length(round)]);
    }
  }

  private static int length(int round) {
    return round == 2 ? 2 * LONG : LONG;
  }

  private Database open() throws IOException {
    return Database.create(
        newDirectory(),
        new DatabaseSpecification(DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L));
  }

  private void change(Table table, Random random, int changes) {
    for (int change = 0; change < changes; change++) {
      int key = random.nextInt(2_000);
      int chosen = random.nextInt(8);
      if (chosen < 2) {
        table.deleteBuffered(key(key, 0));
        model.remove(key);
      } else if (chosen == 2) {
        byte[] operand = new byte[random.nextInt(5_000) == 0 ? 20_000 : random.nextInt(20)];
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

  /** What a merge makes of a value. */
  static byte[] appended(byte[] list, byte[] operand) {
    byte[] longer = Arrays.copyOf(list, list.length + 1 + operand.length);
    longer[list.length] = ',';
    System.arraycopy(operand, 0, longer, list.length + 1, operand.length);
    return longer;
  }

  private void check(Table table, long seed) {
    for (int key = 0; key < 2_000; key++) {
      assertThat(table.get(key(key, 0))).as("key %s, seed %s", key, seed).isEqualTo(model.get(key));
    }
    model.keySet().removeIf(key -> key >= 2_000);
  }
}
