package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.store.NativeCount;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.internal.InternalAggregatingState;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rules of nulls, defaults, empty lists, failing functions and merged namespaces. Each is what
 * Flink's RocksDB backend was seen to do, except where a comment says otherwise.
 */
class KeyedStateTest {

  private static final int ELSEWHERE = 9;

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private StateBench<Integer> bench;

  @BeforeEach
  void open() throws Exception {
    openBefore = NativeCount.open();
    bench = new StateBench<>(temporary, IntSerializer.INSTANCE, 10);
    bench.selectKey(1);
  }

  @AfterEach
  void closeEverything() {
    bench.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void aValueIsThatOfTheCurrentKeyAndNamespace() throws Exception {
    InternalValueState<Integer, Integer, String> state = value();

    state.update("here");
    bench.selectKey(2);
    assertThat(state.value()).isNull();
    state.update("other key");
    bench.selectKey(1);
    state.setCurrentNamespace(ELSEWHERE);
    assertThat(state.value()).isNull();
    state.update("other namespace");
    state.setCurrentNamespace(0);
    assertThat(state.value()).isEqualTo("here");
    state.clear();
    assertThat(state.value()).isNull();
    state.setCurrentNamespace(ELSEWHERE);
    assertThat(state.value()).isEqualTo("other namespace");
  }

  @Test
  @SuppressWarnings("deprecation") // A default value: deprecated, in use, and kept working.
  void aNullValueClearsAndNothingGivesACopyOfTheDefault() throws Exception {
    InternalValueState<Integer, Integer, byte[]> state =
        bench.state(
            0,
            IntSerializer.INSTANCE,
            new ValueStateDescriptor<>(
                "v", BytePrimitiveArraySerializer.INSTANCE, new byte[] {42}));

    byte[] first = state.value();
    assertThat(first).containsExactly(42);
    first[0] = 0;
    assertThat(state.value()).as("what another reader did with its copy").containsExactly(42);
    state.update(new byte[] {1});
    state.update(null);
    assertThat(state.value()).containsExactly(42);
    assertThat(bench.keyStreams().keys("v", 0)).isEmpty();
  }

  @Test
  void whatIsReadBelongsToTheReader() throws Exception {
    InternalValueState<Integer, Integer, byte[]> state =
        bench.state(
            0,
            IntSerializer.INSTANCE,
            new ValueStateDescriptor<>("v", BytePrimitiveArraySerializer.INSTANCE));
    byte[] written = {1};
    state.update(written);
    written[0] = 7;

    byte[] read = state.value();
    assertThat(read).containsExactly(1);
    read[0] = 7;
    assertThat(state.value()).containsExactly(1);
  }

  @Test
  void negativeZeroAndNaNStayWhatTheyAre() throws Exception {
    StateBench<Double> doubles = new StateBench<>(temporary, DoubleSerializer.INSTANCE, 10);
    try (doubles) {
      doubles.selectKey(-0.0);
      InternalMapState<Double, Integer, Double, Double> map =
          doubles.state(
              0,
              IntSerializer.INSTANCE,
              new MapStateDescriptor<>("m", DoubleSerializer.INSTANCE, DoubleSerializer.INSTANCE));
      map.put(-0.0, -0.0);
      map.put(0.0, Double.NaN);

      assertThat(map.get(-0.0)).isEqualTo(-0.0);
      assertThat(map.get(0.0)).isNaN();
      doubles.selectKey(0.0);
      assertThat(map.isEmpty()).isTrue();
    }
  }

  @Test
  void aListTakesNoNullAndKeepsWhatItHasWhenItIsOffered() throws Exception {
    InternalListState<Integer, Integer, String> state = list();
    state.add("a");

    assertThatNullPointerException().isThrownBy(() -> state.add(null));
    assertThatNullPointerException().isThrownBy(() -> state.addAll(null));
    assertThatNullPointerException().isThrownBy(() -> state.addAll(Arrays.asList("x", null)));
    assertThatNullPointerException().isThrownBy(() -> state.update(null));
    assertThatNullPointerException().isThrownBy(() -> state.update(Arrays.asList("x", null)));
    assertThatNullPointerException().isThrownBy(() -> state.updateInternal(null));
    assertThat(state.get()).containsExactly("a");
  }

  @Test
  void anEmptyListIsNone() throws Exception {
    InternalListState<Integer, Integer, String> state = list();

    assertThat(state.get()).isNull();
    assertThat(state.getInternal()).isNull();
    state.addAll(List.of());
    assertThat(state.get()).isNull();
    state.add("a");
    state.addAll(List.of());
    state.addAll(List.of("b,", ",c"));
    assertThat(state.get()).containsExactly("a", "b,", ",c");
    state.update(List.of("d"));
    assertThat(state.getInternal()).containsExactly("d");
    state.update(List.of());
    assertThat(state.get()).isNull();
    assertThat(bench.keyStreams().keys("l", 0)).isEmpty();
  }

  @Test
  void listsOfNamespacesAreMergedBehindTheTargets() throws Exception {
    InternalListState<Integer, Integer, String> state = list();
    for (int namespace : List.of(2, 1, 0)) {
      state.setCurrentNamespace(namespace);
      state.addAll(List.of(namespace + "a", namespace + "b"));
    }

    state.mergeNamespaces(0, null);
    state.mergeNamespaces(0, List.of());
    assertThatNullPointerException().isThrownBy(() -> state.mergeNamespaces(null, List.of(1)));
    state.mergeNamespaces(0, Arrays.asList(0, 2, null, 1, 2, 77));

    // Unlike stock's, whose current namespace is another one after a merge.
    assertThat(state.get()).containsExactly("0a", "0b", "2a", "2b", "1a", "1b");
    for (int source : List.of(1, 2)) {
      state.setCurrentNamespace(source);
      assertThat(state.get()).isNull();
    }
  }

  @Test
  void reducingHandsEveryCombinationToTheFunction() throws Exception {
    InternalReducingState<Integer, Integer, String> state = reducing();

    assertThat(state.get()).isNull();
    state.add("a");
    state.add("b");
    state.add(null);
    assertThat(state.get()).isEqualTo("((a b) null)");
    state.updateInternal("set");
    assertThat(state.getInternal()).isEqualTo("set");
    state.clear();
    assertThat(state.get()).isNull();
  }

  @Test
  void aFailingReduceFunctionLeavesTheOldValue() throws Exception {
    InternalReducingState<Integer, Integer, String> state = reducing();
    state.add("old");

    assertThatThrownBy(() -> state.add("fail")).isInstanceOf(CheckedFailure.class);
    assertThat(state.get()).isEqualTo("old");
  }

  @Test
  void accumulatorsOfNamespacesAreMergedAndTheTargetsComesLast() throws Exception {
    InternalReducingState<Integer, Integer, String> state = reducing();
    for (int namespace : List.of(1, 2, 0)) {
      state.setCurrentNamespace(namespace);
      state.add("n" + namespace);
    }

    state.mergeNamespaces(0, null);
    state.mergeNamespaces(0, Arrays.asList(1, null, 5, 2, 1));

    assertThat(state.get()).isEqualTo("((n1 n2) n0)");
    state.mergeNamespaces(0, List.of(0));
    assertThat(state.get()).isEqualTo("((n1 n2) n0)");
    for (int source : List.of(1, 2)) {
      state.setCurrentNamespace(source);
      assertThat(state.get()).isNull();
    }
  }

  @Test
  void aFailingMergeMovesNothing() throws Exception {
    InternalReducingState<Integer, Integer, String> state = reducing();
    List<String> before = List.of("target", "one", "fail");
    for (int namespace : List.of(0, 1, 2)) {
      state.setCurrentNamespace(namespace);
      state.updateInternal(before.get(namespace));
    }

    assertThatThrownBy(() -> state.mergeNamespaces(0, List.of(1, 2)))
        .isInstanceOf(CheckedFailure.class);

    // Unlike stock, which has removed the sources by then.
    for (int namespace : List.of(0, 1, 2)) {
      state.setCurrentNamespace(namespace);
      assertThat(state.get()).isEqualTo(before.get(namespace));
    }
  }

  @Test
  void aggregatingKeepsAnAccumulatorAndReadsItsResult() throws Exception {
    InternalAggregatingState<Integer, Integer, Integer, String, Integer> state =
        bench.state(
            0,
            IntSerializer.INSTANCE,
            new AggregatingStateDescriptor<>("a", new Lengths(), StringSerializer.INSTANCE));

    assertThat(state.get()).isNull();
    state.add(1);
    state.add(2);
    assertThat(state.getInternal()).isEqualTo("+1+2");
    assertThat(state.get()).isEqualTo(4);
    assertThatThrownBy(() -> state.add(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(state.getInternal()).isEqualTo("+1+2");
    state.setCurrentNamespace(1);
    state.add(3);
    state.mergeNamespaces(0, List.of(1));
    assertThat(state.get()).isNull();
    state.setCurrentNamespace(0);
    assertThat(state.getInternal()).isEqualTo("+3|+1+2");
  }

  @Test
  void usedWithoutKeyOrNamespaceAStateSaysSo() throws Exception {
    StateBench<Integer> fresh = new StateBench<>(temporary, IntSerializer.INSTANCE, 10);
    try (fresh) {
      InternalValueState<Integer, Integer, String> state =
          fresh.state(
              0,
              IntSerializer.INSTANCE,
              new ValueStateDescriptor<>("v", StringSerializer.INSTANCE));

      assertThatNullPointerException().isThrownBy(state::value).withMessageContaining("key");
      assertThatNullPointerException()
          .isThrownBy(() -> state.setCurrentNamespace(null))
          .withMessageContaining("namespace");
    }
  }

  @Test
  void aStateThatOutlivesItsDatabaseFailsCleanly() throws Exception {
    InternalValueState<Integer, Integer, String> state = value();
    bench.close();

    assertThatThrownBy(state::value)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'v'");
  }

  private InternalValueState<Integer, Integer, String> value() throws Exception {
    return bench.state(
        0, IntSerializer.INSTANCE, new ValueStateDescriptor<>("v", StringSerializer.INSTANCE));
  }

  private InternalListState<Integer, Integer, String> list() throws Exception {
    return bench.state(
        0, IntSerializer.INSTANCE, new ListStateDescriptor<>("l", StringSerializer.INSTANCE));
  }

  private InternalReducingState<Integer, Integer, String> reducing() throws Exception {
    return bench.state(
        0,
        IntSerializer.INSTANCE,
        new ReducingStateDescriptor<>("r", KeyedStateTest::reduce, StringSerializer.INSTANCE));
  }

  private static String reduce(String left, String right) throws CheckedFailure {
    if ("fail".equals(right)) {
      throw new CheckedFailure();
    }
    return "(" + left + " " + right + ")";
  }

  private static final class CheckedFailure extends Exception {}

  private static final class Lengths implements AggregateFunction<Integer, String, Integer> {
    @Override
    public String createAccumulator() {
      return "";
    }

    @Override
    public String add(Integer value, String accumulator) {
      if (value < 0) {
        throw new IllegalArgumentException("negative");
      }
      return accumulator + "+" + value;
    }

    @Override
    public Integer getResult(String accumulator) {
      return accumulator.length();
    }

    @Override
    public String merge(String left, String right) {
      return left + "|" + right;
    }
  }
}
