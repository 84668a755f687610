package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.store.FailingWrites;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.StoreException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Maps in the tier while writes fail now and then, and the user goes on nevertheless: of a change
 * that has failed each entry has either happened or not, and what the tier knows of a map is what
 * its entries say.
 */
class MapsOnAFullDiskTest {

  private static final int OPERATIONS = 20_000;
  private static final int MANY = 150;

  /** Not by a serializer of numbers: else the tier has many entries as one. */
  private static final MapStateDescriptor<Integer, Long> OBJECTS = OperatorOfStates.OBJECT_MAP;

  @TempDir Path temporary;

  private final Random random = new Random();
  private final Map<Long, NavigableMap<Integer, Long>> model = new HashMap<>();
  private FailingWrites writes;
  private int failures;

  @BeforeEach
  void load() throws Exception {
    NativeLibrary.load(temporary);
    writes = new FailingWrites();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4_096, 16_384, 131_072})
  void whatIsKnownOfAMapIsWhatItHas(long tierBytes) throws Exception {
    run(tierBytes, OBJECTS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4_096, 16_384, 131_072})
  void soItIsOfAMapOfNumbers(long tierBytes) throws Exception {
    run(tierBytes, OperatorOfStates.MAP);
  }

  /** It is removed as a range, and most of what it has is not below yet. */
  @Test
  void aLargeMapThatCannotBeClearedIsAsItWas() throws Exception {
    int many = 2_000;
    try (StateBench<Long> bench =
        new StateBench<>(temporary, LongSerializer.INSTANCE, 1, 64 << 20, writes)) {
      MapState<Integer, Long> map =
          bench.state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, OBJECTS);
      bench.selectKey(1L);
      for (int entry = 0; entry < many; entry++) {
        map.put(entry, 1L);
      }
      bench.hot().close(() -> {}).finish();
      for (int entry = 1; entry < many; entry++) {
        map.put(entry, 2L);
      }
      writes.begin();
      assertThatThrownBy(map::clear).isInstanceOf(StoreException.class);
      writes.end();

      assertThat(map.get(0)).isOne();
      for (int entry = 1; entry < many; entry++) {
        assertThat(map.get(entry)).as("entry %s", entry).isEqualTo(2);
      }
      bench.hot().close(() -> {}).finish();
      assertThat(map.values()).hasSize(many).contains(1L, 2L);
      map.clear();
      assertThat(map.isEmpty()).isTrue();
    }
  }

  /** So few are below that they are removed one by one, which the tier is told of. */
  @Test
  void aMapThatIsClearedBeforeMostOfItIsWrittenIsEmpty() throws Exception {
    try (StateBench<Long> bench =
        new StateBench<>(temporary, LongSerializer.INSTANCE, 1, 64 << 20, writes)) {
      MapState<Integer, Long> map =
          bench.state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, OBJECTS);
      for (long key = 1; key <= 2; key++) {
        bench.selectKey(key);
        for (int entry = 0; entry < 10; entry++) {
          map.put(entry, key);
        }
      }
      bench.hot().close(() -> {}).finish();
      for (long key = 1; key <= 2; key++) {
        bench.selectKey(key);
        for (int entry = 5; entry < 1_000; entry++) {
          map.put(entry, key + 2);
        }
      }
      bench.selectKey(1L);
      map.clear();

      assertThat(map.keys()).isEmpty();
      assertThat(map.get(2)).isNull();
      assertThat(map.get(7)).isNull();
      assertThat(map.get(700)).isNull();
      bench.hot().close(() -> {}).finish();
      assertThat(map.keys()).isEmpty();
      bench.selectKey(2L);
      assertThat(map.values()).hasSize(1_000).contains(2L, 4L);
    }
  }

  private void run(long tierBytes, MapStateDescriptor<Integer, Long> descriptor) throws Exception {
    long seed = Long.getLong("basalt.maps.seed", System.nanoTime());
    System.out.println("Seed: " + seed);
    random.setSeed(seed);
    try (StateBench<Long> bench =
        new StateBench<>(temporary, LongSerializer.INSTANCE, 1, tierBytes, writes)) {
      MapState<Integer, Long> map =
          bench.state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
      for (int operation = 0; operation < OPERATIONS; operation++) {
        if (random.nextInt(10) == 0) {
          writes.begin();
        } else if (random.nextInt(4) == 0) {
          writes.end();
        }
        operate(bench, map, "Seed %d, %d".formatted(seed, operation));
      }
      writes.end();
    }
    assertThat(failures).isGreaterThan(20);
  }

  private void operate(StateBench<Long> bench, MapState<Integer, Long> map, String description)
      throws Exception {
    long key = random.nextInt(4);
    bench.selectKey(key);
    NavigableMap<Integer, Long> expected = model.computeIfAbsent(key, k -> new TreeMap<>());
    NavigableMap<Integer, Long> after = new TreeMap<>(expected);
    int entry = random.nextInt(random.nextInt(10) == 0 ? MANY : 5);
    long value = random.nextLong();
    try {
      switch (random.nextInt(30)) {
        case 0 -> {
          after.clear();
          map.clear();
        }
        case 1, 2, 3 -> {
          Map<Integer, Long> some = new HashMap<>();
          int most = random.nextInt(10) == 0 ? MANY : 8;
          for (int one = random.nextInt(most); one > 0; one--) {
            some.put(random.nextInt(most), value);
          }
          after.putAll(some);
          map.putAll(some);
        }
        case 4 -> {
          // Each is a change of its own, and those before the one that fails have happened.
          Iterator<Integer> walk = map.keys().iterator();
          for (int taken = random.nextInt(8); taken > 0 && walk.hasNext(); taken--) {
            after.remove(walk.next());
            walk.remove();
          }
        }
        case 5, 6, 7, 8, 9, 10, 11 -> {
          after.put(entry, value);
          map.put(entry, value);
        }
        case 12 -> {
          bench.database().handOverBuffered();
          Epoch epoch = bench.hot().close(() -> {});
          if (random.nextBoolean()) {
            epoch.finish();
          } else {
            epoch.giveUp();
          }
        }
        case 13, 14, 15 ->
            assertThat(map.get(entry)).as(description).isEqualTo(expected.get(entry));
        default -> {
          after.remove(entry);
          map.remove(entry);
        }
      }
      expected.clear();
      expected.putAll(after);
      assertKnown(map, expected, description);
    } catch (StoreException e) {
      failures++;
      writes.end();
      for (int one = 0; one < MANY; one++) {
        Long found = map.get(one);
        assertThat(found).as("%s, %d", description, one).isIn(expected.get(one), after.get(one));
        if (found == null) {
          expected.remove(one);
        } else {
          expected.put(one, found);
        }
      }
      assertKnown(map, expected, description);
    }
  }

  private void assertKnown(
      MapState<Integer, Long> map, NavigableMap<Integer, Long> expected, String description)
      throws Exception {
    assertThat(map.isEmpty()).as(description).isEqualTo(expected.isEmpty());
    if (random.nextInt(8) == 0) {
      assertThat(map.keys()).as(description).containsExactlyElementsOf(expected.keySet());
    }
  }
}
