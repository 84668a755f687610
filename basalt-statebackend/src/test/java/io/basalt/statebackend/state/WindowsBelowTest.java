package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.Table;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Windows of a restored state: later ones are not looked for in RocksDB, and none is overlooked.
 */
class WindowsBelowTest {

  private static final int KEY_GROUPS = 100;
  private static final KeyGroupRange RANGE = new KeyGroupRange(3, 70);
  private static final KeyGroupPrefix PREFIX = KeyGroupPrefix.forKeyGroups(KEY_GROUPS);

  /** Looks in vain after which a walk over so few keys is through. */
  private static final int ENOUGH = 3_000;

  @TempDir Path temporary;

  @Test
  void whereTheTableIsNewNothingIsLookedFor() {
    WindowsBelow windows = new WindowsBelow(new TimeWindow.Serializer(), null);
    assertThat(windows.mayHave(window(0))).isFalse();

    windows.add(key(4, 1, 10));
    assertThat(windows.mayHave(window(10))).isTrue();
    assertThat(windows.mayHave(window(11))).isFalse();
  }

  /** Wherever the latest one is. */
  @ParameterizedTest
  @ValueSource(ints = {3, 4, 40, 69, 70})
  void afterARestoreThoseThatAreLaterAreNotLookedForOnceAllHaveBeenSeen(int keyGroup)
      throws Exception {
    try (Database database = open()) {
      Table table = filled(database);
      table.put(key(keyGroup, Long.MAX_VALUE, 1_000), new byte[1]);
      WindowsBelow windows = restored(table);
      for (int look = 0; look < ENOUGH; look++) {
        assertThat(windows.mayHave(window(1_000))).as("after %s looks", look).isTrue();
        windows.haveNot();
      }
      assertThat(windows.mayHave(window(1_000))).isTrue();
      assertThat(windows.mayHave(window(1_001))).isFalse();
      assertThat(windows.mayHave(new LaterWindow(1_001))).isTrue();
      assertThat(windows.mayHave(null)).isTrue();
    }
  }

  @Test
  void thoseThatAreWrittenMeanwhileAreSeenToo() throws Exception {
    try (Database database = open()) {
      Table table = filled(database);
      WindowsBelow windows = restored(table);
      for (int look = 0; look < ENOUGH; look++) {
        // In no order: some where the walk has been, some where it has not.
        int keyGroup = RANGE.getStartKeyGroup() + look * 7 % RANGE.getNumberOfKeyGroups();
        byte[] written = key(keyGroup, look, 1_000 + look);
        windows.add(written);
        table.putBuffered(written, new byte[1]);
        table.get(written);
        windows.haveNot();
        assertThat(windows.mayHave(window(1_000 + look))).isTrue();
      }
      assertThat(windows.mayHave(window(1_000 + ENOUGH))).isFalse();
    }
  }

  @Test
  void namespacesOfAnotherKindAreLookedForAlways() throws Exception {
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      // Shorter than a window.
      table.put(PREFIX.bytes(4), new byte[1]);
      WindowsBelow windows =
          new WindowsBelow(VoidNamespaceSerializer.INSTANCE, new KeyWalk(table, PREFIX, RANGE));
      for (int look = 0; look < ENOUGH; look++) {
        windows.haveNot();
        assertThat(windows.mayHave(VoidNamespace.INSTANCE)).isTrue();
      }
    }
  }

  /** A subclass is written as another window, for all that is known. */
  private static final class LaterWindow extends TimeWindow {
    LaterWindow(long start) {
      super(start, start + 10);
    }
  }

  private static WindowsBelow restored(Table table) {
    return new WindowsBelow(new TimeWindow.Serializer(), new KeyWalk(table, PREFIX, RANGE));
  }

  /** Several steps of a walk in one key group, a few keys in others, none in most. */
  private static Table filled(Database database) {
    Table table = database.createTable("table", AccessPattern.KEYS);
    for (int number = 0; number < 300; number++) {
      table.put(key(40, number, number), new byte[1]);
      table.put(key(RANGE.getStartKeyGroup() + number % 9, number, 7), new byte[1]);
    }
    // Not of this subtask.
    table.put(key(RANGE.getEndKeyGroup() + 1, 0, 1_000_000), new byte[1]);
    return table;
  }

  private static TimeWindow window(long start) {
    return new TimeWindow(start, start + 10);
  }

  private static byte[] key(int keyGroup, long key, long start) {
    return ByteBuffer.allocate(1 + 3 * Long.BYTES)
        .put((byte) keyGroup)
        .putLong(key)
        .putLong(start)
        .putLong(start + 10)
        .array();
  }

  private Database open() throws Exception {
    NativeLibrary.load(temporary);
    return Database.create(
        temporary.resolve("database"),
        new DatabaseSpecification(DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L));
  }
}
