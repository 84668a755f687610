package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.keys;
import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.BasaltOptions;
import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.ttl.MockTtlTimeProvider;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Maps of rows beside a model, of which some entries, and some maps, are larger than what is kept
 * together.
 */
class PackedMapsTest {

  private static final int KEYS = 8;
  private static final int MANY = 200;

  @RegisterExtension final Workspace workspace = new Workspace();

  private final MockTtlTimeProvider clock = new MockTtlTimeProvider();
  private final Map<Long, Map<Long, String>> model = new HashMap<>();
  private final RowDataSerializer rows = rows(VarCharType.STRING_TYPE);
  private final MapStateDescriptor<RowData, RowData> descriptor =
      new MapStateDescriptor<>("rows", rows(), rows(VarCharType.STRING_TYPE));

  private static RowDataSerializer rows(VarCharType... texts) {
    return texts.length == 0
        ? new RowDataSerializer(new BigIntType())
        : new RowDataSerializer(new BigIntType(), texts[0]);
  }

  @ParameterizedTest
  @CsvSource({
    "64mb,false",
    "64mb,true",
    "500kb,false",
    "500kb,true",
    "20kb,false",
    "20kb,true",
    "1b,false"
  })
  void mapsHaveWhatWasPutAndSnapshotsWhatTheirBarriersHad(String tier, boolean expires)
      throws Exception {
    if (expires) {
      descriptor.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofDays(1)).build());
    }
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Random random = new Random(seed);
    Participant basalt =
        Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), tier));
    Snapshot<String> snapshot;
    Map<Long, Map<Long, String>> barrier;
    try (KeyedOperator<Long> operator =
        KeyedOperator.start(workspace, basalt, LongSerializer.INSTANCE, clock, 1, 128)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      for (int checkpoint = 0; checkpoint < 5; checkpoint++) {
        change(subtask, random, 2_000);
        PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "contents");
        change(subtask, random, 1_000);
        operator.complete(pending);
      }
      barrier = copy();
      PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "contents");
      change(subtask, random, 1_000);
      snapshot = operator.complete(pending);
      assertIs(subtask, model);
    } catch (Throwable e) {
      throw new AssertionError("To repeat it: -Dbasalt.hot.seed=" + seed, e);
    }
    for (Participant reader : List.of(basalt, Participant.STOCK)) {
      try (KeyedOperator<Long> operator =
          KeyedOperator.restore(
              workspace,
              reader,
              LongSerializer.INSTANCE,
              clock,
              snapshot,
              1,
              RecoveryClaimMode.NO_CLAIM)) {
        assertIs(operator.subtasks().get(0), barrier);
      }
    }
  }

  private List<Long> keysWithEntries() {
    return model.keySet().stream().filter(key -> !model.get(key).isEmpty()).toList();
  }

  private Map<Long, Map<Long, String>> copy() {
    Map<Long, Map<Long, String>> copy = new HashMap<>();
    model.forEach((key, entries) -> copy.put(key, new HashMap<>(entries)));
    return copy;
  }

  private void change(OperatorSubtask<Long> subtask, Random random, int changes) throws Exception {
    MapState<RowData, RowData> map = state(subtask, descriptor);
    for (int change = 0; change < changes; change++) {
      if (change % 97 == 0) {
        assertThat(keys(subtask, "rows")).containsExactlyInAnyOrderElementsOf(keysWithEntries());
      }
      clock.time++;
      long key = random.nextInt(KEYS);
      subtask.backend().setCurrentKey(key);
      Map<Long, String> expected = model.computeIfAbsent(key, it -> new HashMap<>());
      long entry = random.nextInt(key < 5 ? 12 : MANY);
      RowData userKey = key(random, entry);
      switch (random.nextInt(60)) {
        case 0 -> {
          map.clear();
          expected.clear();
        }
        case 1 -> {
          Map<RowData, RowData> some = new HashMap<>();
          for (long more = entry; more < entry + (key < 5 ? 4 : 40); more++) {
            String text = text(random, key);
            some.put(key(random, more), row(random, more, text));
            expected.put(more, text);
          }
          map.putAll(some);
        }
        case 2, 3, 4 -> walk(map, random, expected);
        case 5, 6, 7 -> assertThat(map.isEmpty()).isEqualTo(expected.isEmpty());
        case 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24 -> {
          String text = text(random, key);
          map.put(userKey, row(random, entry, text));
          expected.put(entry, text);
        }
        case 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36 -> {
          map.remove(userKey);
          expected.remove(entry);
        }
        case 37, 38, 39, 40, 41 ->
            assertThat(map.contains(userKey)).isEqualTo(expected.containsKey(entry));
        default -> assertThat(text(map.get(userKey))).isEqualTo(expected.get(entry));
      }
    }
  }

  /** The same bytes from either form. */
  private static RowData key(Random random, long number) {
    GenericRowData row = GenericRowData.of(number);
    return random.nextBoolean() ? row : rows().toBinaryRow(row).copy();
  }

  private RowData row(Random random, long number, String text) {
    GenericRowData row = GenericRowData.of(number, StringData.fromString(text));
    return random.nextBoolean() ? row : rows.toBinaryRow(row).copy();
  }

  /** Now and then one that is too large; and of some maps few fill one that is kept together. */
  private static String text(Random random, long key) {
    int length = random.nextInt(30) == 0 ? 5_000 : random.nextInt(key % 4 == 3 ? 3_000 : 40);
    return Character.toString('a' + random.nextInt(26)).repeat(length);
  }

  private static @Nullable String text(@Nullable RowData row) {
    return row == null ? null : row.getString(1).toString();
  }

  private void walk(MapState<RowData, RowData> map, Random random, Map<Long, String> expected)
      throws Exception {
    Map<Long, String> shown = new HashMap<>();
    Map<Long, String> before = new HashMap<>(expected);
    for (Iterator<Map.Entry<RowData, RowData>> walk = map.iterator(); walk.hasNext(); ) {
      Map.Entry<RowData, RowData> entry = walk.next();
      long number = entry.getKey().getLong(0);
      assertThat(entry.getValue().getLong(0)).isEqualTo(number);
      shown.put(number, text(entry.getValue()));
      switch (random.nextInt(20)) {
        case 0 -> {
          walk.remove();
          expected.remove(number);
        }
        case 1 -> {
          if (!descriptor.getTtlConfig().isEnabled()) {
            String text = text(random, number);
            entry.setValue(row(random, number, text));
            assertThat(text(entry.getValue())).isEqualTo(text);
            expected.put(number, text);
          }
        }
        default -> {}
      }
    }
    assertThat(shown).isEqualTo(before);
  }

  private void assertIs(OperatorSubtask<Long> subtask, Map<Long, Map<Long, String>> expected)
      throws Exception {
    MapState<RowData, RowData> map = state(subtask, descriptor);
    Random random = new Random(1);
    for (long key = 0; key < KEYS; key++) {
      subtask.backend().setCurrentKey(key);
      Map<Long, String> entries = new TreeMap<>();
      map.entries()
          .forEach(entry -> entries.put(entry.getKey().getLong(0), text(entry.getValue())));
      Map<Long, String> expectedEntries = expected.getOrDefault(key, Map.of());
      assertThat(entries).as("key %s", key).isEqualTo(expectedEntries);
      for (long entry = 0; entry < MANY + 40; entry++) {
        assertThat(text(map.get(key(random, entry))))
            .as("key %s", key)
            .isEqualTo(expectedEntries.get(entry));
      }
    }
  }
}
