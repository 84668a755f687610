package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.internal.InternalAggregatingState;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.runtime.state.internal.InternalValueState;

/**
 * A random sequence of operations on states of every kind, each made on a plain map too and
 * compared.
 */
final class RandomOperations<K, N> {

  private static final int KEYS = 7;
  private static final int NAMESPACES = 4;

  private final StateBench<K> bench;
  private final IntFunction<K> keys;
  private final TypeSerializer<N> namespaceSerializer;
  private final IntFunction<N> namespaces;
  private final Random random;

  private final Map<Place<K, N>, String> values = new HashMap<>();
  private final Map<Place<K, N>, List<Integer>> lists = new HashMap<>();
  private final Map<Place<K, N>, Map<Integer, String>> maps = new HashMap<>();
  private final Map<Place<K, N>, Long> sums = new HashMap<>();
  private final Map<Place<K, N>, String> folds = new HashMap<>();

  private InternalValueState<K, N, String> value;
  private InternalListState<K, N, Integer> list;
  private InternalMapState<K, N, Integer, String> map;
  private InternalReducingState<K, N, Long> sum;
  private InternalAggregatingState<K, N, Integer, String, Integer> fold;

  RandomOperations(
      StateBench<K> bench,
      IntFunction<K> keys,
      TypeSerializer<N> namespaceSerializer,
      IntFunction<N> namespaces,
      Random random)
      throws Exception {
    this.bench = bench;
    this.keys = keys;
    this.namespaceSerializer = namespaceSerializer;
    this.namespaces = namespaces;
    this.random = random;
    register();
  }

  void register() throws Exception {
    N first = namespaces.apply(0);
    value =
        bench.state(
            first,
            namespaceSerializer,
            new ValueStateDescriptor<>("value", StringSerializer.INSTANCE));
    list =
        bench.state(
            first, namespaceSerializer, new ListStateDescriptor<>("list", IntSerializer.INSTANCE));
    map =
        bench.state(
            first,
            namespaceSerializer,
            new MapStateDescriptor<>("map", IntSerializer.INSTANCE, StringSerializer.INSTANCE));
    sum =
        bench.state(
            first,
            namespaceSerializer,
            new ReducingStateDescriptor<>("sum", Long::sum, LongSerializer.INSTANCE));
    fold =
        bench.state(
            first,
            namespaceSerializer,
            new AggregatingStateDescriptor<>("fold", new Trace(), StringSerializer.INSTANCE));
  }

  void step() throws Exception {
    Place<K, N> place = new Place<>(keys.apply(random.nextInt(KEYS)), randomNamespace());
    bench.selectKey(place.key());
    switch (random.nextInt(5)) {
      case 0 -> stepValue(place);
      case 1 -> stepList(place);
      case 2 -> stepMap(place);
      case 3 -> stepSum(place);
      default -> stepFold(place);
    }
  }

  private void stepValue(Place<K, N> place) throws Exception {
    value.setCurrentNamespace(place.namespace());
    switch (random.nextInt(4)) {
      case 0 -> {
        value.clear();
        values.remove(place);
      }
      case 1, 2 -> {
        String written = "v" + random.nextInt();
        value.update(written);
        values.put(place, written);
      }
      default -> assertThat(value.value()).isEqualTo(values.get(place));
    }
  }

  private void stepList(Place<K, N> place) throws Exception {
    list.setCurrentNamespace(place.namespace());
    // Bytes that are commas too.
    List<Integer> elements =
        random.ints(random.nextInt(4)).mapToObj(i -> i % 2 == 0 ? i : 0x2C2C2C2C).toList();
    switch (random.nextInt(7)) {
      case 0 -> {
        list.clear();
        lists.remove(place);
      }
      case 1 -> {
        list.update(elements);
        lists.remove(place);
        addTo(place, elements);
      }
      case 2, 3 -> {
        list.addAll(elements);
        addTo(place, elements);
      }
      case 4 -> {
        list.add(7);
        addTo(place, List.of(7));
      }
      case 5 -> {
        List<N> sources = List.of(randomNamespace(), randomNamespace());
        list.mergeNamespaces(place.namespace(), sources);
        for (N source : sources) {
          List<Integer> moved = lists.remove(new Place<>(place.key(), source));
          addTo(place, moved == null ? List.of() : moved);
        }
      }
      default -> assertThat(list.getInternal()).isEqualTo(lists.get(place));
    }
  }

  private void addTo(Place<K, N> place, List<Integer> elements) {
    if (!elements.isEmpty()) {
      lists.computeIfAbsent(place, absent -> new ArrayList<>()).addAll(elements);
    }
  }

  private void stepMap(Place<K, N> place) throws Exception {
    map.setCurrentNamespace(place.namespace());
    Map<Integer, String> expected =
        maps.computeIfAbsent(place, absent -> new TreeMap<>(Integer::compareUnsigned));
    int userKey = random.nextInt(400) - 200;
    switch (random.nextInt(12)) {
      case 0 -> {
        if (random.nextInt(5) == 0) {
          map.clear();
          expected.clear();
        }
      }
      case 1, 2, 3 -> {
        String written = userKey % 10 == 0 ? null : "m" + random.nextInt();
        map.put(userKey, written);
        expected.put(userKey, written);
      }
      case 4, 5 -> {
        Map<Integer, String> many = new HashMap<>();
        random.ints(20).forEach(i -> many.put(i % 200, "a" + i));
        map.putAll(many);
        expected.putAll(many);
      }
      case 6 -> {
        map.remove(userKey);
        expected.remove(userKey);
      }
      case 7 -> assertThat(map.get(userKey)).isEqualTo(expected.get(userKey));
      case 8 -> assertThat(map.contains(userKey)).isEqualTo(expected.containsKey(userKey));
      case 9 -> assertThat(map.isEmpty()).isEqualTo(expected.isEmpty());
      case 10 -> changeWhileWalking(expected);
      default -> {
        assertThat(map.keys()).containsExactlyElementsOf(expected.keySet());
        assertThat(map.values()).containsExactlyElementsOf(expected.values());
      }
    }
  }

  private void changeWhileWalking(Map<Integer, String> expected) throws Exception {
    Iterator<Map.Entry<Integer, String>> expectedEntries = expected.entrySet().iterator();
    for (Map.Entry<Integer, String> entry : map.entries()) {
      Map.Entry<Integer, String> expectedEntry = expectedEntries.next();
      assertThat(entry).isEqualTo(expectedEntry);
      if (random.nextInt(4) == 0) {
        entry.setValue("s");
        expectedEntry.setValue("s");
      }
    }
    assertThat(expectedEntries.hasNext()).isFalse();
    Iterator<Integer> userKeys = map.keys().iterator();
    while (userKeys.hasNext()) {
      int userKey = userKeys.next();
      if (random.nextInt(4) == 0) {
        userKeys.remove();
        expected.remove(userKey);
      }
    }
  }

  private void stepSum(Place<K, N> place) throws Exception {
    sum.setCurrentNamespace(place.namespace());
    switch (random.nextInt(6)) {
      case 0 -> {
        sum.clear();
        sums.remove(place);
      }
      case 1, 2 -> {
        long added = random.nextInt();
        sum.add(added);
        sums.merge(place, added, Long::sum);
      }
      case 3 -> {
        List<N> sources = List.of(randomNamespace(), randomNamespace());
        sum.mergeNamespaces(place.namespace(), sources);
        for (N source : sources) {
          Long moved = sums.remove(new Place<>(place.key(), source));
          if (moved != null) {
            sums.merge(place, moved, Long::sum);
          }
        }
      }
      default -> assertThat(sum.get()).isEqualTo(sums.get(place));
    }
  }

  private void stepFold(Place<K, N> place) throws Exception {
    fold.setCurrentNamespace(place.namespace());
    switch (random.nextInt(5)) {
      case 0 -> {
        fold.clear();
        folds.remove(place);
      }
      case 1, 2 -> {
        int added = random.nextInt(10);
        fold.add(added);
        folds.merge(place, "." + added, String::concat);
      }
      case 3 -> {
        fold.updateInternal("u");
        folds.put(place, "u");
      }
      default -> {
        String expected = folds.get(place);
        assertThat(fold.getInternal()).isEqualTo(expected);
        assertThat(fold.get()).isEqualTo(expected == null ? null : expected.length());
      }
    }
  }

  void checkKeys() {
    maps.values().removeIf(Map::isEmpty);
    checkKeys("value", values.keySet());
    checkKeys("list", lists.keySet());
    checkKeys("map", maps.keySet());
    checkKeys("sum", sums.keySet());
    checkKeys("fold", folds.keySet());
  }

  private void checkKeys(String state, Set<Place<K, N>> expected) {
    assertThat(
            bench
                .keyStreams()
                .<N>keysAndNamespaces(state)
                .map(pair -> new Place<>(pair.f0, pair.f1))
                .toList())
        .containsExactlyInAnyOrderElementsOf(expected);
    for (int i = 0; i < NAMESPACES; i++) {
      N namespace = namespaces.apply(i);
      assertThat(bench.keyStreams().keys(state, namespace).toList())
          .containsExactlyInAnyOrderElementsOf(
              expected.stream()
                  .filter(place -> place.namespace().equals(namespace))
                  .map(Place::key)
                  .collect(Collectors.toList()));
    }
  }

  private N randomNamespace() {
    return namespaces.apply(random.nextInt(NAMESPACES));
  }

  /** A key and a namespace. */
  private record Place<K, N>(K key, N namespace) {}

  private static final class Trace implements AggregateFunction<Integer, String, Integer> {
    @Override
    public String createAccumulator() {
      return "";
    }

    @Override
    public String add(Integer value, String accumulator) {
      return accumulator + "." + value;
    }

    @Override
    public Integer getResult(String accumulator) {
      return accumulator.length();
    }

    @Override
    public String merge(String left, String right) {
      return left + right;
    }
  }
}
