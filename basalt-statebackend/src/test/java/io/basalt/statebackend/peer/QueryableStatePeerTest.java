package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.AppendingState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.queryablestate.client.state.serialization.KvStateSerializer;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a queryable state answers, byte for byte. */
final class QueryableStatePeerTest {

  private static final TypeSerializer<String> TEXT = StringSerializer.INSTANCE;
  private static final TypeSerializer<Integer> NUMBER = IntSerializer.INSTANCE;

  @TempDir private Path directory;
  private Peers peers;

  @BeforeEach
  void start() {
    peers = new Peers(directory);
  }

  static Stream<StateDescriptor<?, ?>> descriptors() {
    return Stream.of(
        new ValueStateDescriptor<>("value", TEXT),
        new ListStateDescriptor<>("list", TEXT),
        new MapStateDescriptor<>("map", TEXT, TEXT),
        new ReducingStateDescriptor<>("reducing", String::concat, TEXT),
        new AggregatingStateDescriptor<>("aggregating", new Concatenation(), TEXT));
  }

  @ParameterizedTest
  @MethodSource("descriptors")
  void answers(StateDescriptor<?, ?> descriptor) throws Exception {
    peers.assertSame(
        TEXT,
        (backend, transcript) -> {
          InternalKvState<String, Integer, Object> state = backend.internal(1, NUMBER, descriptor);
          backend.key("a");
          write(state);
          for (String key : List.of("a", "b", "")) {
            for (int namespace = 0; namespace < 3; namespace++) {
              byte[] query =
                  KvStateSerializer.serializeKeyAndNamespace(key, TEXT, namespace, NUMBER);
              transcript.show(key + ", " + namespace, () -> query(state, query));
            }
          }
          transcript.run("null", () -> query(state, null));
          transcript.run("no bytes", () -> query(state, new byte[0]));
          transcript.run("damaged bytes", () -> query(state, new byte[] {1, 2, 3}));
        });
  }

  private static byte[] query(InternalKvState<String, Integer, Object> state, byte[] query)
      throws Exception {
    return state.getSerializedValue(
        query,
        state.getKeySerializer().duplicate(),
        state.getNamespaceSerializer().duplicate(),
        state.getValueSerializer().duplicate());
  }

  @SuppressWarnings("unchecked") // The descriptors above are all of text.
  private static void write(Object state) throws Exception {
    if (state instanceof ValueState) {
      ((ValueState<String>) state).update("x");
    } else if (state instanceof MapState) {
      MapState<String, String> map = (MapState<String, String>) state;
      map.put("u", "x");
      map.put("v", null);
      map.put("", "");
    } else {
      AppendingState<String, ?> appending = (AppendingState<String, ?>) state;
      appending.add("x");
      appending.add("");
      appending.add("y");
    }
  }
}
