package io.basalt.statebackend.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.queryablestate.client.state.serialization.KvStateSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that was obtained before the backend was disposed of answers with an exception
 * afterwards. On Basalt only: stock ends the process.
 */
final class DisposedBackendTest {

  private static final TypeSerializer<Integer> NUMBER = IntSerializer.INSTANCE;
  private static final TypeSerializer<String> TEXT = StringSerializer.INSTANCE;

  @TempDir private Path directory;

  @Test
  void isUsedNoMore() throws Exception {
    List<String> lines =
        new Peers(directory)
            .onBasalt(
                NUMBER,
                (backend, transcript) -> {
                  backend.key(1);
                  InternalValueState<Integer, VoidNamespace, String> value =
                      backend.internal(
                          VoidNamespace.INSTANCE,
                          VoidNamespaceSerializer.INSTANCE,
                          new ValueStateDescriptor<>("v", TEXT));
                  ListState<String> list = backend.state(new ListStateDescriptor<>("l", TEXT));
                  MapState<Integer, String> map =
                      backend.state(new MapStateDescriptor<>("m", NUMBER, TEXT));
                  value.update("x");
                  list.add("x");
                  for (int i = 0; i < 200; i++) {
                    map.put(i, "x");
                  }
                  var queue = backend.keyed().create("q", new TimerSerializer<>(NUMBER, NUMBER));
                  queue.add(new TimerHeapInternalTimer<>(5, 1, 2));
                  queue.add(new TimerHeapInternalTimer<>(6, 1, 2));
                  CloseableIterator<?> timers = queue.iterator();
                  timers.next();
                  Stream<Integer> keys = backend.keyed().getKeys("v", VoidNamespace.INSTANCE);
                  Iterator<Integer> keyIterator = keys.iterator();
                  Iterator<Map.Entry<Integer, String>> entries = map.iterator();
                  for (int i = 0; i < 128; i++) {
                    entries.next();
                  }
                  byte[] query =
                      KvStateSerializer.serializeKeyAndNamespace(
                          1, NUMBER, VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE);

                  backend.keyed().dispose();
                  transcript.show("value", value::value);
                  transcript.run("update", () -> value.update("y"));
                  transcript.run("clear", value::clear);
                  transcript.show("list", list::get);
                  transcript.run("list.add", () -> list.add("y"));
                  transcript.run("list.update", () -> list.update(List.of("y")));
                  transcript.show("map.get", () -> map.get(1));
                  transcript.run("map.put", () -> map.put(1, "y"));
                  transcript.run("map.putAll", () -> map.putAll(Map.of(1, "y")));
                  transcript.show("map.isEmpty", map::isEmpty);
                  transcript.show("map.entries", map::entries);
                  transcript.run("map.clear", map::clear);
                  transcript.show("next chunk", entries::hasNext);
                  transcript.run("iterator.remove", entries::remove);
                  transcript.show("keys", keyIterator::next);
                  transcript.show("new keys", () -> backend.keys("v", VoidNamespace.INSTANCE));
                  transcript.show("next timer", timers::next);
                  transcript.run("timer", () -> queue.add(new TimerHeapInternalTimer<>(7, 1, 2)));
                  transcript.show("poll", queue::poll);
                  transcript.run(
                      "query",
                      () ->
                          value.getSerializedValue(
                              query, NUMBER, VoidNamespaceSerializer.INSTANCE, TEXT));
                  transcript.run(
                      "new state", () -> backend.state(new ValueStateDescriptor<>("n", TEXT)));
                  transcript.run("snapshot", backend::checkpoint);
                  keys.close();
                  timers.close();
                });
    assertThat(lines).hasSize(22).allMatch(line -> line.contains(" -> throws "));
  }
}
