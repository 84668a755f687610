package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.types.Value;
import org.apache.flink.util.FlinkRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States of POJOs of which a field refuses to be written. */
class PojoStatesTest {

  /** A field that may refuse to be written, after another one. */
  public static class Item {
    public int number;
    public Refusing refusing;

    static Item of(int number, boolean refuses) {
      Item item = new Item();
      item.number = number;
      item.refusing = new Refusing();
      item.refusing.refuses = refuses;
      return item;
    }
  }

  /** What writes itself, or not. */
  public static class Refusing implements Value {
    public boolean refuses;

    @Override
    public void write(DataOutputView out) throws IOException {
      if (refuses) {
        throw new IOException("refused");
      }
    }

    @Override
    public void read(DataInputView in) {}
  }

  private static final TypeSerializer<Item> SERIALIZER =
      TypeInformation.of(Item.class).createSerializer(new SerializerConfigImpl());

  /** The first objects are left to the serializer. */
  private static final int MANY = 100_001;

  @TempDir Path temporary;
  private StateBench<String> bench;

  /** Below the tier, and in it. */
  private void open(long tierBytes) throws Exception {
    assertThat(SERIALIZER).isInstanceOf(PojoSerializer.class);
    bench = new StateBench<>(temporary, StringSerializer.INSTANCE, 10, tierBytes, null);
    bench.selectKey("key");
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 24})
  void aValueThatRefusesLeavesTheOldOne(long tierBytes) throws Exception {
    open(tierBytes);
    InternalValueState<String, Integer, Item> state =
        state(new ValueStateDescriptor<>("item", SERIALIZER.duplicate()));
    for (int i = 0; i < MANY; i++) {
      state.update(Item.of(1, false));
    }

    assertRefused("item", () -> state.update(Item.of(2, true)));
    assertThat(state.value().number).isEqualTo(1);
    state.update(Item.of(3, false));
    assertThat(state.value().number).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 24})
  void anElementThatRefusesLeavesTheList(long tierBytes) throws Exception {
    open(tierBytes);
    InternalListState<String, Integer, Item> state =
        state(new ListStateDescriptor<>("items", SERIALIZER.duplicate()));
    for (int i = 0; i < MANY; i++) {
      state.update(List.of(Item.of(i, false)));
    }
    state.update(List.of(Item.of(1, false)));

    assertRefused("items", () -> state.add(Item.of(2, true)));
    state.add(Item.of(3, false));
    assertThat(state.get()).extracting(item -> item.number).containsExactly(1, 3);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 24})
  void anEntryThatRefusesLeavesTheMap(long tierBytes) throws Exception {
    open(tierBytes);
    InternalMapState<String, Integer, Integer, Item> state =
        state(
            new MapStateDescriptor<>("by-number", IntSerializer.INSTANCE, SERIALIZER.duplicate()));
    for (int i = 0; i < MANY; i++) {
      state.put(1, Item.of(1, false));
    }

    assertRefused("by-number", () -> state.put(1, Item.of(2, true)));
    assertThat(state.get(1).number).isEqualTo(1);
    state.put(1, null);
    assertThat(state.contains(1)).isTrue();
    assertThat(state.get(1)).isNull();
  }

  private static void assertRefused(String state, ThrowingCallable write) {
    assertThatThrownBy(write)
        .isInstanceOf(FlinkRuntimeException.class)
        .hasMessageContaining("entry of state '" + state + "' in key group ")
        .hasRootCauseExactlyInstanceOf(IOException.class)
        .hasRootCauseMessage("refused");
  }

  @SuppressWarnings("TypeParameterUnusedInFormals")
  private <V, S extends State, I extends S> I state(StateDescriptor<S, V> descriptor)
      throws Exception {
    return bench.state(3, IntSerializer.INSTANCE, descriptor);
  }
}
