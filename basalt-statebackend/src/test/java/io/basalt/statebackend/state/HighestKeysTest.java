package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.VALUE;
import static io.basalt.statebackend.state.OperatorOfStates.restore;
import static io.basalt.statebackend.state.OperatorOfStates.start;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.Table;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that count up: new ones are not looked for in RocksDB, and none is overlooked. */
class HighestKeysTest {

  private static final KeyGroupRange KEY_GROUPS = new KeyGroupRange(3, 5);
  private static final int KEY_GROUP = 4;

  /** After so many a table without anything behind them is known to be one. */
  private static final int ENOUGH = 100;

  @TempDir Path temporary;
  @RegisterExtension final Workspace workspace = new Workspace();

  @Test
  void aKeyBehindAllOthersIsNotLookedFor() throws Exception {
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      table.put(key(KEY_GROUP, 5), new byte[1]);
      // Of the next key group: it is of no matter.
      table.put(key(KEY_GROUP + 1, 5), new byte[1]);
      HighestKeys keys = highestOf(table);
      for (int number = 6; number < ENOUGH; number++) {
        keys.mayHave(key(KEY_GROUP, number), KEY_GROUP);
      }
      assertThat(keys.mayHave(key(KEY_GROUP, 5), KEY_GROUP)).isTrue();
      assertThat(keys.mayHave(key(KEY_GROUP, ENOUGH), KEY_GROUP)).isFalse();
      assertThat(keys.mayHave(key(KEY_GROUP + 1, 5), KEY_GROUP + 1)).isTrue();

      keys.written(key(KEY_GROUP, ENOUGH + 10), KEY_GROUP);
      assertThat(keys.mayHave(key(KEY_GROUP, ENOUGH + 10), KEY_GROUP)).isTrue();
      keys.written(key(KEY_GROUP, ENOUGH), KEY_GROUP);
      assertThat(keys.mayHave(key(KEY_GROUP, ENOUGH + 10), KEY_GROUP)).isTrue();
      assertThat(keys.mayHave(key(KEY_GROUP, ENOUGH + 11), KEY_GROUP)).isFalse();
    }
  }

  /** Of long keys no more than their beginning is kept. */
  @Test
  void aLongKeyIsFoundThatWasWritten() throws Exception {
    try (Database database = open()) {
      HighestKeys keys = highestOf(database.createTable("table", AccessPattern.KEYS));
      for (int number = 0; number < ENOUGH; number++) {
        keys.mayHave(key(KEY_GROUP, number), KEY_GROUP);
      }
      byte[] written = Arrays.copyOf(key(KEY_GROUP, ENOUGH), 10_000);
      written[9_999] = 7;
      assertThat(keys.mayHave(written, KEY_GROUP)).isFalse();
      keys.written(written, KEY_GROUP);
      assertThat(keys.mayHave(written, KEY_GROUP)).isTrue();
      assertThat(keys.mayHave(key(KEY_GROUP, ENOUGH + 1), KEY_GROUP)).isFalse();
    }
  }

  @Test
  void whereTheTableHasMoreEveryKeyIsLookedFor() throws Exception {
    try (Database database = open()) {
      Table table = database.createTable("table", AccessPattern.KEYS);
      table.put(key(KEY_GROUP, 1_000_000), new byte[1]);
      HighestKeys keys = highestOf(table);
      for (int number = 0; number < 10_000; number++) {
        assertThat(keys.mayHave(key(KEY_GROUP, number), KEY_GROUP)).isTrue();
      }
    }
  }

  /** Of keys in no order hardly any is the highest so far. */
  @Test
  void keysInNoOrderAreLookedFor() throws Exception {
    try (Database database = open()) {
      HighestKeys keys = highestOf(database.createTable("table", AccessPattern.KEYS));
      Random random = new Random(7);
      for (int number = 0; number < 10_000; number++) {
        assertThat(keys.mayHave(key(KEY_GROUP, random.nextInt(1 << 30)), KEY_GROUP)).isTrue();
      }
    }
  }

  /** With a tier for hardly anything, and one that has room for all. */
  @ParameterizedTest
  @ValueSource(strings = {"1b", "100kb", "64mb"})
  void whatHasBeenWrittenIsFound(String tier) throws Exception {
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    Map<Long, Long> model = new HashMap<>();
    Participant basalt =
        Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), tier));
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(workspace, basalt)) {
      countUp(operator.subtasks().get(0), random, model, 40_000, 80_000);
      snapshot = operator.complete(operator.trigger(SnapshotKind.CHECKPOINT, "contents"));
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
    // From before all that is there, right up to behind it.
    for (long from : List.of(0L, 70_000L, 90_000L)) {
      Map<Long, Long> restored = new HashMap<>(model);
      try (KeyedOperator<Long> operator = restore(workspace, basalt, snapshot)) {
        countUp(operator.subtasks().get(0), random, restored, from, from + 30_000);
      } catch (Throwable e) {
        throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
      }
    }
  }

  private static void countUp(
      OperatorSubtask<Long> subtask, Random random, Map<Long, Long> model, long from, long to)
      throws Exception {
    ValueState<Long> value = state(subtask, VALUE);
    for (long newest = from; newest < to; newest++) {
      long key = random.nextInt(4) == 0 ? newest : Math.max(0, newest - random.nextInt(3_000));
      subtask.backend().setCurrentKey(key);
      if (random.nextInt(8) > 0) {
        assertThat(value.value()).as("key %s", key).isEqualTo(model.get(key));
      }
      if (random.nextInt(8) == 0) {
        value.clear();
        model.remove(key);
      } else if (random.nextInt(8) > 0) {
        value.update(newest);
        model.put(key, newest);
      }
    }
    for (long key = 0; key < to + 10; key++) {
      subtask.backend().setCurrentKey(key);
      assertThat(value.value()).as("key %s", key).isEqualTo(model.get(key));
    }
  }

  private Database open() throws Exception {
    NativeLibrary.load(temporary);
    return Database.create(
        temporary.resolve("database"),
        new DatabaseSpecification(DatabaseSettings.defaults(), null, null, List.of(), 0, () -> 0L));
  }

  private static HighestKeys highestOf(Table table) {
    return new HighestKeys(table, KeyGroupPrefix.forKeyGroups(128), KEY_GROUPS);
  }

  private static byte[] key(int keyGroup, int number) {
    return ByteBuffer.allocate(5).put((byte) keyGroup).putInt(number).array();
  }
}
