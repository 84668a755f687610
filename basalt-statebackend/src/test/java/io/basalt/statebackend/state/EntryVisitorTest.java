package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.store.NativeCount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.StateEntry;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.runtime.state.internal.InternalKvState.StateIncrementalVisitor;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Visitors of all entries: complete, in small steps, writing through, holding nothing. */
class EntryVisitorTest {

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private StateBench<Integer> bench;

  @BeforeEach
  void open() throws Exception {
    openBefore = NativeCount.open();
    bench = new StateBench<>(temporary, IntSerializer.INSTANCE, 10);
  }

  @AfterEach
  void closeEverything() {
    bench.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void visitsEveryKeyAndNamespaceOnceAFewAtATime() throws Exception {
    InternalValueState<Integer, Integer, Integer> state = value(StateTtlConfig.DISABLED, "v");
    for (int key = 0; key < 25; key++) {
      bench.selectKey(key);
      for (int namespace = 0; namespace < 2; namespace++) {
        state.setCurrentNamespace(namespace);
        state.update(key * 10 + namespace);
      }
    }
    Long beforeVisit = NativeCount.open().get(NativeCount.Kind.CURSOR);

    List<Integer> visited = new ArrayList<>();
    StateIncrementalVisitor<Integer, Integer, Integer> visitor =
        state.getStateIncrementalVisitor(7);
    while (visitor.hasNext()) {
      Collection<StateEntry<Integer, Integer, Integer>> entries = visitor.nextEntries();
      assertThat(entries).hasSizeLessThanOrEqualTo(7);
      assertThat(NativeCount.open().get(NativeCount.Kind.CURSOR)).isEqualTo(beforeVisit);
      for (StateEntry<Integer, Integer, Integer> entry : entries) {
        assertThat(entry.getState()).isEqualTo(entry.getKey() * 10 + entry.getNamespace());
        visited.add(entry.getState());
      }
    }

    assertThat(visited).hasSize(50).doesNotHaveDuplicates();
    assertThat(visitor.nextEntries()).isEmpty();
  }

  @Test
  void removesAndUpdatesWhatItShows() throws Exception {
    InternalListState<Integer, Integer, Integer> list =
        bench.state(
            0, IntSerializer.INSTANCE, new ListStateDescriptor<>("l", IntSerializer.INSTANCE));
    InternalMapState<Integer, Integer, Integer, Integer> map =
        bench.state(
            0,
            IntSerializer.INSTANCE,
            new MapStateDescriptor<>("m", IntSerializer.INSTANCE, IntSerializer.INSTANCE));
    for (int key = 0; key < 20; key++) {
      bench.selectKey(key);
      for (int i = 0; i <= key; i++) {
        list.add(i);
        map.put(i, key);
      }
    }
    bench.selectKey(1_000);

    halve(list, held -> held.subList(0, 1));
    halve(map, held -> Map.of(99, held.size()));

    for (int key = 0; key < 20; key++) {
      bench.selectKey(key);
      if (key % 2 == 0) {
        assertThat(list.getInternal()).isNull();
        assertThat(map.isEmpty()).isTrue();
      } else {
        assertThat(list.getInternal()).containsExactly(0);
        assertThat(map.keys()).containsExactly(99);
        assertThat(map.get(99)).isEqualTo(key + 1);
      }
    }
  }

  /** As the first access behind a barrier has it. */
  @Test
  void writesNoCheckpointForThoseThatItShows() throws Exception {
    bench.close();
    bench = new StateBench<>(temporary, IntSerializer.INSTANCE, 10, 64 << 20, null);
    InternalValueState<Integer, Integer, Integer> state = value(StateTtlConfig.DISABLED, "v");
    for (int key = 0; key < 300; key++) {
      bench.selectKey(key);
      state.setCurrentNamespace(0);
      state.update(key);
    }
    StateIncrementalVisitor<Integer, Integer, Integer> begun = state.getStateIncrementalVisitor(7);
    assertThat(begun.nextEntries()).hasSize(7);
    bench.selectKey(7);
    state.update(70);
    AtomicBoolean written = new AtomicBoolean();
    Epoch epoch = bench.hot().close(() -> written.set(true));
    StateIncrementalVisitor<Integer, Integer, Integer> visitor =
        state.getStateIncrementalVisitor(7);

    int shown = 7;
    while (begun.hasNext()) {
      shown += begun.nextEntries().size();
    }
    assertThat(shown).isEqualTo(300);
    assertThat(visitor.nextEntries()).isEmpty();
    assertThat(visitor.hasNext()).isTrue();
    assertThat(written).as("by whoever visits").isFalse();

    epoch.finish();
    assertThat(visitor.nextEntries()).hasSize(7);
  }

  @Test
  void flinksDefaultCleanupIsLeftToCompactions() throws Exception {
    InternalValueState<Integer, Integer, Integer> byDefault =
        value(StateTtlConfig.newBuilder(Duration.ofDays(7)).build(), "by-default");
    InternalValueState<Integer, Integer, Integer> asked =
        value(
            StateTtlConfig.newBuilder(Duration.ofDays(7)).cleanupIncrementally(5, false).build(),
            "asked");

    assertThatThrownBy(() -> byDefault.getStateIncrementalVisitor(5))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("by-default")
        .hasMessageContaining("cleanupIncrementally");
    assertThat(asked.getStateIncrementalVisitor(5)).isNotNull();
  }

  private static <V> void halve(
      InternalKvState<Integer, Integer, V> state, UnaryOperator<V> change) {
    StateIncrementalVisitor<Integer, Integer, V> visitor = state.getStateIncrementalVisitor(3);
    while (visitor.hasNext()) {
      for (StateEntry<Integer, Integer, V> entry : visitor.nextEntries()) {
        if (entry.getKey() % 2 == 0) {
          visitor.remove(entry);
        } else {
          visitor.update(entry, change.apply(entry.getState()));
        }
      }
    }
  }

  private InternalValueState<Integer, Integer, Integer> value(
      StateTtlConfig configuration, String name) throws Exception {
    ValueStateDescriptor<Integer> descriptor =
        new ValueStateDescriptor<>(name, IntSerializer.INSTANCE);
    if (configuration.isEnabled()) {
      descriptor.enableTimeToLive(configuration);
    }
    return bench.state(0, IntSerializer.INSTANCE, descriptor);
  }
}
