package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files in the place of a table's, and files that are added to one. */
class TableRewriteTest extends DatabaseFixture {

  @Test
  void aTableThatCouldNotBeReplacedIsInNoSnapshot() throws Exception {
    Path directory = newDirectory();
    try (Database database = Database.create(directory, specification(null))) {
      Table table = database.createTable("state", AccessPattern.KEYS);
      table.put(key(1, 1), new byte[1]);
      flush(database);
      try (TableRewrite rewrite = Objects.requireNonNull(database.rewrite(table))) {
        try (SortedFiles run = rewrite.newRun(new EntryBuffers())) {
          run.put(key(1, 1), new byte[2]);
          run.finish();
        }
        delete(temporary, path -> path.getFileName().toString().startsWith("run-"));

        assertThatThrownBy(rewrite::replace)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("'state'");
      }

      // It would be empty.
      assertThatThrownBy(() -> flush(database))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'state'");
      assertThatThrownBy(database::view).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> table.get(key(1, 1))).isInstanceOf(IllegalStateException.class);
    }
  }

  /** Also where there are to be few: a file that is not complete is in memory in part. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void filesOfLargeValuesAreNoLongerThanTheyShouldBe(boolean few) throws IOException {
    byte[] value = new byte[100_000];
    try (Database database = Database.create(newDirectory(), specification(new TinyFiles()))) {
      Table table = database.createTable("state", AccessPattern.KEYS);
      try (TableAddition addition = database.addition(table, few)) {
        try (SortedFiles run = addition.newRun(new EntryBuffers())) {
          for (int entry = 0; entry < 100; entry++) {
            run.put(key(1, entry), value);
          }
          run.finish();
        }
        addition.add();
      }

      assertThat(table.files()).hasSizeBetween(few ? 2 : 9, few ? 3 : 10);
      assertThat(table.get(key(1, 99))).isEqualTo(value);
    }
  }

  @Test
  void tablesThatComeAndGoLeaveNothingBehind() throws IOException {
    try (Database database = Database.create(newDirectory(), specification(null))) {
      database.dropTable(database.createTable("timers", AccessPattern.RANGES));
      var afterOne = NativeCount.open();
      for (int time = 0; time < 10; time++) {
        Table table = database.createTable("timers", AccessPattern.RANGES);
        table.put(key(1, time), new byte[1]);
        assertThat(table.contains(key(1, time - 1))).isFalse();
        database.dropTable(table);
      }
      assertThat(NativeCount.open()).isEqualTo(afterOne);
      Table other = database.createTable("state", AccessPattern.KEYS);
      assertThat(ColumnFamilyTable.of(other).options()).isNotNull();
    }
  }

  private static void delete(Path directory, Predicate<Path> which) throws IOException {
    try (var all = Files.walk(directory)) {
      List<Path> found = all.filter(Files::isRegularFile).filter(which).toList();
      assertThat(found).isNotEmpty();
      for (Path file : found) {
        Files.delete(file);
      }
    }
  }

  private static DatabaseSpecification specification(@Nullable RocksDBOptionsFactory factory) {
    return new DatabaseSpecification(
        DatabaseSettings.defaults(), factory, null, List.of(), 0, () -> 0L);
  }
}
