package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.queryablestate.client.state.serialization.KvStateSerializer;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What queryable state reads, on threads of its own, while the task goes on. */
class SerializedValueTest {

  @TempDir Path temporary;
  private StateBench<String> bench;

  @BeforeEach
  void open() throws Exception {
    bench = new StateBench<>(temporary, StringSerializer.INSTANCE, 10);
    bench.selectKey("key");
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  @SuppressWarnings("deprecation") // A default value must not answer for a value that is not there.
  void everyKindIsReadInTheFormOfFlinksClients() throws Exception {
    InternalValueState<String, Integer, String> value =
        state(new ValueStateDescriptor<>("value", StringSerializer.INSTANCE, "default"));
    InternalReducingState<String, Integer, Integer> sum =
        state(new ReducingStateDescriptor<>("sum", Integer::sum, IntSerializer.INSTANCE));
    InternalListState<String, Integer, String> list =
        state(new ListStateDescriptor<>("list", StringSerializer.INSTANCE));
    InternalMapState<String, Integer, Integer, String> map =
        state(new MapStateDescriptor<>("map", IntSerializer.INSTANCE, StringSerializer.INSTANCE));

    for (InternalKvState<String, Integer, ?> empty : List.of(value, sum, list, map)) {
      assertThat(read(empty, "key")).isNull();
    }
    value.update("v");
    sum.add(1);
    sum.add(2);
    list.addAll(List.of("a", ",", "b"));
    map.put(1, null);
    map.put(2, "two");
    bench.selectKey("a key of another key group");

    assertThat(KvStateSerializer.deserializeValue(read(value, "key"), StringSerializer.INSTANCE))
        .isEqualTo("v");
    assertThat(KvStateSerializer.deserializeValue(read(sum, "key"), IntSerializer.INSTANCE))
        .isEqualTo(3);
    assertThat(KvStateSerializer.deserializeList(read(list, "key"), StringSerializer.INSTANCE))
        .containsExactly("a", ",", "b");
    Map<Integer, String> readMap =
        KvStateSerializer.deserializeMap(
            read(map, "key"), IntSerializer.INSTANCE, StringSerializer.INSTANCE);
    assertThat(readMap).hasSize(2).containsEntry(1, null).containsEntry(2, "two");
    assertThat(read(value, "other key")).isNull();
  }

  @Test
  void threadsReadWhileTheTaskWrites() throws Exception {
    InternalMapState<String, Integer, Integer, String> map =
        state(new MapStateDescriptor<>("map", IntSerializer.INSTANCE, StringSerializer.INSTANCE));
    for (String key : List.of("key", "even", "odd")) {
      bench.selectKey(key);
      map.put(0, key);
    }
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<Integer>> readers = new ArrayList<>();
      for (String key : List.of("key", "even", "odd")) {
        Callable<Integer> reader =
            () -> {
              int reads = 0;
              while (!stop.get() || reads < 10) {
                Map<Integer, String> read =
                    KvStateSerializer.deserializeMap(
                        read(map, key), IntSerializer.INSTANCE, StringSerializer.INSTANCE);
                assertThat(read).containsEntry(0, key);
                assertThat(read.values()).containsOnly(key);
                reads++;
              }
              return reads;
            };
        readers.add(threads.submit(reader));
      }
      for (int i = 1; i < 2_000; i++) {
        String key = i % 2 == 0 ? "even" : "odd";
        bench.selectKey(key);
        map.put(i % 50, key);
      }
      stop.set(true);
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
    } finally {
      stop.set(true);
      threads.shutdownNow();
    }
    assertThat(bench.database().leases()).isZero();
  }

  @Test
  void aReaderThatComesTooLateGetsAnErrorAndNothingElse() throws Exception {
    InternalValueState<String, Integer, String> value =
        state(new ValueStateDescriptor<>("value", StringSerializer.INSTANCE));
    value.update("v");
    bench.close();

    assertThatThrownBy(() -> read(value, "key")).isInstanceOf(IOException.class);
  }

  @SuppressWarnings("TypeParameterUnusedInFormals")
  private <V, S extends State, I extends S> I state(StateDescriptor<S, V> descriptor)
      throws Exception {
    return bench.state(3, IntSerializer.INSTANCE, descriptor);
  }

  private static <V> byte[] read(InternalKvState<String, Integer, V> state, String key)
      throws Exception {
    TypeSerializer<V> valueSerializer = state.getValueSerializer().duplicate();
    return state.getSerializedValue(
        KvStateSerializer.serializeKeyAndNamespace(
            key, StringSerializer.INSTANCE, 3, IntSerializer.INSTANCE),
        StringSerializer.INSTANCE,
        IntSerializer.INSTANCE,
        valueSerializer);
  }
}
