package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.store.Expiry;
import io.basalt.statebackend.store.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.java.typeutils.runtime.NullableSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializer;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/**
 * Maps whose expired entries compactions take, as RocksDB begins them by itself: the tier goes on
 * with what it knows. Without Flink's wrapper around the state, so that what has expired shows.
 */
class CompactedMapsTest {

  private static final String NAME = "map";
  private static final long TIME_TO_LIVE = 100;
  private static final int OPERATIONS = 20_000;
  private static final int MANY = 150;

  @TempDir Path temporary;

  private final Map<Long, NavigableMap<Integer, Long>> ends = new HashMap<>();
  private final Random random = new Random();
  private long now = 1_000;

  /** The latest time that a compaction can have gone by. */
  private long latest;

  /** An epoch that may still have to be written. */
  private @Nullable Epoch closed;

  /** How the tier has them, all the same to the user. */
  @SuppressWarnings("ImmutableEnumChecker") // These serializers have no state.
  enum Kind {
    /** Kept together as numbers. */
    NUMBERS(IntSerializer.INSTANCE, LongSerializer.INSTANCE),
    /** Each entry for itself, of which the tier knows but the bytes of the value. */
    SINGLE(IntSerializer.INSTANCE, NullableSerializer.wrap(LongSerializer.INSTANCE, false)),
    /** Kept together as bytes, for it knows nothing else of the user keys. */
    PACKED(NullableSerializer.wrap(IntSerializer.INSTANCE, false), LongSerializer.INSTANCE);

    private final TypeSerializer<Integer> userKeys;
    private final TypeSerializer<Long> values;

    Kind(TypeSerializer<Integer> userKeys, TypeSerializer<Long> values) {
      this.userKeys = userKeys;
      this.values = values;
    }
  }

  @ParameterizedTest
  @EnumSource
  void mapsHaveWhatLives(Kind kind) throws Exception {
    run(kind, false);
  }

  @ParameterizedTest
  @EnumSource
  void mapsHaveWhatIsLeftWhenTheClockIsSetBack(Kind kind) throws Exception {
    run(kind, true);
  }

  /** Whatever is asked first, and though the clock be set back. */
  @ParameterizedTest
  @EnumSource
  void whatACompactionHasTakenIsNotKnownAnyMore(Kind kind) throws Exception {
    try (StateBench<Long> bench = bench(16L << 20)) {
      bench.setTime(now);
      MapState<Integer, TtlValue<Long>> map = register(bench, kind);
      for (long key = 0; key < 4; key++) {
        bench.selectKey(key);
        map.clear();
        map.put(1, new TtlValue<>(key, now));
      }
      bench.hot().close(() -> {}).finish();
      bench.setTime(now + TIME_TO_LIVE);
      table(bench).compact();
      bench.setTime(now);
      bench.selectKey(0L);
      assertThat(map.isEmpty()).isTrue();
      bench.selectKey(1L);
      assertThat(map.get(1)).isNull();
      bench.selectKey(2L);
      assertThat(map.contains(1)).isFalse();
      bench.selectKey(3L);
      assertThat(map.keys()).isEmpty();
      for (long key = 0; key < 4; key++) {
        bench.selectKey(key);
        assertThat(map.isEmpty()).isTrue();
        map.put(2, new TtlValue<>(key, now));
        assertThat(map.keys()).containsExactly(2);
      }
    }
  }

  /** Though the tier has noted when the last one that it has expires. */
  @ParameterizedTest
  @EnumSource
  void aMapOfWhichACompactionHasTakenTheLastEntryIsEmpty(Kind kind) throws Exception {
    try (StateBench<Long> bench = bench(16L << 20)) {
      bench.setTime(now);
      MapState<Integer, TtlValue<Long>> map = register(bench, kind);
      bench.selectKey(1L);
      assertThat(map.isEmpty()).isTrue();
      map.put(1, new TtlValue<>(1L, now));
      assertThat(map.isEmpty()).isFalse();
      bench.hot().close(() -> {}).finish();
      bench.setTime(now + TIME_TO_LIVE);
      table(bench).compact();
      bench.setTime(now);
      assertThat(map.isEmpty()).isTrue();
    }
  }

  /** Beside a checkpoint, when its entries are removed one by one. */
  @ParameterizedTest
  @EnumSource
  void whatACompactionHasTakenIsClearedInTheTierAsWell(Kind kind) throws Exception {
    try (StateBench<Long> bench = bench(256L << 10)) {
      bench.setTime(now);
      MapState<Integer, TtlValue<Long>> map = register(bench, kind);
      // So many walks in vain that no map is read as a whole any more.
      for (long key = 1_000; key < 3_000; key++) {
        bench.selectKey(key);
        assertThat(map.keys()).isEmpty();
      }
      for (long key = 0; key < 20; key++) {
        bench.selectKey(key);
        map.put(1, new TtlValue<>(key, now));
        map.put(2, new TtlValue<>(key, now + TIME_TO_LIVE));
      }
      bench.hot().close(() -> {}).finish();
      bench.setTime(now + TIME_TO_LIVE);
      table(bench).compact();
      bench.setTime(now);
      bench.selectKey(100L);
      map.put(1, new TtlValue<>(1L, now));
      Epoch epoch = bench.hot().close(() -> {});
      map.put(2, new TtlValue<>(1L, now));
      for (long key = 0; key < 20; key++) {
        bench.selectKey(key);
        map.clear();
        assertThat(map.isEmpty()).as("key %s", key).isTrue();
        assertThat(map.get(1)).as("key %s", key).isNull();
        assertThat(map.keys()).as("key %s", key).isEmpty();
      }
      epoch.finish();
      for (long key = 0; key < 20; key++) {
        bench.selectKey(key);
        assertThat(map.isEmpty()).as("key %s", key).isTrue();
      }
    }
  }

  /** For no compaction can have taken it. */
  @ParameterizedTest
  @EnumSource
  void whatIsStillToBeWrittenStaysKnown(Kind kind) throws Exception {
    try (StateBench<Long> bench = bench(16L << 20)) {
      bench.setTime(now);
      MapState<Integer, TtlValue<Long>> map = register(bench, kind);
      bench.selectKey(1L);
      map.put(1, new TtlValue<>(1L, now));
      bench.hot().close(() -> {}).finish();
      map.put(1, new TtlValue<>(2L, now + 1));
      Epoch second = bench.hot().close(() -> {});
      // Of the first one this epoch has no change.
      map.put(2, new TtlValue<>(3L, now + TIME_TO_LIVE));
      bench.setTime(now + TIME_TO_LIVE + 1);
      bench.tellTime();
      assertThat(Objects.requireNonNull(map.get(1)).getUserValue()).isEqualTo(2);
      assertThat(map.isEmpty()).isFalse();
      assertThat(map.keys()).containsExactly(1, 2);
      second.finish();
      assertThat(Objects.requireNonNull(map.get(1)).getUserValue()).isEqualTo(2);
      map.remove(1);
      assertThat(map.keys()).containsExactly(2);
    }
  }

  private StateBench<Long> bench(long tierBytes) throws Exception {
    return new StateBench<>(
        temporary, LongSerializer.INSTANCE, 1, tierBytes, new NoCompactionsOfItsOwn());
  }

  /** Between two questions none is to take what the first has still seen. */
  private static final class NoCompactionsOfItsOwn implements RocksDBOptionsFactory {

    private static final long serialVersionUID = 1L;

    @Override
    public DBOptions createDBOptions(
        DBOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
      return currentOptions;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
      return currentOptions.setDisableAutoCompactions(true);
    }
  }

  private void run(Kind kind, boolean setsClockBack) throws Exception {
    long seed = System.nanoTime();
    System.out.println("Seed: " + seed);
    random.setSeed(seed);
    for (long tierBytes : List.of(4_096L, 64L << 10, 16L << 20)) {
      ends.clear();
      closed = null;
      try (StateBench<Long> bench = bench(tierBytes)) {
        bench.setTime(now);
        MapState<Integer, TtlValue<Long>> map = register(bench, kind);
        for (int operation = 0; operation < OPERATIONS; operation++) {
          operate(
              bench,
              map,
              setsClockBack,
              "Seed %d, %d of %d bytes".formatted(seed, operation, tierBytes));
        }
      }
    }
  }

  private static MapState<Integer, TtlValue<Long>> register(StateBench<Long> bench, Kind kind)
      throws Exception {
    MapStateDescriptor<Integer, TtlValue<Long>> descriptor =
        new MapStateDescriptor<>(
            NAME, kind.userKeys, new TtlSerializer<>(LongSerializer.INSTANCE, kind.values));
    descriptor.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofMillis(TIME_TO_LIVE)).build());
    MapState<Integer, TtlValue<Long>> map =
        bench.state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
    table(bench)
        .expire(
            new Expiry(new Expiry.MapEntry(), Duration.ofMillis(TIME_TO_LIVE), 1, Duration.ZERO));
    return map;
  }

  private static Table table(StateBench<Long> bench) {
    return Objects.requireNonNull(bench.database().find(NAME));
  }

  private void operate(
      StateBench<Long> bench,
      MapState<Integer, TtlValue<Long>> map,
      boolean setsClockBack,
      String description)
      throws Exception {
    long key = random.nextInt(4);
    bench.selectKey(key);
    NavigableMap<Integer, Long> expected = ends.computeIfAbsent(key, k -> new TreeMap<>());
    int entry = random.nextInt(random.nextInt(10) == 0 ? MANY : 5);
    switch (random.nextInt(40)) {
      case 0 -> {
        map.clear();
        expected.clear();
      }
      case 1 -> table(bench).compact();
      case 2, 3, 4, 5 -> {
        now += random.nextInt(60);
        latest = Math.max(latest, now);
        bench.setTime(now);
      }
      case 6 -> {
        for (int more = random.nextInt(MANY); more < MANY; more++) {
          put(map, more, expected);
        }
      }
      case 7 -> {
        if (setsClockBack) {
          now -= random.nextInt(120);
          bench.setTime(now);
        }
      }
      case 8, 9, 10, 11, 12 -> put(map, entry, expected);
      case 13 -> {
        if (closed == null) {
          // As every snapshot does: what has passed by the tier is older than the epoch.
          bench.database().bufferedWrites().setAside();
          closed = bench.hot().close(() -> {});
        } else {
          closed.finish();
          closed = null;
        }
      }
      case 14, 15 -> assertShown(map, expected, description);
      case 16, 17, 18, 19 -> {
        TtlValue<Long> value = map.get(entry);
        assertThat(value == null).as(description).isIn(absence(entry, expected));
        assertThat(!map.contains(entry)).as(description).isIn(absence(entry, expected));
        if (value != null) {
          assertThat(value.getUserValue()).as(description).isEqualTo(entry);
          assertThat(value.getLastAccessTimestamp() + TIME_TO_LIVE)
              .as(description)
              .isEqualTo(expected.get(entry));
        }
      }
      default -> {
        map.remove(entry);
        expected.remove(entry);
      }
    }
    if (random.nextInt(4) > 0) {
      boolean empty = map.isEmpty();
      if (random.nextInt(4) == 0) {
        assertThat(empty).as(description).isEqualTo(!map.keys().iterator().hasNext());
      }
      if (expected.isEmpty() || expected.values().stream().anyMatch(this::isThere)) {
        assertThat(empty).as(description).isEqualTo(expected.isEmpty());
      }
    }
  }

  private void put(
      MapState<Integer, TtlValue<Long>> map, int entry, NavigableMap<Integer, Long> expected)
      throws Exception {
    map.put(entry, new TtlValue<>((long) entry, now));
    expected.put(entry, now + TIME_TO_LIVE);
  }

  /** No compaction can have taken it. */
  private boolean isThere(long end) {
    return end > latest;
  }

  /** Whether it may be absent: of what has expired both is right. */
  private List<Boolean> absence(int entry, NavigableMap<Integer, Long> expected) {
    Long end = expected.get(entry);
    if (end == null) {
      return List.of(true);
    }
    return isThere(end) ? List.of(false) : List.of(true, false);
  }

  private void assertShown(
      MapState<Integer, TtlValue<Long>> map,
      NavigableMap<Integer, Long> expected,
      String description)
      throws Exception {
    List<Integer> shown = StreamSupport.stream(map.keys().spliterator(), false).toList();
    assertThat(shown).as(description).isSorted().isSubsetOf(expected.keySet());
    assertThat(shown)
        .as(description)
        .containsAll(expected.keySet().stream().filter(one -> isThere(expected.get(one))).toList());
  }
}
