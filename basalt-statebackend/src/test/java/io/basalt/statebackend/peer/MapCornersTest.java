package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nulls, nothing, and what an iteration over a map state shows and does. */
final class MapCornersTest {

  private static final TypeSerializer<Integer> KEYS = IntSerializer.INSTANCE;

  /**
   * Removing entries around an iteration that spans chunks is not compared: where the last entry of
   * a chunk has gone and none follows it, stock ends the process with a segmentation fault.
   */
  private static final int STOCKS_CHUNK = 128;

  @TempDir private Path directory;
  private Peers peers;

  @BeforeEach
  void start() {
    peers = new Peers(directory);
  }

  private static MapStateDescriptor<Integer, String> numbers() {
    return new MapStateDescriptor<>("m", IntSerializer.INSTANCE, StringSerializer.INSTANCE);
  }

  @Test
  void nullsAndNothing() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          MapState<Integer, String> map = backend.state(numbers());
          transcript.show("isEmpty", map::isEmpty);
          transcript.show("entries", map::entries);
          transcript.show("keys", map::keys);
          transcript.show("values", map::values);
          transcript.show("iterator", map::iterator);
          transcript.show("get absent", () -> map.get(3));
          transcript.show("contains absent", () -> map.contains(3));
          transcript.run("remove absent", () -> map.remove(3));
          transcript.run("clear", map::clear);
          transcript.run("putAll(null)", () -> map.putAll(null));
          transcript.run("putAll(empty)", () -> map.putAll(Map.of()));
          transcript.run("put(null, x)", () -> map.put(null, "x"));
          transcript.run("get(null)", () -> map.get(null));
          transcript.run("contains(null)", () -> map.contains(null));
          transcript.run("remove(null)", () -> map.remove(null));
          transcript.run("put(1, null)", () -> map.put(1, null));
          transcript.show("get", () -> map.get(1));
          transcript.show("contains", () -> map.contains(1));
          transcript.show("isEmpty", map::isEmpty);
          transcript.show("entries", map::entries);
          Map<Integer, String> withNullValue = new HashMap<>();
          withNullValue.put(-5, null);
          withNullValue.put(5, "five");
          transcript.run("putAll(with null value)", () -> map.putAll(withNullValue));
          transcript.show("entries", map::entries);
          Map<Integer, String> withNullKey = new HashMap<>();
          withNullKey.put(null, "x");
          transcript.run("putAll(with null key)", () -> map.putAll(withNullKey));
          transcript.show("entries", map::entries);
          transcript.show("number of entries", backend.keyed()::numKeyValueStateEntries);
          transcript.show("state's keys", () -> backend.keys("m", VoidNamespace.INSTANCE));
          transcript.run("clear", map::clear);
          transcript.show("state's keys", () -> backend.keys("m", VoidNamespace.INSTANCE));
        });
  }

  @Test
  void nullsAndEmptyStringsForUserKeys() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          MapState<String, String> map =
              backend.state(
                  new MapStateDescriptor<>(
                      "m", StringSerializer.INSTANCE, StringSerializer.INSTANCE));
          for (String userKey : Arrays.asList("b", null, "", "a", "aa", "\u00e9", "\uffff")) {
            transcript.run("put " + userKey, () -> map.put(userKey, userKey + "!"));
          }
          transcript.show("get(null)", () -> map.get(null));
          transcript.show("get empty", () -> map.get(""));
          transcript.show("entries", map::entries);
          transcript.show("keys", map::keys);
          transcript.run("remove(null)", () -> map.remove(null));
          transcript.show("contains(null)", () -> map.contains(null));
          transcript.show("contains empty", () -> map.contains(""));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 129, 300})
  void iteration(int size) throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          MapState<Integer, String> map = backend.state(numbers());
          for (int i = 0; i < size; i++) {
            map.put(i - size / 2, "v" + i);
          }
          backend.key(2);
          map.put(0, "another key's");
          backend.key(1);
          transcript.show("entries", map::entries);
          Iterator<Map.Entry<Integer, String>> entries = map.iterator();
          transcript.run("remove before next", entries::remove);
          int step = 0;
          while (entries.hasNext()) {
            transcript.show("hasNext", entries::hasNext);
            Map.Entry<Integer, String> entry = entries.next();
            if (step % 3 == 0) {
              transcript.show("set", () -> entry.setValue("new"));
              transcript.show("after set", () -> entry);
            }
            if (step % 5 == 1) {
              transcript.show("hasNext", entries::hasNext);
              transcript.run("remove", entries::remove);
              transcript.run("remove again", entries::remove);
              transcript.show("key of removed", entry::getKey);
              transcript.show("value of removed", entry::getValue);
              transcript.run("set removed", () -> entry.setValue("dead"));
            }
            if (step % 7 == 2) {
              transcript.show("set to null", () -> entry.setValue(null));
              transcript.show("null", entry::getValue);
            }
            step++;
          }
          transcript.show("entries", map::entries);
          transcript.show("values", map::values);
          removeEverySecond(map.keys().iterator());
          transcript.show("after keys().remove", map::keys);
          removeEverySecond(map.values().iterator());
          transcript.show("after values().remove", map::entries);
          Iterable<Map.Entry<Integer, String>> kept = map.entries();
          map.clear();
          transcript.show("entries taken before clear", () -> kept);
          transcript.show("isEmpty", map::isEmpty);
          backend.key(2);
          transcript.show("other key", map::entries);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 127, 128, 129, 200, 256, 257, 400})
  void changesDuringIteration(int size) throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          MapState<Integer, String> map = backend.state(numbers());
          int rounds = size < STOCKS_CHUNK ? 6 : 3;
          for (int round = 0; round < rounds; round++) {
            map.clear();
            for (int i = 0; i < size; i++) {
              map.put(i * 2, "v" + i);
            }
            Iterator<Map.Entry<Integer, String>> entries = map.entries().iterator();
            List<String> seen = new ArrayList<>();
            int step = 0;
            while (entries.hasNext() && step < 2_000) {
              Map.Entry<Integer, String> entry = entries.next();
              seen.add(Rendering.of(entry));
              switch (round) {
                case 0 -> map.put(entry.getKey() + 1, "behind");
                case 1 -> map.put(entry.getKey() + 3, "put");
                case 2 -> map.put(entry.getKey() + 1_000_000, "far");
                case 3 -> map.remove(entry.getKey());
                case 4 -> map.remove(entry.getKey() + 2);
                default -> {
                  if (step == 3) {
                    map.clear();
                  }
                }
              }
              step++;
            }
            transcript.show("seen in round " + round, () -> seen);
            transcript.show("left in round " + round, map::entries);
          }
        });
  }

  @Test
  void iterationThatChangesTheKeyMeanwhile() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          MapState<Integer, String> map = backend.state(numbers());
          for (int key = 0; key < 3; key++) {
            backend.key(key);
            for (int i = 0; i < 200; i++) {
              map.put(key * 1_000 + i, key + "-" + i);
            }
          }
          backend.key(1);
          Iterator<Map.Entry<Integer, String>> entries = map.iterator();
          entries.next();
          backend.key(2);
          entries.remove();
          Map.Entry<Integer, String> second = entries.next();
          second.setValue("set");
          Iterable<Integer> keys = map.keys();
          Iterable<String> values = map.values();
          Iterable<Map.Entry<Integer, String>> both = map.entries();
          backend.key(0);
          transcript.show("rest", () -> entries);
          transcript.show("keys", () -> keys);
          transcript.show("values twice", () -> values);
          transcript.show("values", () -> values);
          transcript.show("entries", () -> both);
          transcript.show("keys twice", () -> keys);
          for (int key = 0; key < 3; key++) {
            backend.key(key);
            transcript.show("entries of " + key, map::entries);
          }
        });
  }

  @Test
  void objectsChangedAfterTheyWereWrittenOrRead() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          MapState<byte[], byte[]> map =
              backend.state(
                  new MapStateDescriptor<>(
                      "m",
                      BytePrimitiveArraySerializer.INSTANCE,
                      BytePrimitiveArraySerializer.INSTANCE));
          byte[] key = {1, -1};
          byte[] value = {3, 4};
          map.put(key, value);
          key[0] = 7;
          value[0] = 7;
          transcript.show("entries", map::entries);
          map.get(new byte[] {1, -1})[0] = 8;
          Map.Entry<byte[], byte[]> entry = map.iterator().next();
          entry.getKey()[0] = 9;
          entry.getValue()[0] = 9;
          transcript.show("same entry", () -> entry);
          transcript.show("entries", map::entries);
          byte[] set = {5};
          entry.setValue(set);
          transcript.show("same entry, set", entry::getValue);
          transcript.show("entries", map::entries);
          set[0] = 6;
          transcript.show("entries", map::entries);
          transcript.show("contains", () -> map.contains(new byte[] {1, -1}));
          transcript.show("contains the other", () -> map.contains(new byte[] {7, -1}));
          transcript.show("get empty", () -> map.get(new byte[0]));
        });
  }

  /** Also where what is written later takes as many bytes. */
  @Test
  void anEntryShowsWhatWasSetThroughItWhateverIsPutLater() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          MapState<Integer, String> map = backend.state(numbers());
          map.put(1, "one");
          Map.Entry<Integer, String> entry = map.entries().iterator().next();
          transcript.show("set", () -> entry.setValue("two"));
          transcript.run("put", () -> map.put(1, "six"));
          transcript.show("value of the entry", entry::getValue);
          transcript.show("set again", () -> entry.setValue("ten"));
          transcript.show("get", () -> map.get(1));
        });
  }

  private static void removeEverySecond(Iterator<?> iterator) {
    for (boolean remove = true; iterator.hasNext(); remove = !remove) {
      iterator.next();
      if (remove) {
        iterator.remove();
      }
    }
  }
}
