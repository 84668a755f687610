package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.store.NativeCount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Map state: its rules, and what an iteration shows and does. */
class MapStateTest {

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private StateBench<Integer> bench;
  private InternalMapState<Integer, Integer, Integer, String> map;

  @BeforeEach
  void open() throws Exception {
    openBefore = NativeCount.open();
    bench = new StateBench<>(temporary, IntSerializer.INSTANCE, 10);
    bench.selectKey(1);
    map =
        bench.state(
            0,
            IntSerializer.INSTANCE,
            new MapStateDescriptor<>("m", IntSerializer.INSTANCE, StringSerializer.INSTANCE));
  }

  @AfterEach
  void closeEverything() {
    bench.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void aNullValueIsThereAndNull() throws Exception {
    map.put(1, null);
    Map<Integer, String> more = new HashMap<>();
    more.put(2, null);
    more.put(3, "three");
    map.putAll(more);

    assertThat(map.contains(1)).isTrue();
    assertThat(map.get(1)).isNull();
    assertThat(map.contains(4)).isFalse();
    assertThat(map.get(4)).isNull();
    assertThat(map.isEmpty()).isFalse();
    assertThat(map.keys()).containsExactly(1, 2, 3);
    assertThat(map.values()).containsExactly(null, null, "three");
  }

  @Test
  void nothingIsAnEmptyMapThatIsNeverNull() throws Exception {
    assertThat(map.isEmpty()).isTrue();
    assertThat(map.entries()).isEmpty();
    assertThat(map.keys()).isEmpty();
    assertThat(map.values()).isEmpty();
    assertThatThrownBy(() -> map.iterator().next()).isInstanceOf(NoSuchElementException.class);
    map.putAll(null);
    map.putAll(Map.of());
    map.remove(7);
    map.clear();
    assertThat(map.isEmpty()).isTrue();
    map.put(7, "x");
    map.remove(7);
    assertThat(map.isEmpty()).isTrue();
  }

  @Test
  void aNullUserKeyIsAsGoodAsItsSerializerTakesIt() throws Exception {
    InternalMapState<Integer, Integer, String, Integer> byName =
        bench.state(
            0,
            IntSerializer.INSTANCE,
            new MapStateDescriptor<>("n", StringSerializer.INSTANCE, IntSerializer.INSTANCE));
    byName.put(null, 1);

    assertThat(byName.get(null)).isEqualTo(1);
    assertThat(byName.keys()).containsExactly((String) null);
    assertThatThrownBy(() -> map.put(null, "x")).isInstanceOf(NullPointerException.class);
  }

  @Test
  void ofAMapThatCannotBeWrittenWholeNothingIs() throws Exception {
    Map<Integer, String> half = new LinkedHashMap<>();
    half.put(1, "one");
    half.put(null, "a user key that the serializer does not take");
    assertThatThrownBy(() -> map.putAll(half)).isInstanceOf(RuntimeException.class);
    assertThat(map.isEmpty()).isTrue();
  }

  @Test
  void entriesComeInTheOrderOfTheirKeysBytes() throws Exception {
    InternalMapState<Integer, Integer, byte[], Integer> byBytes =
        bench.state(
            0,
            IntSerializer.INSTANCE,
            new MapStateDescriptor<>(
                "b", BytePrimitiveArraySerializer.INSTANCE, IntSerializer.INSTANCE));
    for (int userKey : List.of(5, -1, 0, -100, 3)) {
      map.put(userKey, "" + userKey);
    }
    byte[][] keys = {{-1}, {0}, {127}, {-128}, {1, 2}, {}};
    for (byte[] key : keys) {
      byBytes.put(key, key.length);
    }

    assertThat(map.keys()).containsExactly(0, 3, 5, -100, -1);
    // A byte array is written with its length before it.
    assertThat(byBytes.keys())
        .containsExactly(
            new byte[0],
            new byte[] {0},
            new byte[] {127},
            new byte[] {-128},
            new byte[] {-1},
            new byte[] {1, 2});
  }

  @Test
  void entriesOfOtherKeysAndNamespacesAreNotShownNorCleared() throws Exception {
    fill(200);
    map.setCurrentNamespace(1);
    fill(3);
    bench.selectKey(2);
    fill(4);

    bench.selectKey(1);
    assertThat(map.keys()).containsExactly(0, 1, 2);
    map.setCurrentNamespace(0);
    map.clear();
    assertThat(map.isEmpty()).isTrue();
    map.setCurrentNamespace(1);
    assertThat(map.keys()).containsExactly(0, 1, 2);
    bench.selectKey(2);
    assertThat(map.keys()).containsExactly(0, 1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 129, 255, 256, 257, 300})
  void everyEntryIsShownOnceAndCanBeRemoved(int size) throws Exception {
    fill(size);
    List<Integer> seen = new ArrayList<>();
    for (Iterator<Map.Entry<Integer, String>> entries = map.iterator(); entries.hasNext(); ) {
      Map.Entry<Integer, String> entry = entries.next();
      seen.add(entry.getKey());
      if (entry.getKey() % 3 == 0) {
        // The question in between may read the next chunk; remove() is about the last entry still.
        assertThat(entries.hasNext()).isEqualTo(entry.getKey() < size - 1);
        entries.remove();
      } else {
        assertThat(entry.setValue("changed")).isEqualTo("v" + entry.getKey());
        assertThat(entry.getValue()).isEqualTo("changed");
      }
    }

    assertThat(seen).hasSize(size).isSorted();
    for (int userKey = 0; userKey < size; userKey++) {
      assertThat(map.get(userKey)).isEqualTo(userKey % 3 == 0 ? null : "changed");
      assertThat(map.contains(userKey)).isEqualTo(userKey % 3 != 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 127, 128, 129, 300})
  void theStateMayBeWrittenWhileItIsWalked(int size) throws Exception {
    fill(size);
    List<Integer> seen = new ArrayList<>();
    for (Map.Entry<Integer, String> entry : map.entries()) {
      seen.add(entry.getKey());
      if (entry.getKey() >= 0) {
        map.remove(entry.getKey());
        map.remove(entry.getKey() + 1);
        map.put(-1 - entry.getKey(), "behind everything");
      }
    }

    // One chunk ahead is fixed, what lies beyond is as it is when it is reached.
    assertThat(seen.subList(0, Math.min(size, 128)))
        .containsExactlyElementsOf(range(Math.min(size, 128)));
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(seen.contains(-1)).isEqualTo(size > 128);
    assertThat(map.contains(0)).isFalse();
    assertThat(map.contains(-1)).isTrue();
  }

  @Test
  void aMapOfOneChunkEndsWhereItEndedWhenItWasAskedFor() throws Exception {
    fill(128);
    int seen = 0;
    for (int userKey : map.keys()) {
      map.put(userKey + 128, "new");
      seen++;
    }

    assertThat(seen).isEqualTo(128);
    assertThat(map.contains(255)).isTrue();
  }

  @Test
  void anIteratorBelongsToTheKeyAndNamespaceItWasMadeFor() throws Exception {
    fill(300);
    Iterator<Map.Entry<Integer, String>> entries = map.iterator();
    entries.next();
    bench.selectKey(2);
    map.setCurrentNamespace(5);
    fill(300);
    entries.remove();
    entries.forEachRemaining(entry -> entry.setValue("changed"));

    assertThat(map.get(0)).isEqualTo("v0");
    assertThat(map.get(299)).isEqualTo("v299");
    bench.selectKey(1);
    map.setCurrentNamespace(0);
    assertThat(map.contains(0)).isFalse();
    assertThat(map.get(299)).isEqualTo("changed");
  }

  @Test
  void iterablesAreReadAnewAndKeysAndValuesRemoveToo() throws Exception {
    Iterable<Integer> keys = map.keys();
    Iterable<String> values = map.values();
    fill(3);

    assertThat(keys).containsExactly(0, 1, 2);
    Iterator<Integer> key = keys.iterator();
    key.next();
    key.remove();
    assertThat(values).containsExactly("v1", "v2");
    Iterator<String> value = values.iterator();
    value.next();
    value.remove();
    assertThat(keys).containsExactly(2);
  }

  @Test
  void removeWantsANextBeforeIt() throws Exception {
    fill(2);
    Iterator<Map.Entry<Integer, String>> entries = map.iterator();

    assertThatThrownBy(entries::remove).isInstanceOf(IllegalStateException.class);
    Map.Entry<Integer, String> removed = entries.next();
    entries.remove();
    assertThatThrownBy(entries::remove).isInstanceOf(IllegalStateException.class);
    assertThat(removed.getValue()).isNull();
    assertThatThrownBy(() -> removed.setValue("x")).isInstanceOf(IllegalStateException.class);
    assertThat(map.keys()).containsExactly(1);
  }

  @Test
  void entriesAreMapEntries() throws Exception {
    map.put(1, "one");
    Map.Entry<Integer, String> entry = map.iterator().next();

    assertThat(entry).isEqualTo(Map.entry(1, "one")).hasSameHashCodeAs(Map.entry(1, "one"));
    assertThat(entry).isNotEqualTo(Map.entry(1, "two")).hasToString("1=one");
    entry.setValue(null);
    assertThat(entry.getValue()).isNull();
    assertThat(map.contains(1)).isTrue();
  }

  @Test
  void anAbandonedIteratorHoldsNothing() throws Exception {
    fill(300);
    Long before = NativeCount.open().get(NativeCount.Kind.CURSOR);
    for (int i = 0; i < 10; i++) {
      Iterator<Integer> keys = map.keys().iterator();
      keys.next();
    }
    map.isEmpty();

    assertThat(NativeCount.open().get(NativeCount.Kind.CURSOR)).isEqualTo(before);
  }

  private void fill(int size) throws Exception {
    for (int userKey : range(size)) {
      map.put(userKey, "v" + userKey);
    }
  }

  private static List<Integer> range(int size) {
    Integer[] range = new Integer[size];
    Arrays.setAll(range, i -> i);
    return Arrays.asList(range);
  }
}
