package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.config.BlockCache;
import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.config.IndexPartitions;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/** The block cache, and indexes and filters that fit it or are cut into partitions that do. */
class BlockMemoryTest extends DatabaseFixture {

  private static final String READ_INTO_CACHE = "BLOCK_CACHE_BYTES_WRITE";

  /** Whole indexes that do not fit the cache are read as a whole for each key. */
  @Test
  void aReadTakesFewBytesIntoACacheThatIsTooSmallForIndexes() throws IOException {
    assertThat(bytesIntoCacheForARead(IndexPartitions.NEVER)).isGreaterThan(100_000);
    assertThat(bytesIntoCacheForARead(IndexPartitions.WHERE_NEEDED)).isLessThan(20_000);
  }

  private long bytesIntoCacheForARead(IndexPartitions partitions) throws IOException {
    int keys = 300_000;
    long expected = 60 << 20;
    MemoryShare memory = MemoryShare.allocate(600 << 10, 0.9, 0.1, BlockCache.CLOCK, partitions);
    try (Database database = open(memory, expected)) {
      Table table = database.createTable("values", AccessPattern.KEYS);
      byte[] value = new byte[100];
      Random random = new Random(7);
      for (int entry = 0; entry < keys; entry++) {
        random.nextBytes(value);
        table.put(key(entry, 0), value);
      }
      table.compact();

      long before = database.ticker(READ_INTO_CACHE);
      int reads = 500;
      for (int read = 0; read < reads; read++) {
        assertThat(table.get(key(random.nextInt(keys), 0))).isNotNull();
      }
      return (database.ticker(READ_INTO_CACHE) - before) / reads;
    } finally {
      close(memory);
    }
  }

  /** A job that begins small and grows: the database is opened again, and nobody notices. */
  @Test
  void indexesAreCutOnceTheStateHasOutgrownTheCache() throws Exception {
    MemoryShare memory =
        MemoryShare.allocate(6 << 20, 0.5, 0.1, BlockCache.CLOCK, IndexPartitions.WHERE_NEEDED);
    assertThat(memory.usesIndexPartitions(0)).isFalse();
    Random random = new Random(3);
    try (Database database = open(memory, 0)) {
      Table table = database.createTable("values", AccessPattern.KEYS);
      Table lists = database.createTable("lists", AccessPattern.KEYS);
      Table dropped = database.createTable("dropped", AccessPattern.KEYS_AND_RANGES);
      dropped.put(key(0, 0), new byte[1]);
      database.dropTable(dropped);
      byte[] value = new byte[1_000];
      int entries = 0;
      do {
        for (int i = 0; i < 20_000; i++, entries++) {
          random.nextBytes(value);
          table.put(key(entries, 0), value);
        }
        lists.merge(key(0, 0), new byte[] {1});
        lists.merge(key(0, 0), new byte[] {2});
        assertThat(database.usesIndexPartitions()).isFalse();
        // Somebody reads: not now.
        try (Cursor cursor = table.cursor(key(0, 0), key(1, 0))) {
          flush(database);
          cursor.seekToFirst();
          assertThat(cursor.isValid()).isTrue();
        }
        try (Lease lease = database.lease()) {
          flush(database);
        }
        assertThat(database.usesIndexPartitions()).isFalse();
        flush(database);
      } while (!database.usesIndexPartitions() && entries < 400_000);

      assertThat(database.usesIndexPartitions()).isTrue();
      assertThat(database.tables()).containsExactly(table, lists);
      for (int read = 0; read < 2_000; read++) {
        assertThat(table.contains(key(random.nextInt(entries), 0))).isTrue();
        assertThat(table.contains(key(random.nextInt(entries), 1))).isFalse();
      }
      int appended = entries / 20_000;
      assertThat(lists.get(key(0, 0))).hasSize(4 * appended - 1);
      lists.merge(key(0, 0), new byte[] {3});
      assertThat(lists.get(key(0, 0))).hasSize(4 * appended + 1);
      try (Cursor cursor = table.cursor(key(0, 0), key(entries, 0))) {
        int walked = 0;
        for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
          walked++;
        }
        assertThat(walked).isEqualTo(entries);
      }
      database.createTable("late", AccessPattern.KEYS).put(key(0, 0), value);
      flush(database);
    } finally {
      close(memory);
    }
  }

  /** Whoever opens it again fails: the task must end, and nothing native may be left. */
  @Test
  void aDatabaseThatCannotBeOpenedAgainIsClosed() throws Exception {
    MemoryShare memory =
        MemoryShare.allocate(2 << 20, 0.5, 0.1, BlockCache.CLOCK, IndexPartitions.WHERE_NEEDED);
    FailingFactory factory = new FailingFactory();
    try (Database database = Database.create(newDirectory(), specification(factory, memory, 0))) {
      Table table = database.createTable("values", AccessPattern.KEYS);
      Random random = new Random(5);
      byte[] value = new byte[1_000];
      for (int entry = 0; entry < 30_000; entry++) {
        random.nextBytes(value);
        table.put(key(entry, 0), value);
      }
      factory.fails = true;
      assertThatThrownBy(() -> flush(database)).hasMessage("the user's factory");

      assertThatThrownBy(() -> table.get(key(0, 0))).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(database::view).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(database::lease).isInstanceOf(IOException.class);
    } finally {
      close(memory);
    }
  }

  private static final class FailingFactory implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1L;
    private boolean fails;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handlesToClose) {
      return current;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handlesToClose) {
      if (fails) {
        throw new IllegalStateException("the user's factory");
      }
      return current;
    }
  }

  /** Options allow it, and stock's jobs run with it. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1_000, 1 << 20, 2 << 20})
  void hardlyAnyMemoryIsEnough(long bytes) throws IOException {
    MemoryShare memory =
        MemoryShare.allocate(bytes, 0.5, 0.1, BlockCache.CLOCK, IndexPartitions.WHERE_NEEDED);
    try (Database database = open(memory, 0)) {
      Table table = database.createTable("values", AccessPattern.KEYS);
      for (int entry = 0; entry < 1_000; entry++) {
        table.put(key(entry, 0), new byte[100]);
      }
      flush(database);
      for (int entry = 0; entry < 1_000; entry++) {
        assertThat(table.get(key(entry, 0))).hasSize(100);
      }
    } finally {
      close(memory);
    }
  }

  /** A block that does not fit its shard is never cached, however large the cache is. */
  @Test
  void shardsOfTheCacheHaveRoomForLargeBlocks() {
    for (long megabytes : new long[] {1, 10, 40, 63, 64, 107, 128, 1_000, 10_000, 100_000}) {
      long capacity = megabytes << 20;
      int bits = MemoryShare.shardBits(capacity);
      assertThat(bits).isBetween(0, 6);
      assertThat(bits == 0 || capacity >> bits >= 32 << 20).isTrue();
    }
    assertThat(MemoryShare.shardBits(1L << 30)).isEqualTo(5);
  }

  @Test
  void partitionsAreUsedWhereWholeIndexesWouldNotFit() {
    long gigabyte = 1L << 30;
    assertThat(IndexPartitions.WHERE_NEEDED.areUsed(gigabyte, 10 * gigabyte)).isFalse();
    assertThat(IndexPartitions.WHERE_NEEDED.areUsed(gigabyte, 20 * gigabyte)).isTrue();
    assertThat(IndexPartitions.WHERE_NEEDED.areUsed(1 << 20, 0)).isFalse();
    assertThat(IndexPartitions.NEVER.areUsed(1 << 20, 20 * gigabyte)).isFalse();
    assertThat(IndexPartitions.ALWAYS.areUsed(gigabyte, 0)).isTrue();
  }

  /** A native object that is made once, and handed over to be closed once. */
  private static final class FactoryOfOneFilter implements RocksDBOptionsFactory {

    private static final long serialVersionUID = 1L;
    private transient @Nullable BloomFilter filter;
    private int tables;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handlesToClose) {
      if (filter == null) {
        filter = new BloomFilter(10, false);
        handlesToClose.add(filter);
      }
      assertThat(filter.isOwningHandle()).as("not closed while it is given out").isTrue();
      return current;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handlesToClose) {
      tables++;
      BloomFilter shared = Objects.requireNonNull(filter);
      assertThat(shared.isOwningHandle()).as("not closed while it is given out").isTrue();
      ((BlockBasedTableConfig) current.tableFormatConfig()).setFilterPolicy(shared);
      return current;
    }
  }

  @Test
  void whatAFactoryHasMadeOnceIsThereForAsLongAsAnyDatabase() throws IOException {
    MemoryShare memory =
        MemoryShare.allocate(2 << 20, 0.5, 0.1, BlockCache.CLOCK, IndexPartitions.WHERE_NEEDED);
    FactoryOfOneFilter factory = new FactoryOfOneFilter();
    DatabaseSpecification specification = specification(factory, memory, 0);
    byte[] value = new byte[1_000];
    Random random = new Random(5);
    try (Database database = Database.create(newDirectory(), specification)) {
      Table table = database.createTable("values", AccessPattern.KEYS);
      Database.create(newDirectory(), specification).close();
      int before = factory.tables;
      for (int entry = 0; !database.usesIndexPartitions() && entry < 400_000; entry++) {
        random.nextBytes(value);
        table.put(key(entry, 0), value);
        if (entry % 5_000 == 0) {
          flush(database);
        }
      }
      assertThat(factory.tables).as("opened again").isGreaterThan(before);
      database.createTable("later", AccessPattern.KEYS).put(key(0, 0), value);
      assertThat(table.get(key(0, 0))).isNotNull();
    } finally {
      close(memory);
    }
    assertThat(Objects.requireNonNull(factory.filter).isOwningHandle()).isFalse();
  }

  private Database open(MemoryShare memory, long expectedBytes) throws IOException {
    return Database.create(newDirectory(), specification(null, memory, expectedBytes));
  }

  private static DatabaseSpecification specification(
      @Nullable RocksDBOptionsFactory factory, MemoryShare memory, long expectedBytes) {
    return new DatabaseSpecification(
        DatabaseSettings.defaults(),
        factory,
        memory,
        List.of(READ_INTO_CACHE),
        expectedBytes,
        () -> 0L);
  }

  private static void close(MemoryShare memory) throws IOException {
    try {
      memory.close();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
