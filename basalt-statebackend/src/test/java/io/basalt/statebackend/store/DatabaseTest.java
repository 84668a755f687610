package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {

  @TempDir Path temporary;
  private DatabaseSpecification specification;
  private Map<NativeCount.Kind, Long> openBefore;

  @BeforeEach
  void load() throws IOException {
    NativeLibrary.load(temporary);
    specification =
        new DatabaseSpecification(DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L);
    openBefore = NativeCount.open();
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void tablesKeepEntriesApartAndCursorsStayInsideTheirBounds() throws IOException {
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      Table first = database.createTable("first", AccessPattern.KEYS_AND_RANGES);
      Table second = database.createTable("second", AccessPattern.KEYS_AND_RANGES);
      for (String key : List.of("a", "b1", "b2", "c")) {
        first.put(bytes(key), bytes("1" + key));
      }
      second.put(bytes("b1"), bytes("other"));

      assertThat(first.get(bytes("b1"))).isEqualTo(bytes("1b1"));
      assertThat(second.get(bytes("b1"))).isEqualTo(bytes("other"));
      assertThat(second.get(bytes("a"))).isNull();
      assertThat(keys(first, "b", "c")).containsExactly("b1", "b2");

      first.delete(bytes("b1"));
      assertThat(keys(first, "a", "z")).containsExactly("a", "b2", "c");
      first.deleteRange(bytes("a"), bytes("c"));
      assertThat(keys(first, "a", "z")).containsExactly("c");
    }
  }

  @Test
  void operandsAreJoinedByACommaAndBatchesArriveWhenClosed() throws IOException {
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      Table table = database.createTable("list", AccessPattern.KEYS_AND_RANGES);
      table.merge(bytes("k"), bytes("x"));
      table.merge(bytes("k"), bytes("y"));
      try (Batch batch = database.batch()) {
        batch.merge(table, bytes("k"), bytes("z"));
        batch.put(table, bytes("l"), bytes("1"));
        assertThat(table.get(bytes("k"))).isEqualTo(bytes("x,y"));
      }
      assertThat(table.get(bytes("k"))).isEqualTo(bytes("x,y,z"));
      assertThat(table.get(bytes("l"))).isEqualTo(bytes("1"));
      Batch discarded = database.batch();
      discarded.delete(table, bytes("l"));
      discarded.discard();
      discarded.close();
      assertThat(table.get(bytes("l"))).isEqualTo(bytes("1"));
    }
  }

  @Test
  void aViewAndAnOpenCursorDoNotSeeLaterWrites() throws IOException {
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
      table.put(bytes("a"), bytes("1"));
      try (ReadView view = database.view();
          Cursor open = table.cursor(bytes("a"), bytes("z"))) {
        table.put(bytes("b"), bytes("2"));
        open.seekToFirst();
        assertThat(read(open)).containsExactly("a");
        try (Cursor viewed = table.cursor(bytes("a"), bytes("z"), view)) {
          viewed.seekToFirst();
          assertThat(read(viewed)).containsExactly("a");
        }
      }
      assertThat(keys(table, "a", "z")).containsExactly("a", "b");
    }
  }

  @Test
  void linkedFilesAreADatabaseOfTheirOwn() throws IOException {
    Path files = temporary.resolve("files");
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      database.createTable("state", AccessPattern.KEYS_AND_RANGES).put(bytes("a"), bytes("1"));
      database.linkFiles(files);
      database.tables().iterator().next().put(bytes("b"), bytes("2"));
    }
    try (Database copy =
        Database.openFiles(files, specification, Map.of("state", AccessPattern.KEYS_AND_RANGES))) {
      Table table = copy.find("state");
      assertThat(table).isNotNull();
      assertThat(keys(table, "a", "z")).containsExactly("a");
    }
    assertThatThrownBy(
            () ->
                Database.openFiles(
                    files, specification, Map.of("other", AccessPattern.KEYS_AND_RANGES)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(files.toString())
        .hasMessageContaining("other");
  }

  @Test
  void filesWithoutADatabaseAreNotOpenedAsAnEmptyOne() throws IOException {
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    assertThatThrownBy(() -> Database.openFiles(empty, specification, Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(empty.toString());
  }

  @Test
  void whatIsUsedAfterTheCloseFailsInJava() throws IOException {
    Database database = Database.create(temporary.resolve("db"), specification);
    Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
    table.put(bytes("a"), bytes("1"));
    Cursor abandoned = table.cursor(bytes("a"), bytes("z"));
    ReadView view = database.view();
    database.close();
    database.close();
    assertThatThrownBy(() -> table.get(bytes("a")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("state");
    assertThatThrownBy(abandoned::seekToFirst).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(database::lease).isInstanceOf(IOException.class);
    abandoned.close();
    view.close();
  }

  @Test
  void closingWaitsForLeases() throws Exception {
    Database database = Database.create(temporary.resolve("db"), specification);
    Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
    table.put(bytes("a"), bytes("1"));
    Lease lease = database.lease();
    Thread closing = new Thread(database::close);
    closing.start();
    while (closing.getState() != Thread.State.WAITING
        && closing.getState() != Thread.State.TIMED_WAITING
        && closing.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
    assertThat(closing.isAlive()).as("closing waits for the lease").isTrue();
    assertThat(table.get(bytes("a"))).isEqualTo(bytes("1"));
    lease.close();
    closing.join();
  }

  @Test
  void droppedTablesAreGone() throws IOException {
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
      table.put(bytes("a"), bytes("1"));
      database.dropTable(table);
      assertThat(database.find("state")).isNull();
      assertThat(database.createTable("state", AccessPattern.KEYS_AND_RANGES).get(bytes("a")))
          .isNull();
      assertThatThrownBy(() -> database.createTable("state", AccessPattern.KEYS_AND_RANGES))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> database.createTable("default", AccessPattern.KEYS_AND_RANGES))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aViewOutlivesTheDropOfATable() throws IOException {
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
      table.put(bytes("a"), bytes("1"));
      try (ReadView view = database.view()) {
        database.dropTable(table);
        try (Cursor cursor = table.cursor(bytes("a"), bytes("z"), view)) {
          cursor.seekToFirst();
          assertThat(read(cursor)).containsExactly("a");
        }
      }
      database.view().close();
      assertThatThrownBy(() -> table.get(bytes("a"))).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void bufferedWritesAreSeenByEveryRead() throws IOException {
    Path files = temporary.resolve("files");
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
      table.putBuffered(bytes("a"), bytes("1"));
      assertThat(table.get(bytes("a"))).isEqualTo(bytes("1"));
      table.deleteBuffered(bytes("a"));
      table.putBuffered(bytes("b"), bytes("2"));
      assertThat(keys(table, "a", "z")).containsExactly("b");
      table.putBuffered(bytes("c"), bytes("3"));
      table.delete(bytes("c"));
      table.putBuffered(bytes("d"), bytes("4"));
      try (ReadView view = database.view()) {
        table.putBuffered(bytes("e"), bytes("5"));
        try (Cursor cursor = table.cursor(bytes("a"), bytes("z"), view)) {
          cursor.seekToFirst();
          assertThat(read(cursor)).containsExactly("b", "d");
        }
      }
      database.linkFiles(files);
      table.putBuffered(bytes("f"), bytes("6"));
    }
    try (Database copy =
        Database.openFiles(files, specification, Map.of("state", AccessPattern.KEYS_AND_RANGES))) {
      Table table = copy.find("state");
      assertThat(table).isNotNull();
      assertThat(keys(table, "a", "z")).containsExactly("b", "d", "e");
    }
  }

  @Test
  void cursorsOpenAtTheSameTimeKeepTheirOwnBounds() throws IOException {
    try (Database database = Database.create(temporary.resolve("db"), specification)) {
      Table table = database.createTable("state", AccessPattern.KEYS_AND_RANGES);
      for (char key = 'a'; key <= 'z'; key++) {
        table.put(bytes(String.valueOf(key)), bytes("1"));
      }
      String longBound = "b".repeat(CursorOptions.LONGEST_KEPT_BOUND + 1);
      for (int round = 0; round < 3; round++) {
        try (Cursor first = table.cursor(bytes("a"), bytes("d"));
            Cursor second = table.cursor(bytes("c"), bytes("f"));
            Cursor third = table.cursor(bytes("a"), bytes(longBound))) {
          first.seek(bytes("A"));
          second.seek(bytes("a"));
          third.seekToFirst();
          assertThat(read(first)).containsExactly("a", "b", "c");
          assertThat(read(second)).containsExactly("c", "d", "e");
          assertThat(read(third)).containsExactly("a", "b");
        }
      }
    }
  }

  private static List<String> keys(Table table, String from, String to) {
    try (Cursor cursor = table.cursor(bytes(from), bytes(to))) {
      cursor.seekToFirst();
      return read(cursor);
    }
  }

  private static List<String> read(Cursor cursor) {
    List<String> keys = new ArrayList<>();
    for (; cursor.isValid(); cursor.next()) {
      keys.add(new String(cursor.key(), StandardCharsets.UTF_8));
    }
    return keys;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
