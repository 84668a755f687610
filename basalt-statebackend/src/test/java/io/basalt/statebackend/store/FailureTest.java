package io.basalt.statebackend.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.config.DatabaseSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/** What fails half way loses nothing, keeps nothing open and does not end the process. */
class FailureTest {

  /** More than a batch collects before it hands over. */
  private static final int MORE_THAN_A_BATCH = 1200;

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;

  @BeforeEach
  void load() throws IOException {
    NativeLibrary.load(temporary);
    openBefore = NativeCount.open();
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void aBufferedWriteThatThrowsHasNotHappenedAndThoseBeforeItHave() throws IOException {
    FailingWrites writes = new FailingWrites();
    try (Database database = Database.create(temporary.resolve("db"), specification(writes))) {
      Table table = database.createTable("timers", AccessPattern.KEYS_AND_RANGES);
      List<Integer> accepted = new ArrayList<>();
      writes.begin();
      for (int key = 0; key < MORE_THAN_A_BATCH; key++) {
        try {
          table.putBuffered(bytes(key), new byte[0]);
          accepted.add(key);
        } catch (StoreException e) {
          assertThat(e).hasMessageContaining("timers");
        }
      }
      assertThat(accepted).hasSizeBetween(1, MORE_THAN_A_BATCH - 1);

      // What fixes the files or the moment fails too, and keeps what is buffered.
      assertThatThrownBy(() -> database.linkFiles(temporary.resolve("files")))
          .isInstanceOf(StoreException.class);
      assertThatThrownBy(database::view).isInstanceOf(StoreException.class);
      writes.end();

      assertThat(keys(table)).isEqualTo(accepted);
    }
  }

  /**
   * Several hand-overs, one of which fails after others have been made; and a large value in it.
   */
  @Test
  void whatAHandOverFailedOnIsWrittenOnceByTheNext() throws IOException {
    for (boolean large : new boolean[] {false, true}) {
      FailingWrites writes = new FailingWrites();
      Path directory = temporary.resolve(large ? "large" : "small");
      try (Database database = Database.create(directory, specification(writes))) {
        Table list = database.createTable("list", AccessPattern.KEYS_AND_RANGES);
        Table other = database.createTable("other", AccessPattern.KEYS_AND_RANGES);
        List<String> appended = new ArrayList<>();
        try (Batch batch = database.batch()) {
          append(batch, list, appended, 0, MORE_THAN_A_BATCH);
          writes.begin();
          if (large) {
            batch.put(other, bytes(1), new byte[100_000]);
          }
          assertThatThrownBy(batch::flush).isInstanceOf(StoreException.class);
          append(batch, list, appended, MORE_THAN_A_BATCH, MORE_THAN_A_BATCH + 9);
          assertThatThrownBy(batch::flush).isInstanceOf(StoreException.class);
          writes.end();
          batch.flush();
          append(batch, list, appended, MORE_THAN_A_BATCH + 9, MORE_THAN_A_BATCH + 18);
        }
        assertThat(list.get(bytes(1)))
            .isEqualTo(String.join(",", appended).getBytes(StandardCharsets.UTF_8));
        assertThat(other.contains(bytes(1))).isEqualTo(large);
      }
    }
  }

  private static void append(Batch batch, Table table, List<String> appended, int from, int until) {
    for (int number = from; number < until; number++) {
      String element = Integer.toString(number);
      batch.merge(table, bytes(1), element.getBytes(StandardCharsets.UTF_8));
      appended.add(element);
    }
  }

  @Test
  void aBatchThatIsHandedOverTooLateIsRefused() throws IOException {
    Database database = Database.create(temporary.resolve("db"), specification(null));
    Batch batch = database.batch();
    batch.put(database.createTable("state", AccessPattern.KEYS_AND_RANGES), bytes(1), bytes(2));
    database.close();

    assertThatThrownBy(batch::flush)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(batch::close).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void optionsAreFreedIfTheFactoryFailsForALaterTable() throws IOException {
    Path directory = temporary.resolve("db");
    try (Database database = Database.create(directory, specification(null))) {
      database.createTable("first", AccessPattern.KEYS_AND_RANGES);
      database.createTable("second", AccessPattern.KEYS_AND_RANGES);
    }
    DatabaseSpecification failing = specification(new FailingFactory());

    assertThatThrownBy(
            () ->
                Database.openFiles(
                    directory,
                    failing,
                    Map.of(
                        "first",
                        AccessPattern.KEYS_AND_RANGES,
                        "second",
                        AccessPattern.KEYS_AND_RANGES)))
        .hasMessage("no options");
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  private static DatabaseSpecification specification(@Nullable RocksDBOptionsFactory factory) {
    return new DatabaseSpecification(
        DatabaseSettings.defaults(), factory, null, List.of(), 0, () -> 0L);
  }

  private static List<Integer> keys(Table table) {
    List<Integer> keys = new ArrayList<>();
    try (Cursor cursor = table.cursor(bytes(0), bytes(MORE_THAN_A_BATCH))) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        keys.add(((cursor.key()[0] & 0xFF) << 8) | (cursor.key()[1] & 0xFF));
      }
    }
    return keys;
  }

  private static byte[] bytes(int key) {
    return new byte[] {(byte) (key >> 8), (byte) key};
  }

  /** A user's factory that fails for the third table, which is the second state. */
  private static final class FailingFactory implements RocksDBOptionsFactory {

    private static final long serialVersionUID = 1L;
    private int tables;

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handlesToClose) {
      return current;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handlesToClose) {
      tables++;
      if (tables == 3) {
        throw new IllegalArgumentException("no options");
      }
      return current;
    }
  }
}
