package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Epoch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.StateEntry;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalAggregatingState;
import org.apache.flink.runtime.state.internal.InternalKvState.StateIncrementalVisitor;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What began before a state was registered again and goes on to change it: what the state knows by
 * then, above all of what it does not have, still holds.
 */
class OutlivingOperationsTest {

  /** In a tier for a handful of entries, so that changes pass by it. */
  private static final long TIER_BYTES = 4_096;

  private static final long KEYS = 200;

  /** Looks in vain after which all of a table with so few keys has been seen. */
  private static final int ENOUGH = 3_000;

  @TempDir Path temporary;
  private StateBench<Long> bench;

  @BeforeEach
  void open() throws Exception {
    bench = new StateBench<>(temporary, LongSerializer.INSTANCE, 1, TIER_BYTES, null);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aVisitorBringsBackAKeyBehindAllOthers() throws Exception {
    InternalValueState<Long, VoidNamespace, Long> value = values();
    for (long key = 0; key < KEYS; key++) {
      bench.selectKey(key);
      value.update(key);
    }
    StateIncrementalVisitor<Long, VoidNamespace, Long> visitor =
        value.getStateIncrementalVisitor((int) KEYS);
    List<StateEntry<Long, VoidNamespace, Long>> visited = List.copyOf(visitor.nextEntries());
    for (long key = KEYS / 2; key < KEYS; key++) {
      bench.selectKey(key);
      value.clear();
    }
    value = values();
    for (long key = KEYS / 2; key < KEYS - 1; key++) {
      bench.selectKey(key);
      assertThat(value.value()).as("key %s", key).isNull();
    }

    visitor.update(visited.get((int) KEYS - 1), 7L);
    assertThat(value.value()).isNull();
    bench.selectKey(KEYS - 1);
    assertThat(value.value()).isEqualTo(7);
  }

  @Test
  void aVisitorBringsBackAWindow() throws Exception {
    InternalValueState<Long, TimeWindow, Long> value = windows();
    for (long key = 0; key < KEYS; key++) {
      bench.selectKey(key);
      value.setCurrentNamespace(new TimeWindow(key, key + 1));
      value.update(key);
    }
    StateIncrementalVisitor<Long, TimeWindow, Long> visitor =
        value.getStateIncrementalVisitor((int) KEYS);
    List<StateEntry<Long, TimeWindow, Long>> visited = List.copyOf(visitor.nextEntries());
    for (long key = 0; key < KEYS; key++) {
      bench.selectKey(key);
      value.setCurrentNamespace(new TimeWindow(key, key + 1));
      value.clear();
    }
    value = windows();
    for (long look = 0; look < ENOUGH; look++) {
      // In an order in which the keys themselves tell nothing.
      bench.selectKey(KEYS + ENOUGH - look);
      value.setCurrentNamespace(new TimeWindow(0, 1));
      assertThat(value.value()).isNull();
    }

    for (StateEntry<Long, TimeWindow, Long> entry : visited) {
      visitor.update(entry, -entry.getState());
    }
    for (long key = 0; key < KEYS; key++) {
      bench.selectKey(key);
      value.setCurrentNamespace(new TimeWindow(key, key + 1));
      assertThat(value.value()).as("key %s", key).isEqualTo(-key);
    }
  }

  /** A function that needs another state may have it registered, and whatever else. */
  @Test
  void aSumIsFoundThatWasBeingMadeMeanwhile() throws Exception {
    List<Sums> next = new ArrayList<>();
    Sums sums =
        new Sums() {
          @Override
          public Long add(Long value, Long sum) {
            if (!next.isEmpty()) {
              assertNoneFrom(KEYS, sums(next.remove(0)));
            }
            return sum + value;
          }
        };
    InternalAggregatingState<Long, VoidNamespace, Long, Long, Long> state = sums(sums);
    for (long key = 0; key < KEYS; key++) {
      bench.selectKey(key);
      state.add(key);
    }
    bench.selectKey(3 * KEYS);
    next.add(sums);
    state.add(7L);
    bench.selectKey(3 * KEYS);
    assertThat(state.get()).isEqualTo(7);
  }

  private void assertNoneFrom(
      long first, InternalAggregatingState<Long, VoidNamespace, Long, Long, Long> state) {
    for (long key = first; key < first + KEYS; key++) {
      bench.selectKey(key);
      assertThat(read(state)).as("key %s", key).isNull();
    }
  }

  private static @Nullable Long read(
      InternalAggregatingState<Long, VoidNamespace, Long, Long, Long> state) {
    try {
      return state.get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of which it is known by then that it is empty. */
  @Test
  void aWalkBringsAnEntryBackIntoAMap() throws Exception {
    MapState<Long, String> map = maps();
    bench.selectKey(1L);
    for (long entry = 0; entry < KEYS; entry++) {
      map.put(entry, "a");
    }
    Iterator<Map.Entry<Long, String>> walk = map.iterator();
    Map.Entry<Long, String> first = walk.next();
    map = maps();
    map.clear();
    assertThat(map.isEmpty()).isTrue();

    first.setValue("b");
    assertThat(map.isEmpty()).isFalse();
    assertThat(map.keys()).containsExactly(0L);
    map.clear();
    assertThat(map.isEmpty()).isTrue();
    assertThat(map.contains(0L)).isFalse();
  }

  /** While an epoch is being written. */
  @Test
  void aWalkRemovesTheLastEntryOfAMap() throws Exception {
    MapState<Long, String> map = maps();
    bench.selectKey(1L);
    for (long entry = 0; entry < KEYS; entry++) {
      map.put(entry, "a");
    }
    Iterator<Map.Entry<Long, String>> walk = map.iterator();
    walk.next();
    map = maps();
    map.clear();
    map.put(0L, "b");
    assertThat(map.keys()).containsExactly(0L);
    Epoch epoch = bench.hot().close(() -> {});

    walk.remove();
    assertThat(map.isEmpty()).isTrue();
    assertThat(map.keys()).isEmpty();
    epoch.finish();
    assertThat(map.isEmpty()).isTrue();
  }

  private InternalValueState<Long, VoidNamespace, Long> values() throws Exception {
    return bench.state(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        new ValueStateDescriptor<>("value", LongSerializer.INSTANCE),
        true);
  }

  private InternalValueState<Long, TimeWindow, Long> windows() throws Exception {
    return bench.state(
        new TimeWindow(0, 1),
        new TimeWindow.Serializer(),
        new ValueStateDescriptor<>("window", LongSerializer.INSTANCE),
        true);
  }

  private InternalAggregatingState<Long, VoidNamespace, Long, Long, Long> sums(Sums function) {
    try {
      return bench.state(
          VoidNamespace.INSTANCE,
          VoidNamespaceSerializer.INSTANCE,
          new AggregatingStateDescriptor<>("sum", function, LongSerializer.INSTANCE),
          true);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Adds up. */
  private abstract static class Sums implements AggregateFunction<Long, Long, Long> {

    private static final long serialVersionUID = 1L;

    @Override
    public Long createAccumulator() {
      return 0L;
    }

    @Override
    public Long getResult(Long sum) {
      return sum;
    }

    @Override
    public Long merge(Long left, Long right) {
      return left + right;
    }
  }

  private MapState<Long, String> maps() throws Exception {
    return bench.state(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        new MapStateDescriptor<>("map", LongSerializer.INSTANCE, StringSerializer.INSTANCE),
        true);
  }
}
