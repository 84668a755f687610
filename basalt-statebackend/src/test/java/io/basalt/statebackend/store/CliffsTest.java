package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.config.BackendSettings;
import io.basalt.statebackend.config.BlockCache;
import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.config.IndexPartitions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What once made a single read take milliseconds: measured in entries stepped over and in bytes
 * read, which RocksDB counts, and never in time.
 */
@Timeout(120)
class CliffsTest {

  private static final String STEPPED_OVER = "NUMBER_ITER_SKIP";
  private static final String READ_INTO_CACHE = "BLOCK_CACHE_BYTES_WRITE";
  private static final String DATA_BLOCKS_MISSED = "BLOCK_CACHE_DATA_MISS";
  private static final String DATA_BLOCKS_HIT = "BLOCK_CACHE_DATA_HIT";

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private int files;

  @BeforeEach
  void load() throws IOException {
    NativeLibrary.load(temporary);
    openBefore = NativeCount.open();
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  /** Without the compaction, which would take them away: this is about the bounds. */
  @ParameterizedTest
  @ValueSource(ints = {1_000, 10_000, 100_000})
  void deletedNeighboursAreNotSteppedOver(int deleted) throws IOException {
    try (Database database = open(Map.of(BasaltOptions.MAP_COMPACT_DELETIONS.key(), "false"))) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      putAndDelete(database, table, deleted);
      table.put(key(2, 0), new byte[1]);
      flush(database);

      long before = database.ticker(STEPPED_OVER);
      assertThat(isEmpty(table, 0)).isTrue();
      assertThat(isEmpty(table, 2)).isFalse();

      assertThat(database.ticker(STEPPED_OVER) - before).isLessThan(10);
    }
  }

  /** Bounds are of no use among a map's own deletions: compaction takes them away at once. */
  @ParameterizedTest
  @ValueSource(ints = {5_000, 50_000})
  void ownDeletionsAreGoneSoonAfterTheyAreFlushed(int deleted) throws IOException {
    try (Database database = open(Map.of())) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      table.put(key(0, 0), new byte[1]);
      putAndDelete(database, table, deleted);
      while (table.property("rocksdb.num-files-at-level0") > 0) {
        Thread.onSpinWait();
      }

      long before = database.ticker(STEPPED_OVER);
      assertThat(isEmpty(table, 1)).isTrue();

      assertThat(database.ticker(STEPPED_OVER) - before).isLessThan(10);
    }
  }

  /** It is not done where nobody walks over ranges, or where the user does not want it. */
  @Test
  void deletionsStayWhereTheyHarmNobody() throws IOException {
    try (Database database = open(Map.of(BasaltOptions.MAP_COMPACT_DELETIONS.key(), "false"))) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      putAndDelete(database, table, 20_000);
      assertThat(table.property("rocksdb.num-files-at-level0")).isEqualTo(2);
    }
    try (Database database = open(Map.of())) {
      Table table = database.createTable("values", AccessPattern.KEYS);
      putAndDelete(database, table, 20_000);
      assertThat(table.property("rocksdb.num-files-at-level0")).isEqualTo(2);
    }
  }

  @Test
  void anAbsentKeyIsNotLookedForInBlocks() throws IOException {
    try (Database database = open(Map.of())) {
      Table table = database.createTable("values", AccessPattern.KEYS);
      Table ranges = database.createTable("timers", AccessPattern.RANGES);
      for (int entry = 0; entry < 20_000; entry += 2) {
        table.put(key(entry, 0), new byte[8]);
        ranges.put(key(entry, 0), new byte[8]);
      }
      flush(database);

      // One in a hundred by chance, at ten bits a key.
      assertThat(blocksAskedForAbsent(database, table)).isLessThan(300);
      assertThat(blocksAskedForAbsent(database, ranges)).isGreaterThan(9_000);
    }
  }

  private static long blocksAskedForAbsent(Database database, Table table) {
    long before = database.ticker(DATA_BLOCKS_MISSED) + database.ticker(DATA_BLOCKS_HIT);
    for (int entry = 1; entry < 20_000; entry += 2) {
      assertThat(table.get(key(entry, 0))).isNull();
    }
    return database.ticker(DATA_BLOCKS_MISSED) + database.ticker(DATA_BLOCKS_HIT) - before;
  }

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
    try (Database database = open(Map.of(), memory, expected, List.of(READ_INTO_CACHE))) {
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
    try (Database database = open(Map.of(), memory, 0, List.of(STEPPED_OVER))) {
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

  @Test
  void memtablesGetAFilterWhileReadsMiss() throws IOException {
    try (Database database = open(Map.of())) {
      Table table = database.createTable("values", AccessPattern.KEYS);
      table.put(key(1, 1), new byte[1]);
      read(table, key(1, 1), 2 * MissedReads.WINDOW);
      assertThat(table.hasAdaptedMemtableFilter()).isFalse();

      read(table, key(0, 0), MissedReads.WINDOW);
      assertThat(table.hasAdaptedMemtableFilter()).isTrue();

      // Takes effect with the next memtable, in which everything is found nevertheless.
      flush(database);
      for (int entry = 0; entry < 1_000; entry += 2) {
        table.put(key(2, entry), new byte[1]);
      }
      for (int entry = 0; entry < 1_000; entry++) {
        assertThat(table.contains(key(2, entry))).isEqualTo(entry % 2 == 0);
      }

      read(table, key(1, 1), 2 * MissedReads.WINDOW);
      assertThat(table.hasAdaptedMemtableFilter()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"OFF", "ON"})
  void aMemtableFilterThatIsPinnedStays(String pinned) throws IOException {
    try (Database database = open(Map.of(BasaltOptions.MEMTABLE_FILTER.key(), pinned))) {
      Table table = database.createTable("values", AccessPattern.KEYS);
      read(table, key(0, 0), 2 * MissedReads.WINDOW);
      assertThat(table.hasAdaptedMemtableFilter()).isFalse();
    }
  }

  @Test
  void thereAreNeverTooManyRangeDeletions() throws IOException {
    try (Database database = open(Map.of())) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      table.put(key(0, 0), new byte[1]);
      int taken = 0;
      while (table.takesRangeDeletions()) {
        table.deleteRange(key(1, taken), key(1, taken + 1));
        taken++;
      }
      assertThat(taken).isEqualTo(RangeDeletions.MOST_IN_MEMTABLE);

      flush(database);
      while (!table.takesRangeDeletions()) {
        Thread.onSpinWait();
      }
      // Those in files are looked at now and then, and taken away by compactions.
      while (taken < 20 * RangeDeletions.MOST_IN_FILES && table.takesRangeDeletions()) {
        table.deleteRange(key(1, taken), key(1, taken + 1));
        taken++;
        if (taken % RangeDeletions.MOST_IN_MEMTABLE == 0) {
          flush(database);
          while (taken < RangeDeletions.MOST_IN_FILES && !table.takesRangeDeletions()) {
            Thread.onSpinWait();
          }
        }
      }
      assertThat(taken).isLessThanOrEqualTo(2 * RangeDeletions.MOST_IN_FILES);
    }
  }

  /** An idle iterator would keep memtables and files that nobody needs any more. */
  @Test
  void iteratorsThatAreKeptLetGoOfWhatHasBeenReplaced() throws IOException {
    try (Database database = open(Map.of())) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      table.put(key(1, 1), new byte[1]);
      Map<NativeCount.Kind, Long> without = NativeCount.open();
      assertThat(isEmpty(table, 1)).isFalse();
      Map<NativeCount.Kind, Long> with = NativeCount.open();
      assertThat(with).isNotEqualTo(without);
      assertThat(isEmpty(table, 2)).isTrue();
      assertThat(NativeCount.open()).isEqualTo(with);

      flush(database);
      while (!NativeCount.open().equals(without)) {
        Thread.onSpinWait();
      }
      assertThat(isEmpty(table, 1)).isFalse();
      database.view().close();
      assertThat(NativeCount.open()).isEqualTo(without);
    }
  }

  private static void read(Table table, byte[] key, int times) {
    for (int time = 0; time < times; time++) {
      table.get(key);
    }
  }

  /** Entries of the map 1, written to files, and then their deletions. */
  private void putAndDelete(Database database, Table table, int entries) throws IOException {
    for (int entry = 0; entry < entries; entry++) {
      table.put(key(1, entry), new byte[8]);
    }
    flush(database);
    for (int entry = 0; entry < entries; entry++) {
      table.delete(key(1, entry));
    }
    flush(database);
  }

  private static boolean isEmpty(Table table, int map) {
    try (Cursor cursor = table.cursor(key(map, 0), key(map + 1, 0))) {
      cursor.seekToFirst();
      return !cursor.isValid();
    }
  }

  private void flush(Database database) throws IOException {
    database.linkFiles(temporary.resolve("files-" + files++));
  }

  private Database open(Map<String, String> options) throws IOException {
    return open(options, null, 0, List.of(STEPPED_OVER, DATA_BLOCKS_MISSED, DATA_BLOCKS_HIT));
  }

  private Database open(
      Map<String, String> options,
      @Nullable MemoryShare memory,
      long expectedBytes,
      List<String> tickers)
      throws IOException {
    DatabaseSettings settings =
        BackendSettings.defaults()
            .configured(Configuration.fromMap(options), getClass().getClassLoader())
            .database();
    return Database.create(
        temporary.resolve("db-" + files++),
        new DatabaseSpecification(settings, null, memory, tickers, expectedBytes, () -> 0L));
  }

  private static void close(MemoryShare memory) throws IOException {
    try {
      memory.close();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private static byte[] key(int map, int entry) {
    return ByteBuffer.allocate(8).putInt(map).putInt(entry).array();
  }
}
