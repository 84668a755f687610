package io.basalt.statebackend.state;

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
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.java.typeutils.runtime.NullableSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.state.ttl.MockTtlTimeProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maps that are kept together, some larger than that, beside a model: of numbers and of others. */
class SmallMapsTest {

  private static final int KEYS = 6;

  /** So many entries that a map has no room for all of them together. */
  private static final int MANY = 150;

  /** Each read and each walk gives entries another time; none expires. */
  private static final StateTtlConfig EXPIRING =
      StateTtlConfig.newBuilder(Duration.ofDays(1))
          .setUpdateType(StateTtlConfig.UpdateType.OnReadAndWrite)
          .build();

  @RegisterExtension final Workspace workspace = new Workspace();

  private final Map<Long, NavigableMap<Integer, @Nullable Long>> model = new HashMap<>();
  private final MockTtlTimeProvider clock = new MockTtlTimeProvider();
  private MapStateDescriptor<Integer, Long> descriptor;

  /** Keys that stand for themselves, and such as are found by their bytes. */
  @ParameterizedTest
  @CsvSource({
    "64mb,true,false,true",
    "64mb,false,false,true",
    "6kb,true,false,true",
    "1b,true,false,true",
    "1b,false,false,true",
    "64mb,true,true,true",
    "6kb,false,true,true",
    "1b,true,true,true",
    "64mb,true,false,false",
    "64mb,false,true,false",
    "6kb,true,true,false",
    "6kb,false,false,false",
    "1b,true,false,false",
    "1b,false,true,false"
  })
  void mapsHaveWhatWasPutAndSnapshotsWhatTheirBarriersHad(
      String tier, boolean exactKeys, boolean expires, boolean ofNumbers) throws Exception {
    // Of all types that may be changed, or written in several ways, the tier knows only the bytes.
    descriptor =
        new MapStateDescriptor<>(
            "map",
            ofNumbers
                ? IntSerializer.INSTANCE
                : NullableSerializer.wrap(IntSerializer.INSTANCE, false),
            LongSerializer.INSTANCE);
    descriptor.enableTimeToLive(expires ? EXPIRING : StateTtlConfig.DISABLED);
    TypeSerializer<Long> keys =
        exactKeys
            ? LongSerializer.INSTANCE
            : NullableSerializer.wrap(LongSerializer.INSTANCE, false);
    long seed = Long.getLong("basalt.hot.seed", new Random().nextLong());
    Participant small =
        Participant.BASALT.withSettings(Map.of(BasaltOptions.HOT_TIER_SIZE.key(), tier));
    Snapshot<String> snapshot;
    Map<Long, NavigableMap<Integer, @Nullable Long>> barrier;
    try (KeyedOperator<Long> operator =
        KeyedOperator.start(workspace, small, keys, clock, 1, 128)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      Random random = new Random(seed);
      for (int checkpoint = 0; checkpoint < 4; checkpoint++) {
        change(subtask, random, 3_000);
        PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "contents");
        change(subtask, random, 3_000);
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
    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      try (KeyedOperator<Long> operator =
          KeyedOperator.restore(
              workspace, reader, keys, clock, snapshot, 1, RecoveryClaimMode.NO_CLAIM)) {
        assertIs(operator.subtasks().get(0), barrier);
      }
    }
  }

  private Map<Long, NavigableMap<Integer, @Nullable Long>> copy() {
    Map<Long, NavigableMap<Integer, @Nullable Long>> copy = new HashMap<>();
    model.forEach((key, entries) -> copy.put(key, new TreeMap<>(entries)));
    return copy;
  }

  private static NavigableMap<Integer, @Nullable Long> byBytes() {
    return new TreeMap<>(Integer::compareUnsigned);
  }

  private void change(OperatorSubtask<Long> subtask, Random random, int changes) throws Exception {
    MapState<Integer, Long> map = state(subtask, descriptor);
    for (long change = 0; change < changes; change++) {
      clock.time++;
      long key = random.nextInt(KEYS);
      subtask.backend().setCurrentKey(key);
      NavigableMap<Integer, @Nullable Long> expected = model.computeIfAbsent(key, it -> byBytes());
      // Few of most, so that they are empty now and then; and of some of them many.
      int entry = random.nextInt(key < 4 ? 12 : MANY) - 5;
      switch (random.nextInt(60)) {
        case 0 -> {
          map.clear();
          expected.clear();
        }
        case 1 -> {
          Map<Integer, @Nullable Long> some = new HashMap<>();
          for (int more = random.nextInt(key < 4 ? 4 : MANY); more > 0; more--) {
            some.put(entry + more, value(random, change));
          }
          map.putAll(some);
          expected.putAll(some);
        }
        case 2, 3 -> walk(map, random, expected);
        case 4, 5, 6, 7 -> assertThat(map.isEmpty()).isEqualTo(expected.isEmpty());
        case 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24 -> {
          Long value = value(random, change);
          map.put(entry, value);
          expected.put(entry, value);
        }
        case 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40 -> {
          map.remove(entry);
          expected.remove(entry);
        }
        case 41, 42, 43, 44, 45 ->
            assertThat(map.contains(entry)).isEqualTo(expected.containsKey(entry));
        default -> assertThat(map.get(entry)).isEqualTo(expected.get(entry));
      }
    }
  }

  /** Flink's wrapper of what expires takes no null. */
  private @Nullable Long value(Random random, long change) {
    return !descriptor.getTtlConfig().isEnabled() && random.nextInt(9) == 0 ? null : change;
  }

  /** Which may remove and set entries; not set through Flink's wrapper of what expires. */
  private void walk(
      MapState<Integer, Long> map, Random random, NavigableMap<Integer, @Nullable Long> expected)
      throws Exception {
    Map<Integer, @Nullable Long> shown = byBytes();
    shown.putAll(expected);
    Iterator<Map.Entry<Integer, @Nullable Long>> model = shown.entrySet().iterator();
    for (Iterator<Map.Entry<Integer, Long>> walk = map.iterator(); walk.hasNext(); ) {
      Map.Entry<Integer, Long> entry = walk.next();
      Map.Entry<Integer, @Nullable Long> shownEntry = model.next();
      assertThat(entry.getKey()).isEqualTo(shownEntry.getKey());
      assertThat(entry.getValue()).isEqualTo(shownEntry.getValue());
      switch (random.nextInt(8)) {
        case 0 -> {
          walk.remove();
          expected.remove(entry.getKey());
        }
        case 1 -> {
          if (!descriptor.getTtlConfig().isEnabled()) {
            Long value = random.nextLong();
            entry.setValue(value);
            assertThat(entry.getValue()).isEqualTo(value);
            expected.put(entry.getKey(), value);
          }
        }
        default -> {}
      }
    }
    assertThat(model.hasNext()).isFalse();
  }

  private void assertIs(
      OperatorSubtask<Long> subtask, Map<Long, NavigableMap<Integer, @Nullable Long>> expected)
      throws Exception {
    MapState<Integer, Long> map = state(subtask, descriptor);
    for (long key = 0; key < KEYS; key++) {
      subtask.backend().setCurrentKey(key);
      NavigableMap<Integer, @Nullable Long> entries = byBytes();
      map.entries().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
      assertThat(entries).as("key %s", key).isEqualTo(expected.getOrDefault(key, byBytes()));
      for (int entry = -10; entry < MANY; entry++) {
        assertThat(map.get(entry)).as("key %s", key).isEqualTo(entries.get(entry));
      }
    }
  }
}
