package io.basalt.statebackend.peer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Entries, iterators and views of maps that a program keeps and uses when another key is current,
 * the map has been cleared, has left the tier, or a checkpoint has been taken.
 */
final class LateEntriesTest {

  private static final int KEYS = 3;
  private static final int USER_KEYS = 6;
  private static final int STEPS = 600;

  @TempDir private Path directory;

  record Kind<U, V>(
      String name,
      TypeSerializer<U> keys,
      TypeSerializer<V> values,
      IntFunction<U> key,
      IntFunction<V> value,
      boolean expires) {

    MapStateDescriptor<U, V> descriptor() {
      MapStateDescriptor<U, V> descriptor = new MapStateDescriptor<>("m", keys, values);
      if (expires) {
        descriptor.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofHours(1)).build());
      }
      return descriptor;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind<?, ?>> kinds() {
    return Stream.of(false, true)
        .flatMap(
            expires ->
                Stream.of(
                    new Kind<>(
                        "numbers",
                        LongSerializer.INSTANCE,
                        LongSerializer.INSTANCE,
                        i -> i - 3L,
                        i -> (long) i,
                        expires),
                    new Kind<>(
                        "bytes to booleans",
                        ByteSerializer.INSTANCE,
                        BooleanSerializer.INSTANCE,
                        i -> (byte) (i * 50 - 128),
                        i -> i % 2 == 0,
                        expires),
                    new Kind<>(
                        "texts",
                        IntSerializer.INSTANCE,
                        StringSerializer.INSTANCE,
                        i -> i - 3,
                        i -> "x".repeat(i % 5) + i,
                        expires),
                    new Kind<>(
                        "arrays",
                        BytePrimitiveArraySerializer.INSTANCE,
                        BytePrimitiveArraySerializer.INSTANCE,
                        i -> new byte[i],
                        i ->
                            "y".repeat(i % 7 == 0 ? 5_000 : i % 4).getBytes(StandardCharsets.UTF_8),
                        expires)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <U, V> void doTheSame(Kind<U, V> kind) throws Exception {
    for (int seed = 0; seed < 3; seed++) {
      int ofRun = seed;
      new Peers(directory)
          .assertSame(
              IntSerializer.INSTANCE,
              (backend, transcript) -> run(backend, transcript, kind, new Random(ofRun)));
    }
  }

  private static <U, V> void run(
      PeerBackend<Integer> backend, Transcript transcript, Kind<U, V> kind, Random random)
      throws Exception {
    List<Map.Entry<U, V>> entries = new ArrayList<>();
    List<Iterable<?>> views = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      backend.key(random.nextInt(KEYS));
      MapState<U, V> map = backend.state(kind.descriptor());
      U key = kind.key().apply(random.nextInt(USER_KEYS));
      V value = kind.value().apply(random.nextInt(40));
      int action = random.nextInt(100);
      int any = random.nextInt(1 << 20);
      if (action < 25) {
        transcript.run("put", () -> map.put(key, value));
      } else if (action < 30) {
        transcript.run("remove", () -> map.remove(key));
      } else if (action < 34) {
        map.clear();
      } else if (action < 50) {
        Iterator<Map.Entry<U, V>> iterator = map.entries().iterator();
        while (iterator.hasNext()) {
          entries.add(iterator.next());
        }
        views.add(map.keys());
        views.add(map.values());
      } else if (action < 65 && !entries.isEmpty()) {
        Map.Entry<U, V> entry = entries.get(any % entries.size());
        transcript.show("set", () -> entry.setValue(value));
        transcript.show("entry", () -> entry);
      } else if (action < 70 && !entries.isEmpty()) {
        transcript.show("kept", () -> entries.get(any % entries.size()));
      } else if (action < 75 && !views.isEmpty()) {
        transcript.show("view", () -> views.get(any % views.size()));
      } else if (action < 80 && !views.isEmpty()) {
        Iterator<?> iterator = views.get(any % views.size()).iterator();
        transcript.run("remove first", () -> removeFirst(iterator));
      } else if (action < 84) {
        Map<U, V> all = new HashMap<>();
        all.put(key, value);
        all.put(kind.key().apply(0), value);
        transcript.run("put all", () -> map.putAll(all));
      } else if (action < 86) {
        backend.checkpoint();
      } else if (action < 87) {
        backend.compact(kind.descriptor());
      } else if (action < 93) {
        transcript.show("isEmpty", map::isEmpty);
        transcript.show("contains", () -> map.contains(key));
      } else {
        transcript.show("entries", map::entries);
        transcript.show("get", () -> map.get(key));
      }
    }
    transcript.show("number", backend.keyed()::numKeyValueStateEntries);
  }

  private static void removeFirst(Iterator<?> iterator) {
    if (iterator.hasNext()) {
      iterator.next();
      iterator.remove();
    }
  }
}
