package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.BackendSettings;
import io.basalt.statebackend.config.BlockCache;
import io.basalt.statebackend.config.IndexPartitions;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compactions remove what has expired by the clock of the backend, and never anything else. */
class ExpiryTest extends DatabaseFixture {

  private static final long TIME_TO_LIVE = 1_000;
  private static final byte[] KEY = {0, 1};

  private final AtomicLong now = new AtomicLong(10_000);

  /** Layouts whose values are shorter than their time: null values of a map, damage. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8})
  void aValueWithoutATimeStays(int bytes) throws IOException {
    for (Expiry.Layout layout :
        List.of(
            new Expiry.MapEntry(),
            new Expiry.Elements(() -> (list, start) -> Integer.MAX_VALUE - 1))) {
      try (Database database = open(null)) {
        Table table = database.createTable("t", AccessPattern.KEYS);
        table.expire(expiry(layout));
        byte[] value = new byte[layout instanceof Expiry.MapEntry ? bytes : Math.min(bytes, 7)];
        table.put(KEY, value);
        table.compact();
        assertThat(table.get(KEY)).isEqualTo(value);
      }
    }
  }

  /** At the very moment at which Flink says so, at the ends of time as well. */
  @Test
  void theMomentIsFlinks() throws IOException {
    try (Database database = open(null)) {
      Table value = database.createTable("value", AccessPattern.KEYS);
      Table list = database.createTable("list", AccessPattern.KEYS);
      value.expire(expiry(new Expiry.SingleValue()));
      list.expire(expiry(new Expiry.Elements(() -> (bytes, start) -> start + 8)));
      long[] times = {
        now.get() - TIME_TO_LIVE,
        now.get() - TIME_TO_LIVE + 1,
        now.get(),
        Long.MAX_VALUE,
        Long.MAX_VALUE - 1,
        0,
        -1,
        Long.MIN_VALUE
      };
      for (int i = 0; i < times.length; i++) {
        byte[] bytes = ByteBuffer.allocate(8).putLong(times[i]).array();
        value.put(new byte[] {0, (byte) i}, bytes);
        list.put(new byte[] {0, (byte) i}, bytes);
      }
      value.compact();
      list.compact();
      for (int i = 0; i < times.length; i++) {
        boolean gone = times[i] <= now.get() - TIME_TO_LIVE;
        byte[] key = {0, (byte) i};
        assertThat(value.get(key) == null).as("value of %d", times[i]).isEqualTo(gone);
        assertThat(list.get(key) == null).as("element of %d", times[i]).isEqualTo(gone);
      }
    }
  }

  static List<Supplier<Expiry.ElementEnds>> failing() {
    return List.of(
        () ->
            (list, start) -> {
              throw new EOFException("planted");
            },
        () ->
            (list, start) -> {
              throw new IllegalStateException("planted");
            },
        () ->
            (list, start) -> {
              throw new NoClassDefFoundError("planted");
            },
        () -> (list, start) -> -100,
        () -> (list, start) -> start + 3);
  }

  /** What is thrown in a thread of RocksDB's would end the process. */
  @Test
  void aListThatCannotBeReadStaysAndEndsNothing() throws IOException {
    for (Supplier<Expiry.ElementEnds> ends : failing()) {
      try (Database database = open(null)) {
        Table table = database.createTable("list", AccessPattern.KEYS);
        table.expire(expiry(new Expiry.Elements(ends)));
        byte[] list = ByteBuffer.allocate(17).putLong(1).put((byte) ',').putLong(2).array();
        table.put(KEY, list);
        table.compact();
        table.put(new byte[] {0, 2}, new byte[1]);
        assertThat(table.get(KEY)).isEqualTo(list);
        assertThat(table.get(new byte[] {0, 2})).hasSize(1);
      }
    }
  }

  /** A state that is registered again lives by what is said then, in files of before as well. */
  @Test
  void theLatestOfSeveralCounts() throws IOException {
    Expiry.Elements elements = new Expiry.Elements(() -> (bytes, start) -> start + 8);
    for (Expiry.Layout layout : List.of(new Expiry.SingleValue(), elements)) {
      try (Database database = open(null)) {
        Table table = database.createTable("t", AccessPattern.KEYS);
        byte[] written = ByteBuffer.allocate(8).putLong(now.get()).array();
        for (long timeToLive : new long[] {1_000, 5_000, 1, 3_000, Long.MAX_VALUE, 2_000}) {
          table.put(KEY, written);
          long time = now.get();
          table.expire(new Expiry(layout, Duration.ofMillis(timeToLive), 1, Duration.ofHours(1)));
          if (timeToLive != Long.MAX_VALUE) {
            now.set(time + timeToLive - 1);
          }
          table.compact();
          assertThat(table.get(KEY)).as("within %d ms", timeToLive).isNotNull();
          if (timeToLive != Long.MAX_VALUE) {
            now.set(time + timeToLive);
            table.expire(null);
            table.compact();
            assertThat(table.get(KEY)).as("while nothing expires").isNotNull();
            table.expire(new Expiry(layout, Duration.ofMillis(timeToLive), 1, Duration.ofHours(1)));
            table.compact();
            assertThat(table.get(KEY)).as("after %d ms", timeToLive).isNull();
          }
          now.set(time);
        }
      }
    }
  }

  /** RocksDB knows the length of elements by heart, and would cut them off anywhere. */
  @Test
  void elementsOfAnotherLengthStay() throws IOException {
    try (Database database = open(null)) {
      Table table = database.createTable("list", AccessPattern.KEYS);
      table.expire(expiry(new Expiry.FixedElements(9)));
      for (Expiry.Layout other :
          List.of(
              new Expiry.FixedElements(10),
              new Expiry.Elements(() -> (bytes, start) -> start + 9))) {
        table.expire(expiry(other));
        byte[] list = ByteBuffer.allocate(19).putLong(1).put(9, (byte) ',').array();
        table.put(KEY, list);
        table.compact();
        assertThat(table.get(KEY)).isEqualTo(list);
      }
    }
  }

  /** To make what tells elements apart is the user's code, too, on a thread of RocksDB's. */
  @Test
  void aSerializerThatCannotBeCopiedEndsNothing() throws IOException {
    try (Database database = open(null)) {
      Table table = database.createTable("list", AccessPattern.KEYS);
      table.expire(
          expiry(
              new Expiry.Elements(
                  () -> {
                    throw new AssertionError("planted");
                  })));
      table.put(KEY, new byte[17]);
      table.compact();
      assertThat(table.get(KEY)).hasSize(17);
    }
  }

  /** A compaction that lasts asks for the time again after so many entries, not for each. */
  @Test
  void theTimeIsAskedForNowAndThen() throws IOException {
    AtomicLong asked = new AtomicLong();
    try (Database database =
        open(
            null,
            () -> {
              asked.incrementAndGet();
              return now.get();
            })) {
      Table table = database.createTable("t", AccessPattern.KEYS);
      table.expire(
          new Expiry(
              new Expiry.SingleValue(), Duration.ofMillis(TIME_TO_LIVE), 100, Duration.ZERO));
      for (int entry = 0; entry < 1_000; entry++) {
        table.put(
            ByteBuffer.allocate(6).putInt(2, entry).array(),
            ByteBuffer.allocate(8).putLong(now.get()).array());
      }
      table.compact();
      assertThat(asked.get()).isBetween(5L, 30L);
    }
  }

  /** The database is opened again with other options as it grows; the filter has to come along. */
  @Test
  void itGoesOnInADatabaseThatIsOpenedAgain() throws Exception {
    MemoryShare memory =
        MemoryShare.allocate(2 << 20, 0.5, 0.1, BlockCache.CLOCK, IndexPartitions.WHERE_NEEDED);
    try (Database database = open(memory)) {
      Table table = database.createTable("t", AccessPattern.KEYS);
      table.expire(expiry(new Expiry.SingleValue()));
      Random random = new Random(5);
      byte[] value = new byte[1_000];
      int entries = 0;
      while (!database.usesIndexPartitions()) {
        for (int i = 0; i < 10_000; i++, entries++) {
          random.nextBytes(value);
          ByteBuffer.wrap(value).putLong(now.get());
          table.put(ByteBuffer.allocate(6).putInt(2, entries).array(), value);
        }
        flush(database);
      }
      byte[] some = ByteBuffer.allocate(6).putInt(2, entries / 2).array();
      table.compact();
      assertThat(table.get(some)).isNotNull();
      now.addAndGet(TIME_TO_LIVE);
      table.compact();
      assertThat(table.get(some)).isNull();
      assertThat(table.property("rocksdb.total-sst-files-size")).isZero();
    } finally {
      memory.close();
    }
  }

  private static Expiry expiry(Expiry.Layout layout) {
    return new Expiry(layout, Duration.ofMillis(TIME_TO_LIVE), 1, Duration.ofHours(1));
  }

  private Database open(MemoryShare memory) throws IOException {
    return open(memory, now::get);
  }

  private Database open(MemoryShare memory, LongSupplier clock) throws IOException {
    return Database.create(
        newDirectory(),
        new DatabaseSpecification(
            BackendSettings.defaults().database(), null, memory, List.of(), 0, clock));
  }
}
