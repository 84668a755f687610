package io.basalt.statebackend.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.state.StateBench;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.NativeCount;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.ReduceFunction;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.RegisteredPriorityQueueStateBackendMetaInfo;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.runtime.testutils.statemigration.TestType;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which registrations are taken, what is in the catalog then, and which are refused and how. */
class StateRegistrationTest {

  private static final IntSerializer INT = IntSerializer.INSTANCE;

  @TempDir Path temporary;
  private Map<NativeCount.Kind, Long> openBefore;
  private StateBench<Integer> bench;

  @BeforeEach
  void open() throws Exception {
    openBefore = NativeCount.open();
    bench = new StateBench<>(temporary, INT, 10);
    bench.selectKey(1);
  }

  @AfterEach
  void closeEverything() {
    bench.close();
    assertThat(NativeCount.open()).isEqualTo(openBefore);
  }

  @Test
  void newStatesGetTablesInTheirOrder() throws Exception {
    register(new ValueStateDescriptor<>("b", INT));
    register(new ListStateDescriptor<>("a", INT));

    assertThat(bench.catalog().all())
        .allMatch(RegisteredState::isClaimed)
        .extracting(RegisteredState::name)
        .containsExactly("b", "a");
    assertThat(bench.database().tables()).extracting(table -> table.name()).contains("a", "b");
  }

  @Test
  void aRestoredStateIsUnclaimedUntilItIsRegistered() throws Exception {
    this.<Integer>value("claimed", INT).update(7);
    this.<Integer>value("left", INT).update(8);
    bench.restore();

    InternalValueState<Integer, Integer, Integer> claimed = value("claimed", INT);

    assertThat(claimed.value()).isEqualTo(7);
    assertThat(bench.catalog().find("claimed").isClaimed()).isTrue();
    assertThat(bench.catalog().find("left").isClaimed()).isFalse();
    assertThat(bench.keyStreams().keys("left", 0)).containsExactly(1);
    bench.restore();
    assertThat(this.<Integer>value("left", INT).value()).isEqualTo(8);
  }

  @Test
  void aReconfiguredSerializerIsTheOneToUse() throws Exception {
    this.<TestType>value("v", new TestType.V1TestTypeSerializer()).update(new TestType("a", 1));
    bench.restore();

    // This one throws when it is used; its reconfigured form works.
    InternalValueState<Integer, Integer, TestType> state =
        value("v", new TestType.ReconfigurationRequiringTestTypeSerializer());

    assertThat(state.value()).isEqualTo(new TestType("a", 1));
    state.update(new TestType("b", 2));
    assertThat(state.value()).isEqualTo(new TestType("b", 2));
  }

  @Test
  void incompatibleSerializersAreRefusedAndTheStateNamed() throws Exception {
    TypeSerializer<TestType> old = new TestType.V1TestTypeSerializer();
    register(new ValueStateDescriptor<>("my-value", old));
    register(new ListStateDescriptor<>("my-list", old));
    register(new MapStateDescriptor<>("my-map", old, old));
    bench.restore();
    TypeSerializer<TestType> incompatible = new TestType.IncompatibleTestTypeSerializer();

    assertThatThrownBy(() -> register(new ValueStateDescriptor<>("my-value", incompatible)))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("'my-value'");
    assertThatThrownBy(() -> register(new ListStateDescriptor<>("my-list", incompatible)))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("'my-list'")
        .hasMessageContaining("it was ListSerializer[V1TestTypeSerializer version 1] version 3")
        .hasMessageContaining(
            "and would be ListSerializer[TestType$IncompatibleTestTypeSerializer");
    assertThatThrownBy(() -> register(new MapStateDescriptor<>("my-map", incompatible, old)))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("'my-map'");
  }

  @Test
  void namespacesAreNotMigrated() throws Exception {
    for (String name : List.of("migration", "incompatible", "reconfiguration")) {
      InternalValueState<Integer, TestType, Integer> state =
          bench.state(
              new TestType("n", 1),
              new TestType.V1TestTypeSerializer(),
              new ValueStateDescriptor<>(name, INT));
      state.update(5);
    }
    bench.restore();

    assertThatThrownBy(() -> inNamespace("migration", new TestType.V2TestTypeSerializer()))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("'migration'");
    assertThatThrownBy(
            () -> inNamespace("incompatible", new TestType.IncompatibleTestTypeSerializer()))
        .isInstanceOf(StateMigrationException.class)
        .hasMessageContaining("'incompatible'");
    InternalValueState<Integer, TestType, Integer> state =
        inNamespace("reconfiguration", new TestType.ReconfigurationRequiringTestTypeSerializer());
    assertThat(state.value()).isEqualTo(5);
  }

  @Test
  void namesThatAreReservedOrTakenAreRefused() throws Exception {
    register(new ValueStateDescriptor<>("value", INT));
    bench
        .catalog()
        .addNew(
            bench.database().createTable("timers", AccessPattern.KEYS_AND_RANGES),
            new RegisteredPriorityQueueStateBackendMetaInfo<>("timers", StringSerializer.INSTANCE));
    bench.restore();

    assertThatThrownBy(() -> register(new ValueStateDescriptor<>("default", INT)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'default'");
    assertThatThrownBy(() -> register(new ListStateDescriptor<>("value", INT)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("VALUE")
        .hasMessageContaining("LIST");
    assertThatThrownBy(() -> register(new ValueStateDescriptor<>("timers", INT)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'timers'");
  }

  @Test
  void aStateThatAllowsItIsRegisteredAgainWithOtherSerializersAndFunctions() throws Exception {
    InternalReducingState<Integer, Integer, TestType> first =
        bench.state(
            0, INT, reducing(new TestType.V1TestTypeSerializer(), (left, right) -> right), true);
    first.add(new TestType("a", 1));
    first.add(new TestType("b", 2));

    InternalReducingState<Integer, Integer, TestType> again =
        bench.state(
            0, INT, reducing(new TestType.V2TestTypeSerializer(), (left, right) -> left), true);

    assertThat(again).isSameAs(first);
    assertThat(again.get()).isEqualTo(new TestType("b", 2));
    again.add(new TestType("c", 3));
    assertThat(again.get()).isEqualTo(new TestType("b", 2));
    again.clear();
    again.add(new TestType("d", 4));
    bench.restore();
    InternalReducingState<Integer, Integer, TestType> restored =
        bench.state(0, INT, reducing(new TestType.V2TestTypeSerializer(), (left, right) -> left));
    assertThat(restored.get()).isEqualTo(new TestType("d", 4));
  }

  @Test
  void everyKindIsReadWithTheSerializersOfItsLatestRegistration() throws Exception {
    TypeSerializer<TestType> old = new TestType.V1TestTypeSerializer();
    TestType a = new TestType("a", 1);
    TestType b = new TestType("b", 2);
    InternalValueState<Integer, Integer, TestType> value =
        bench.state(0, INT, new ValueStateDescriptor<>("value", old), true);
    value.update(a);
    InternalListState<Integer, Integer, TestType> list =
        bench.state(0, INT, new ListStateDescriptor<>("list", old), true);
    list.update(List.of(a, b));
    InternalMapState<Integer, Integer, Integer, TestType> map =
        bench.state(0, INT, new MapStateDescriptor<>("map", INT, old), true);
    map.put(1, a);

    TypeSerializer<TestType> other = new TestType.V2TestTypeSerializer();
    bench.state(0, INT, new ValueStateDescriptor<>("value", other), true);
    bench.state(0, INT, new ListStateDescriptor<>("list", other), true);
    bench.state(0, INT, new MapStateDescriptor<>("map", INT, other), true);

    assertThat(value.value()).isEqualTo(a);
    assertThat(list.getInternal()).containsExactly(a, b);
    list.add(a);
    assertThat(list.getInternal()).containsExactly(a, b, a);
    map.put(2, b);
    assertThat(map.get(1)).isEqualTo(a);
    assertThat(map.get(2)).isEqualTo(b);
  }

  @Test
  void aStateThatDoesNotAllowItIsNotRegisteredAgain() throws Exception {
    register(new ValueStateDescriptor<>("v", INT));

    assertThatThrownBy(() -> register(new ValueStateDescriptor<>("v", INT)))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void theMetaInformationHoldsTheFilterForSnapshotsAlsoAfterARestore() throws Exception {
    register(new ValueStateDescriptor<>("v", INT));
    bench.restore();
    register(new ValueStateDescriptor<>("v", INT));

    RegisteredKeyValueStateBackendMetaInfo<?, ?> metaInfo =
        (RegisteredKeyValueStateBackendMetaInfo<?, ?>) bench.catalog().find("v").metaInfo();
    assertThat(metaInfo.getStateSnapshotTransformFactory().createForSerializedState()).isEmpty();
    assertThat(metaInfo.getStateSerializer()).isEqualTo(INT);
  }

  private InternalValueState<Integer, TestType, Integer> inNamespace(
      String name, TypeSerializer<TestType> namespaceSerializer) throws Exception {
    return bench.state(
        new TestType("n", 1), namespaceSerializer, new ValueStateDescriptor<>(name, INT));
  }

  private static ReducingStateDescriptor<TestType> reducing(
      TypeSerializer<TestType> serializer, ReduceFunction<TestType> function) {
    return new ReducingStateDescriptor<>("r", function, serializer);
  }

  private <V> InternalValueState<Integer, Integer, V> value(
      String name, TypeSerializer<V> serializer) throws Exception {
    return bench.state(0, INT, new ValueStateDescriptor<>(name, serializer));
  }

  private <S extends State, V> void register(StateDescriptor<S, V> descriptor) throws Exception {
    S state = bench.state(0, INT, descriptor);
    assertThat(state).isNotNull();
  }
}
