package io.basalt.statebackend.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.state.StateBench;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.NativeCount;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.internal.InternalAggregatingState;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializer;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.apache.flink.runtime.testutils.statemigration.TestType;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries of every kind rewritten by a new serializer, and what happens when that goes wrong. */
class MigrationTest {

  private static final IntSerializer INT = IntSerializer.INSTANCE;
  private static final int KEYS = 700;

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private StateBench<Integer> bench;

  @BeforeEach
  void open() throws Exception {
    openBefore = NativeCount.open();
    bench = new StateBench<>(temporary, INT, 10);
  }

  @AfterEach
  void closeEverything() {
    bench.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void everyValueIsMigrated() throws Exception {
    InternalValueState<Integer, Integer, TestType> old = value(v1());
    for (int key = 0; key < KEYS; key++) {
      bench.selectKey(key);
      old.update(type(key));
    }
    bench.restore();

    InternalValueState<Integer, Integer, TestType> migrated = value(v2());

    for (int key = 0; key < KEYS; key++) {
      bench.selectKey(key);
      assertThat(migrated.value()).isEqualTo(type(key));
    }
    bench.restore();
    bench.selectKey(5);
    assertThat(value(v2()).value()).isEqualTo(type(5));
  }

  @ParameterizedTest(name = "{0} key groups")
  @ValueSource(ints = {1, 128, 129, 32768})
  void keysOfTheFirstAndTheLastKeyGroupAreMigratedToo(int keyGroups) throws Exception {
    bench.close();
    bench = new StateBench<>(temporary, INT, keyGroups);
    List<Integer> keys = List.of(keyOf(0, keyGroups), keyOf(keyGroups - 1, keyGroups));
    InternalValueState<Integer, Integer, TestType> old = value(v1());
    for (int key : keys) {
      bench.selectKey(key);
      old.update(type(key));
    }
    bench.restore();

    InternalValueState<Integer, Integer, TestType> migrated = value(v2());

    for (int key : keys) {
      bench.selectKey(key);
      assertThat(migrated.value()).isEqualTo(type(key));
    }
  }

  private static int keyOf(int keyGroup, int keyGroups) {
    return IntStream.iterate(0, key -> key + 1)
        .filter(key -> KeyGroupRangeAssignment.assignToKeyGroup(key, keyGroups) == keyGroup)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void listsAreMigratedElementByElement() throws Exception {
    InternalListState<Integer, Integer, TestType> old = list(v1());
    for (int key = 0; key < KEYS; key++) {
      bench.selectKey(key);
      for (int i = 0; i <= key % 4; i++) {
        old.add(type(i));
      }
    }
    bench.restore();

    InternalListState<Integer, Integer, TestType> migrated = list(v2());

    for (int key = 0; key < KEYS; key++) {
      bench.selectKey(key);
      assertThat(migrated.getInternal())
          .containsExactlyElementsOf(
              List.of(type(0), type(1), type(2), type(3)).subList(0, 1 + key % 4));
      migrated.add(type(9));
      assertThat(migrated.getInternal()).endsWith(type(9)).hasSize(2 + key % 4);
    }
  }

  @Test
  void mapsAreMigratedValueByValueAndNullStaysNull() throws Exception {
    InternalMapState<Integer, Integer, Integer, TestType> old = map(INT, v1());
    for (int key = 0; key < 20; key++) {
      bench.selectKey(key);
      for (int userKey = 0; userKey < 200; userKey++) {
        old.put(userKey, userKey % 7 == 0 ? null : type(userKey));
      }
    }
    bench.restore();

    InternalMapState<Integer, Integer, Integer, TestType> migrated = map(INT, v2());

    for (int key = 0; key < 20; key++) {
      bench.selectKey(key);
      for (int userKey = 0; userKey < 200; userKey++) {
        assertThat(migrated.contains(userKey)).isTrue();
        assertThat(migrated.get(userKey)).isEqualTo(userKey % 7 == 0 ? null : type(userKey));
      }
    }
  }

  @Test
  void accumulatorsAreMigrated() throws Exception {
    bench.selectKey(1);
    InternalReducingState<Integer, Integer, TestType> reducing =
        bench.state(0, INT, reducing(v1()));
    InternalAggregatingState<Integer, Integer, Integer, TestType, Integer> aggregating =
        bench.state(0, INT, new AggregatingStateDescriptor<>("agg", new Sum(), v1()));
    reducing.add(type(3));
    aggregating.add(3);
    bench.restore();

    reducing = bench.state(0, INT, reducing(v2()));
    aggregating = bench.state(0, INT, new AggregatingStateDescriptor<>("agg", new Sum(), v2()));

    reducing.add(type(4));
    aggregating.add(4);
    assertThat(reducing.get()).isEqualTo(type(7));
    assertThat(aggregating.get()).isEqualTo(7);
  }

  @Test
  void userKeysAreNotMigrated() throws Exception {
    bench.selectKey(1);
    map(v1(), v1()).put(type(1), type(2));
    bench.restore();

    assertThatThrownBy(() -> map(v2(), v1()))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("user keys")
        .hasMessageContaining("'map'");
  }

  @Test
  void userKeysMayBeReconfiguredWhileTheirValuesAreMigrated() throws Exception {
    bench.selectKey(1);
    map(v1(), v1()).put(type(1), type(2));
    bench.restore();

    InternalMapState<Integer, Integer, TestType, TestType> migrated =
        map(new TestType.ReconfigurationRequiringTestTypeSerializer(), v2());

    assertThat(migrated.get(type(1))).isEqualTo(type(2));
    assertThat(migrated.keys()).containsExactly(type(1));
  }

  @Test
  void entriesStartToExpireFromNowOn() throws Exception {
    fillAllKinds();
    bench.setTime(1_234);
    bench.restore();

    TypeSerializer<TtlValue<TestType>> expiring = expiring(v1());
    TtlValue<TestType> value = this.value(expiring).value();
    List<TtlValue<TestType>> list = this.list(expiring).getInternal();
    Map<Integer, TtlValue<TestType>> map = entries(this.map(INT, expiring));

    assertThat(value.getUserValue()).isEqualTo(type(1));
    assertThat(list).extracting(TtlValue::getUserValue).containsExactly(type(1), type(2));
    assertThat(map).containsOnlyKeys(1, 2);
    assertThat(map.get(1).getUserValue()).isEqualTo(type(1));
    assertThat(List.of(value, list.get(0), list.get(1), map.get(1), map.get(2)))
        .extracting(TtlValue::getLastAccessTimestamp)
        .containsOnly(1_234L);
  }

  @Test
  void entriesStopExpiringAndMayChangeTheirSchemaWithIt() throws Exception {
    TypeSerializer<TtlValue<TestType>> expiring = expiring(v1());
    bench.selectKey(1);
    value(expiring).update(new TtlValue<>(type(1), 1));
    list(expiring).addAll(List.of(new TtlValue<>(type(1), 1), new TtlValue<>(type(2), 2)));
    map(INT, expiring).put(1, new TtlValue<>(type(1), 1));
    bench.restore();

    assertThat(value(v2()).value()).isEqualTo(type(1));
    assertThat(list(v2()).getInternal()).containsExactly(type(1), type(2));
    assertThat(map(INT, v2()).get(1)).isEqualTo(type(1));
  }

  @Test
  void aMigrationEndsWhenTheTaskIsCancelled() throws Exception {
    fillAllKinds();
    bench.restore();
    bench.cancel();

    assertThatThrownBy(() -> value(v2()))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("'value'");
  }

  @Test
  void aMigrationEndsWhenItsThreadIsInterrupted() throws Exception {
    fillAllKinds();
    bench.restore();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> list(v2())).isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
  }

  @Test
  void aNullThatTheSerializerDoesNotTakeFailsTheStartToExpireByName() throws Exception {
    fillAllKinds();
    InternalMapState<Integer, Integer, Integer, TestType> map =
        bench.state(0, INT, new MapStateDescriptor<>("nulls", INT, v1()));
    map.put(3, null);
    bench.restore();

    assertThatThrownBy(
            () -> bench.state(0, INT, new MapStateDescriptor<>("nulls", INT, expiring(v1()))))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("'nulls'");
  }

  @Test
  void anEntryThatCannotBeReadFailsTheMigrationByName() throws Exception {
    fillAllKinds();
    byte[] unreadable = {};
    try (Batch batch = bench.database().batch()) {
      batch.put(bench.database().find("value"), new byte[] {5, 0, 0, 0, 9, 0, 0, 0, 0}, unreadable);
    }
    bench.restore();

    assertThatThrownBy(() -> value(v2()))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("'value'");
  }

  private void fillAllKinds() throws Exception {
    bench.selectKey(1);
    value(v1()).update(type(1));
    list(v1()).addAll(List.of(type(1), type(2)));
    InternalMapState<Integer, Integer, Integer, TestType> map = map(INT, v1());
    map.put(1, type(1));
    map.put(2, type(2));
  }

  private <V> InternalValueState<Integer, Integer, V> value(TypeSerializer<V> serializer)
      throws Exception {
    return bench.state(0, INT, new ValueStateDescriptor<>("value", serializer));
  }

  private <V> InternalListState<Integer, Integer, V> list(TypeSerializer<V> serializer)
      throws Exception {
    return bench.state(0, INT, new ListStateDescriptor<>("list", serializer));
  }

  private <U, V> InternalMapState<Integer, Integer, U, V> map(
      TypeSerializer<U> userKeySerializer, TypeSerializer<V> serializer) throws Exception {
    return bench.state(0, INT, new MapStateDescriptor<>("map", userKeySerializer, serializer));
  }

  private static ReducingStateDescriptor<TestType> reducing(TypeSerializer<TestType> serializer) {
    return new ReducingStateDescriptor<>(
        "red", (left, right) -> type(left.getValue() + right.getValue()), serializer);
  }

  private static <U, V> Map<U, V> entries(InternalMapState<Integer, Integer, U, V> state)
      throws Exception {
    Map<U, V> entries = new HashMap<>();
    state.iterator().forEachRemaining(entry -> entries.put(entry.getKey(), entry.getValue()));
    return entries;
  }

  private static TestType type(int value) {
    return new TestType("key", value);
  }

  private static TypeSerializer<TestType> v1() {
    return new TestType.V1TestTypeSerializer();
  }

  private static TypeSerializer<TestType> v2() {
    return new TestType.V2TestTypeSerializer();
  }

  private static TypeSerializer<TtlValue<TestType>> expiring(TypeSerializer<TestType> serializer) {
    return new TtlSerializer<>(LongSerializer.INSTANCE, serializer);
  }

  private static final class Sum implements AggregateFunction<Integer, TestType, Integer> {
    @Override
    public TestType createAccumulator() {
      return type(0);
    }

    @Override
    public TestType add(Integer value, TestType accumulator) {
      return type(accumulator.getValue() + value);
    }

    @Override
    public Integer getResult(TestType accumulator) {
      return accumulator.getValue();
    }

    @Override
    public TestType merge(TestType left, TestType right) {
      return type(left.getValue() + right.getValue());
    }
  }
}
