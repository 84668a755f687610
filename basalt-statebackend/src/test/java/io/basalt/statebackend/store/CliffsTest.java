package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.config.BackendSettings;
import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What once made a single read take milliseconds: measured in entries stepped over and in bytes
 * read, which RocksDB counts, and never in time.
 */
@Timeout(120)
class CliffsTest extends DatabaseFixture {

  private static final String STEPPED_OVER = "NUMBER_ITER_SKIP";
  private static final String DATA_BLOCKS_MISSED = "BLOCK_CACHE_DATA_MISS";
  private static final int MAP_ENTRIES = 2_000;
  private static final String DATA_BLOCKS_HIT = "BLOCK_CACHE_DATA_HIT";

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
      await(() -> table.property("rocksdb.num-files-at-level0") == 0);

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

      // Four in a hundred by chance, at seven bits a key.
      assertThat(blocksAskedForAbsent(database, table)).isLessThan(600);
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
      await(table::takesRangeDeletions);
      // Those in files are looked at now and then, and taken away by compactions.
      while (taken < 20 * RangeDeletions.MOST_IN_FILES && table.takesRangeDeletions()) {
        table.deleteRange(key(1, taken), key(1, taken + 1));
        taken++;
        if (taken % RangeDeletions.MOST_IN_MEMTABLE == 0) {
          flush(database);
          if (taken < RangeDeletions.MOST_IN_FILES) {
            await(table::takesRangeDeletions);
          }
        }
      }
      assertThat(taken).isLessThanOrEqualTo(2 * RangeDeletions.MOST_IN_FILES);
    }
  }

  // Often: RocksDB's threads tell of flushes late, and at any time.
  @RepeatedTest(20)
  @Timeout(30)
  void filesOfMapsThatWereClearedAreGoneSoonAfterTheClearIsFlushed() throws IOException {
    try (Database database = open(Map.of())) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      fill(database, table, 5);

      // Two of five maps are not worth the rewriting of all, a third one is.
      table.deleteRange(key(1, 0), key(2, 0));
      table.deleteRange(key(4, 0), key(5, 0));
      flush(database);
      assertThat(table.files()).hasSize(2).allMatch(file -> file.level() == 0);
      table.deleteRange(key(2, 0), key(3, 0));
      flush(database);
      await(() -> table.files().stream().noneMatch(file -> file.level() == 0));

      assertThat(table.property("rocksdb.estimate-num-keys")).isEqualTo(2 * MAP_ENTRIES);
      for (int map = 0; map < 5; map++) {
        assertThat(isEmpty(table, map)).isEqualTo(map == 1 || map == 2 || map == 4);
        assertThat(table.contains(key(map, 7))).isEqualTo(map == 0 || map == 3);
      }
    }
  }

  /** After a rescale: however little it is, the next one must copy entries because of it. */
  @Test
  @Timeout(30)
  void fewThatWereDeletedAreMergedAwayIfTheyAreInTheWay() throws IOException {
    try (Database database = open(Map.of())) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      fill(database, table, 5);
      table.deleteRange(key(4, 0), key(5, 0));
      table.mergeDeletedRanges();
      assertThat(table.hasFileOf(key(4, 0), key(5, 0))).isTrue();

      flush(database);
      await(() -> !table.hasFileOf(key(4, 0), key(5, 0)));

      assertThat(isEmpty(table, 3)).isFalse();
      assertThat(isEmpty(table, 4)).isTrue();
    }
  }

  @Test
  @Timeout(30)
  void whatAViewStillSeesIsNotRewrittenForNothing() throws IOException, InterruptedException {
    try (Database database = open(Map.of())) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      fill(database, table, 2);
      try (ReadView view = database.view();
          Cursor cursor = table.cursor(key(0, 0), key(3, 0), view)) {
        table.deleteRange(key(0, 0), key(2, 0));
        flush(database);
        ColumnFamilyTable cleared = ColumnFamilyTable.of(table);
        // When the table has heard of the flush.
        await(() -> ClearedFiles.isMostlyCleared(cleared));
        new ClearedFiles(database, () -> true).lookAt(cleared);
        awaitRewriting();
        assertThat(table.files()).hasSize(2).allMatch(file -> file.level() == 0);
        cursor.seekToFirst();
        assertThat(cursor.isValid()).isTrue();
      }
      // What the view has put off comes with the next flush, unless RocksDB, which looks for such
      // files when it lets go of a snapshot, was faster: then the new file stays as it is.
      table.put(key(5, 5), new byte[1]);
      flush(database);
      await(() -> table.files().size() == 1);
      assertThat(table.property("rocksdb.estimate-num-keys")).isEqualTo(1);
    }
  }

  /** Without a wait for RocksDB to begin it; the view is for nobody else to begin it. */
  @Test
  void filesOfMapsThatWereClearedAreRewrittenOnAThreadOfTheirOwn()
      throws IOException, InterruptedException {
    try (Database database = open(Map.of())) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      fill(database, table, 2);
      try (ReadView unused = database.view()) {
        table.deleteRange(key(0, 0), key(2, 0));
        flush(database);
        ColumnFamilyTable cleared = ColumnFamilyTable.of(table);
        await(() -> ClearedFiles.isMostlyCleared(cleared));
        new ClearedFiles(database, () -> false).lookAt(cleared);
        awaitRewriting();
        assertThat(table.files()).isNotEmpty().noneMatch(file -> file.level() == 0);
      }
    }
  }

  /** For whoever has begun, on a thread that has been started by then. */
  private static void awaitRewriting() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("basalt-cleared-files")) {
        thread.join();
      }
    }
  }

  /** Compactions of RocksDB's own would have to wait for the end of a merge of all of it. */
  @Test
  void aTableLargerThanTheFirstLevelIsLeftToRocksDb() throws IOException {
    try (Database database =
        open(Map.of(RocksDBConfigurableOptions.MAX_SIZE_LEVEL_BASE.key(), "1mb"))) {
      Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
      fill(database, table, 5);
      table.deleteRange(key(1, 0), key(5, 0));
      assertThat(isEmpty(table, 0)).isFalse();
      Map<NativeCount.Kind, Long> beforeTheFlushWasHeardOf = NativeCount.open();
      flush(database);
      // The idle iterator goes when the table has heard of it.
      await(() -> !NativeCount.open().equals(beforeTheFlushWasHeardOf));
      ColumnFamilyTable cleared = ColumnFamilyTable.of(table);

      assertThat(cleared.rangeDeletions().coveredBytes()).isGreaterThan(500_000);
      assertThat(ClearedFiles.isMostlyCleared(cleared)).isFalse();
      assertThat(isEmpty(table, 0)).isFalse();
      assertThat(isEmpty(table, 3)).isTrue();
    }
  }

  /** Whatever the thread is at when the database closes, nothing is read that is freed. */
  @Test
  void aDatabaseClosesWhileClearedFilesAreBeingRewritten() throws IOException {
    for (int time = 0; time < 20; time++) {
      Path directory = newDirectory();
      try (Database database = open(directory, Map.of())) {
        Table table = database.createTable("map", AccessPattern.KEYS_AND_RANGES);
        fill(database, table, 2);
        table.deleteRange(key(1, time), key(2, 0));
        flush(database);
        table.put(key(5, 5), new byte[1]);
        flush(database);
      }
      try (Database database =
          Database.openFiles(
              directory, specification(Map.of()), Map.of("map", AccessPattern.KEYS_AND_RANGES))) {
        Table table = Objects.requireNonNull(database.find("map"));
        assertThat(isEmpty(table, 0)).isFalse();
        assertThat(isEmpty(table, 1)).isEqualTo(time == 0);
        assertThat(table.contains(key(5, 5))).isTrue();
      }
    }
  }

  /** Maps of entries that do not compress, in one file. */
  private void fill(Database database, Table table, int maps) throws IOException {
    Random random = new Random(1);
    byte[] value = new byte[100];
    for (int map = 0; map < maps; map++) {
      for (int entry = 0; entry < MAP_ENTRIES; entry++) {
        random.nextBytes(value);
        table.put(key(map, entry), value);
      }
    }
    flush(database);
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
      await(() -> NativeCount.open().equals(without));
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

  private Database open(Map<String, String> options) throws IOException {
    return open(newDirectory(), options);
  }

  private Database open(Path directory, Map<String, String> options) throws IOException {
    return Database.create(directory, specification(options));
  }

  private DatabaseSpecification specification(Map<String, String> options) {
    DatabaseSettings settings =
        BackendSettings.defaults()
            .configured(Configuration.fromMap(options), getClass().getClassLoader())
            .database();
    List<String> tickers = List.of(STEPPED_OVER, DATA_BLOCKS_MISSED, DATA_BLOCKS_HIT);
    return new DatabaseSpecification(settings, null, null, tickers, 0, () -> 0L);
  }
}
