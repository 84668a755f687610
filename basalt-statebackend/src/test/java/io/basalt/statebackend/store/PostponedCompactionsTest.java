package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/** Files that were put together stay as they are until the first checkpoint, or the first flush. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PostponedCompactionsTest extends DatabaseFixture {

  /** With tiny files RocksDB merges three. */
  private static final int FILES = 6;

  @Test
  void nothingIsMergedBeforeTheFirstCheckpointAndAllIsAfterwards() throws IOException {
    Path directory = manyFiles();
    try (Database database = open(directory, new TinyFiles())) {
      Table table = Objects.requireNonNull(database.find("state"));
      // What a restore writes does not count.
      table.deleteRange(key(7, 0), key(8, 0));
      database.writeFiles();
      assertThat(inLevelZero(table)).isEqualTo(FILES + 1);

      flush(database);

      await(() -> inLevelZero(table) < 3);
      assertHolds(table);
      Table later = database.createTable("later", AccessPattern.KEYS_AND_RANGES);
      for (int file = 0; file < FILES; file++) {
        later.put(key(1, file), new byte[1]);
        flush(database);
      }
      await(() -> inLevelZero(later) < 3);
    }
  }

  @Test
  void theFirstFlushOfWhatWasWrittenSinceEndsTheWait() throws IOException {
    Path directory = manyFiles();
    try (Database database = open(directory, new TinyFiles())) {
      Table table = Objects.requireNonNull(database.find("state"));
      byte[] value = new byte[1_000];
      for (int entry = 0; inLevelZero(table) >= FILES; entry++) {
        table.put(key(2, entry), value);
      }
      assertHolds(table);
    }
  }

  /** Whoever lets RocksDB merge nothing goes on doing so. */
  @Test
  void whatTheUserHasSwitchedOffStaysOff() throws IOException {
    Path directory = manyFiles();
    try (Database database = open(directory, new NoCompactions())) {
      Table table = Objects.requireNonNull(database.find("state"));
      table.put(key(7, 7), new byte[1]);
      flush(database);

      assertThat(ColumnFamilyTable.of(table).options().disableAutoCompactions()).isTrue();
      assertThat(inLevelZero(table)).isEqualTo(FILES + 1);
      assertHolds(table);
    }
  }

  /** Closed at every moment around the end of the wait. */
  @Test
  void aDatabaseClosesWhileCompactionsBegin() throws IOException {
    for (int time = 0; time < 20; time++) {
      Path directory = manyFiles();
      try (Database database = open(directory, new TinyFiles())) {
        Table table = Objects.requireNonNull(database.find("state"));
        byte[] value = new byte[1_000];
        for (int entry = 0; entry < 55 + time; entry++) {
          table.put(key(2, entry), value);
        }
        assertHolds(table);
      }
    }
  }

  /** Of one entry each, all in level 0. */
  private Path manyFiles() throws IOException {
    Path files = newDirectory();
    try (Database database = Database.create(newDirectory(), specification(new NoCompactions()))) {
      Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
      for (int file = 0; file < FILES; file++) {
        table.put(key(1, 0), new byte[] {(byte) file});
        table.put(key(1, 1 + file), new byte[1]);
        database.writeFiles();
      }
      database.linkFiles(files);
    }
    try (var all = Files.list(files)) {
      assertThat(all.filter(file -> file.toString().endsWith(".sst"))).hasSize(FILES);
    }
    return files;
  }

  private static void assertHolds(Table table) {
    assertThat(table.get(key(1, 0))).containsExactly(FILES - 1);
    for (int file = 0; file < FILES; file++) {
      assertThat(table.contains(key(1, 1 + file))).isTrue();
    }
  }

  private static long inLevelZero(Table table) {
    return table.files().stream().filter(file -> file.level() == 0).count();
  }

  private static Database open(Path directory, RocksDBOptionsFactory factory) throws IOException {
    return Database.openFiles(
        directory,
        specification(factory).postponingCompactions(),
        Map.of("state", AccessPattern.KEYS_AND_RANGES));
  }

  private static DatabaseSpecification specification(RocksDBOptionsFactory factory) {
    return new DatabaseSpecification(
        DatabaseSettings.defaults(), factory, null, List.of(), 0, () -> 0L);
  }

  private static final class NoCompactions implements RocksDBOptionsFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handles) {
      return current;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handles) {
      return current.setDisableAutoCompactions(true);
    }
  }
}
