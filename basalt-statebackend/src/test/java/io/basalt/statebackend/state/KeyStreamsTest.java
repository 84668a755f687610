package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.NativeCount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.RegisteredPriorityQueueStateBackendMetaInfo;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of keys; more than 128 key groups, and keys and namespaces of variable length. */
class KeyStreamsTest {

  private static final int KEY_GROUPS = 300;

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private StateBench<String> bench;
  private InternalValueState<String, String, Integer> value;
  private InternalMapState<String, String, Integer, Integer> map;

  @BeforeEach
  void open() throws Exception {
    openBefore = NativeCount.open();
    bench = new StateBench<>(temporary, StringSerializer.INSTANCE, KEY_GROUPS);
    value =
        bench.state(
            "n",
            StringSerializer.INSTANCE,
            new ValueStateDescriptor<>("value", IntSerializer.INSTANCE));
    map =
        bench.state(
            "n",
            StringSerializer.INSTANCE,
            new MapStateDescriptor<>("map", IntSerializer.INSTANCE, IntSerializer.INSTANCE));
  }

  @AfterEach
  void closeEverything() {
    bench.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void keysComeKeyGroupByKeyGroup() throws Exception {
    putValues("n", 0, 500, 1);

    List<String> keys = bench.keyStreams().keys("value", "n").toList();

    assertThat(keys).containsExactlyInAnyOrderElementsOf(names(0, 500, 1));
    assertThat(keys.stream().map(KeyStreamsTest::keyGroup)).isSorted();
  }

  @Test
  void aNamespaceIsToldFromThoseThatStartOrEndLikeIt() throws Exception {
    List<String> namespaces = List.of("", "n", "nn", "nn\u0002n", "\u0002n", "n\u0001");
    for (String namespace : namespaces) {
      putValues(namespace, 0, 20, 1 + namespaces.indexOf(namespace));
    }

    for (String namespace : namespaces) {
      assertThat(bench.keyStreams().keys("value", namespace).toList())
          .as("namespace '%s'", namespace)
          .containsExactlyInAnyOrderElementsOf(names(0, 20, 1 + namespaces.indexOf(namespace)));
    }
    assertThat(bench.keyStreams().<String>keysAndNamespaces("value").toList())
        .hasSize(20 + 10 + 7 + 5 + 4 + 4)
        .doesNotHaveDuplicates()
        .contains(Tuple2.of("k12", "nn"), Tuple2.of("k0", ""));
  }

  @Test
  void aKeyOfAMapComesOnceHoweverManyEntriesItHas() throws Exception {
    putMaps(0, 30, 1, 50);
    putMaps(30, 60, 1, 1);
    map.setCurrentNamespace("other");
    map.put(1, 1);

    assertThat(bench.keyStreams().keys("map", "n").toList())
        .containsExactlyInAnyOrderElementsOf(names(0, 60, 1));
    assertThat(bench.keyStreams().<String>keysAndNamespaces("map").toList())
        .hasSize(61)
        .doesNotHaveDuplicates();
  }

  @Test
  void aKeyOfSeveralStatesComesOnceAndInTheSameOrder() throws Exception {
    putValues("n", 0, 200, 2);
    putMaps(0, 200, 3, 4);
    Set<String> union = new TreeSet<>(names(0, 200, 2));
    union.addAll(names(0, 200, 3));

    List<String> keys = bench.keyStreams().keys(List.of("value", "map"), "n").toList();

    assertThat(keys).containsExactlyInAnyOrderElementsOf(union);
    assertThat(bench.keyStreams().keys(List.of("map", "none", "value", "map"), "n").toList())
        .isEqualTo(keys);
    assertThat(keys.stream().map(KeyStreamsTest::keyGroup)).isSorted();
  }

  @Test
  void nothingIsAnEmptyStream() throws Exception {
    bench
        .catalog()
        .addNew(
            bench.database().createTable("timers", AccessPattern.KEYS_AND_RANGES),
            new RegisteredPriorityQueueStateBackendMetaInfo<>("timers", StringSerializer.INSTANCE));

    assertThat(bench.keyStreams().keys("none", "n")).isEmpty();
    assertThat(bench.keyStreams().keys("value", "n")).isEmpty();
    assertThat(bench.keyStreams().keys("timers", "n")).isEmpty();
    assertThat(bench.keyStreams().keys(List.of(), "n")).isEmpty();
    assertThat(bench.keyStreams().keysAndNamespaces("none")).isEmpty();
    assertThat(bench.keyStreams().keysAndNamespaces("value")).isEmpty();
  }

  @Test
  void aStreamShowsTheStateOfItsOpeningAndMayBeWrittenThrough() throws Exception {
    putValues("n", 0, 100, 1);
    putMaps(50, 150, 1, 1);
    Stream<String> late = bench.keyStreams().keys(List.of("value", "map"), "n");
    List<String> seen = new ArrayList<>();
    try (Stream<String> keys = bench.keyStreams().keys("value", "n")) {
      for (Iterator<String> key = keys.iterator(); key.hasNext(); ) {
        String current = key.next();
        seen.add(current);
        bench.selectKey(current);
        value.clear();
        bench.selectKey(current + "new");
        value.update(1);
      }
    }

    assertThat(seen).containsExactlyInAnyOrderElementsOf(names(0, 100, 1));
    assertThat(late.toList()).containsExactlyInAnyOrderElementsOf(names(0, 150, 1));
    assertThat(bench.keyStreams().keys("value", "n"))
        .hasSize(100)
        .allMatch(key -> key.endsWith("new"));
  }

  @Test
  void cursorsGoWithTheStreamItsEndOrTheDatabase() throws Exception {
    putValues("n", 0, 10, 1);
    Long before = NativeCount.open().get(NativeCount.Kind.CURSOR);

    Stream<String> unread = bench.keyStreams().keys(List.of("value", "map"), "n");
    assertThat(NativeCount.open().get(NativeCount.Kind.CURSOR)).isNotEqualTo(before);
    unread.close();
    assertThat(NativeCount.open().get(NativeCount.Kind.CURSOR)).isEqualTo(before);

    Stream<String> halfRead = bench.keyStreams().keys("value", "n");
    halfRead.iterator().next();
    halfRead.close();
    assertThat(NativeCount.open().get(NativeCount.Kind.CURSOR)).isEqualTo(before);

    Iterator<Tuple2<String, String>> toTheEnd =
        bench.keyStreams().<String>keysAndNamespaces("value").iterator();
    toTheEnd.forEachRemaining(pair -> {});
    assertThat(NativeCount.open().get(NativeCount.Kind.CURSOR)).isEqualTo(before);
    assertThat(toTheEnd.hasNext()).isFalse();

    Iterator<String> left = bench.keyStreams().keys("value", "n").iterator();
    left.next();
    bench.close();
    assertThatThrownBy(() -> left.forEachRemaining(key -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("value");
  }

  private void putValues(String namespace, int from, int to, int step) throws Exception {
    value.setCurrentNamespace(namespace);
    for (String key : names(from, to, step)) {
      bench.selectKey(key);
      value.update(1);
    }
  }

  private void putMaps(int from, int to, int step, int entries) throws Exception {
    for (String key : names(from, to, step)) {
      bench.selectKey(key);
      for (int userKey = 0; userKey < entries; userKey++) {
        map.put(userKey, userKey);
      }
    }
  }

  private static List<String> names(int from, int to, int step) {
    return IntStream.range(from, to)
        .filter(i -> (i - from) % step == 0)
        .mapToObj(i -> "k" + i)
        .collect(Collectors.toList());
  }

  private static int keyGroup(String key) {
    return KeyGroupRangeAssignment.assignToKeyGroup(key, KEY_GROUPS);
  }
}
