package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What all databases of a process hold back of writes, together. */
class HeldMemoryTest extends DatabaseFixture {

  private static final long MOST = 1 << 20;
  private static final int STEP = 1 << 10;

  /** Never over: whoever must write finishes it, and what failed before is tried again. */
  private static final class Hanging implements WriteGate.Barrier {

    private boolean over;

    @Override
    public boolean isOver() {
      return over;
    }

    @Override
    public void finish() {
      over = true;
    }
  }

  @Test
  void oneAloneMayHaveAllOfIt() {
    HeldMemory memory = new HeldMemory(MOST);
    HeldMemory.Share share = open(memory);
    assertThat(fill(share)).isEqualTo(MOST);
    share.close();
    assertThat(memory.taken()).isZero();
  }

  @Test
  void aDatabaseNeverHasMoreThanItMayWriteAtOnce() {
    HeldMemory memory = new HeldMemory(1L << 40);
    HeldMemory.Share share = open(memory);
    assertThat(share.hasRoom(64 << 20)).isTrue();
    assertThat(share.hasRoom((64 << 20) + 1)).isFalse();
  }

  @Test
  void whoComesLastHasItsPartAndAllTogetherNoMoreThanThereIs() {
    HeldMemory memory = new HeldMemory(MOST);
    List<HeldMemory.Share> shares = new ArrayList<>();
    for (int database = 0; database < 20; database++) {
      shares.add(open(memory));
    }
    for (HeldMemory.Share share : shares) {
      assertThat(fill(share)).isGreaterThanOrEqualTo(MOST / 40 - STEP);
    }
    assertThat(memory.taken()).isBetween(MOST - 20 * STEP, MOST);
    // One that goes leaves what it had to the others.
    shares.get(0).close();
    shares.get(0).close();
    assertThat(fill(shares.get(1))).isPositive();
    shares.forEach(HeldMemory.Share::close);
    assertThat(memory.taken()).isZero();
    assertThat(fill(open(memory))).isEqualTo(MOST);
  }

  @Test
  void aBufferThatHasNoRoomIsToldSoAndGivesBackWhatItHas() {
    HeldMemory memory = new HeldMemory(MOST);
    HeldMemory.Share share = open(memory);
    HeldBytes bytes = new HeldBytes(new WriteGate(share), STEP);
    assertThat(bytes.mayBe(STEP)).isTrue();
    assertThat(memory.taken()).isZero();
    for (long size = STEP; size <= MOST; size += STEP) {
      assertThat(bytes.mayBe(size)).as("%s", size).isTrue();
      assertThat(memory.taken()).isGreaterThanOrEqualTo(size - STEP);
    }
    assertThat(bytes.mayBe(MOST + 2 * STEP)).isFalse();
    bytes.are(MOST / 8);
    assertThat(memory.taken()).isEqualTo(MOST / 8 - STEP);
    bytes.are(0);
    assertThat(memory.taken()).isZero();
  }

  /** Closed with all that is held, a table dropped, writes that fail, held writes set aside. */
  @Test
  void nothingIsTakenWhenAllAreClosed() throws Exception {
    long before = HeldMemory.OF_PROCESS.taken();
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      FailingWrites writes = new FailingWrites();
      Database database = open(writes);
      List<Table> tables = new ArrayList<>();
      for (int number = 0; number < 4; number++) {
        tables.add(database.createTable("table" + number, AccessPattern.KEYS));
      }
      long most = 0;
      for (int step = 0; step < 40; step++) {
        try {
          step(database, tables, writes, random);
        } catch (StoreException e) {
          writes.end();
        }
        most = Math.max(most, HeldMemory.OF_PROCESS.taken());
      }
      assertThat(most).as("seed %s", seed).isGreaterThan(before);
      if (random.nextBoolean()) {
        writes.end();
        database.handOverBuffered();
        assertThat(HeldMemory.OF_PROCESS.taken()).as("seed %s", seed).isEqualTo(before);
        fill(tables.get(0), random);
      }
      database.close();
      assertThat(HeldMemory.OF_PROCESS.taken()).as("seed %s", seed).isEqualTo(before);
    }
  }

  private static void step(
      Database database, List<Table> tables, FailingWrites writes, Random random) {
    Table table = tables.get(random.nextInt(tables.size()));
    switch (random.nextInt(8)) {
      case 0 -> database.gate().close(new Hanging());
      case 1 -> writes.begin();
      case 2 -> database.bufferedWrites().setAside();
      case 3 -> {
        if (tables.size() > 1) {
          database.dropTable(table);
          tables.remove(table);
        }
      }
      case 4 -> database.bufferedWrites().writeAside();
      default -> fill(table, random);
    }
  }

  private static void fill(Table table, Random random) {
    for (int write = random.nextInt(3_000); write > 0; write--) {
      byte[] value = new byte[random.nextInt(random.nextInt(200) == 0 ? 40_000 : 200)];
      if (write % 3 == 0) {
        table.putBuffered(key(write, 0), value);
      } else {
        table.merge(key(write, 1), value);
      }
    }
  }

  private Database open(FailingWrites writes) throws IOException {
    return Database.create(
        newDirectory(),
        new DatabaseSpecification(
            DatabaseSettings.defaults(), writes, null, List.of(), 0, () -> 0L));
  }

  private static HeldMemory.Share open(HeldMemory memory) {
    HeldMemory.Share share = memory.share();
    share.open();
    return share;
  }

  /** Holds as much as there is room for. */
  private static long fill(HeldMemory.Share share) {
    long before = share.held();
    while (share.hasRoom(STEP)) {
      share.holds(STEP);
    }
    return share.held() - before;
  }
}
