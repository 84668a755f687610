package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.apache.flink.runtime.state.internal.InternalMapState;
import org.apache.flink.runtime.state.internal.InternalValueState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of keys and namespaces, changes to all keys, switching namespaces. */
final class KeysAndNamespacesTest {

  private static final TypeSerializer<String> TEXT = StringSerializer.INSTANCE;
  private static final List<String> KEYS = List.of("", "a", "aa", "ab", "b", "\u0000", "zz");
  private static final List<String> NAMESPACES = List.of("", "a", "b", "ab");

  @TempDir private Path directory;
  private Peers peers;

  @BeforeEach
  void start() {
    peers = new Peers(directory);
  }

  private static ValueStateDescriptor<String> value(String name) {
    return new ValueStateDescriptor<>(name, TEXT);
  }

  private static void fill(PeerBackend<String> backend) throws Exception {
    InternalValueState<String, String, String> one = backend.internal("", TEXT, value("one"));
    InternalMapState<String, String, String, String> two =
        backend.internal("", TEXT, new MapStateDescriptor<>("two", TEXT, TEXT));
    InternalListState<String, String, String> three =
        backend.internal("", TEXT, new ListStateDescriptor<>("three", TEXT));
    for (String key : KEYS) {
      backend.key(key);
      for (String namespace : NAMESPACES) {
        one.setCurrentNamespace(namespace);
        two.setCurrentNamespace(namespace);
        three.setCurrentNamespace(namespace);
        if (namespace.length() <= key.length()) {
          one.update(key + "|" + namespace);
        }
        if (namespace.length() >= key.length()) {
          for (int i = 0; i < 20; i++) {
            two.put("user key " + i, key);
          }
        }
        if (key.startsWith("a")) {
          three.add(key);
          three.add(namespace);
        }
      }
    }
  }

  private static List<String> keys(
      PeerBackend<String> backend, List<String> states, String namespace) {
    try (Stream<String> keys = backend.keyed().getKeys(states, namespace)) {
      return keys.toList();
    }
  }

  private static List<Tuple2<String, String>> pairs(PeerBackend<String> backend, String state) {
    try (Stream<Tuple2<String, String>> pairs = backend.keyed().getKeysAndNamespaces(state)) {
      return pairs.toList();
    }
  }

  @Test
  void keysOfOneStateAndOfSeveral() throws Exception {
    peers.assertSame(
        TEXT,
        (backend, transcript) -> {
          fill(backend);
          for (String namespace : NAMESPACES) {
            for (String state : List.of("one", "two", "three", "none")) {
              transcript.show(state + " in " + namespace, () -> backend.keys(state, namespace));
            }
            transcript.show(
                "three states, order aside",
                () ->
                    keys(backend, List.of("one", "two", "three"), namespace).stream()
                        .sorted()
                        .toList());
            transcript.show(
                "with an unknown one, order aside",
                () -> keys(backend, List.of("one", "none"), namespace).stream().sorted().toList());
            transcript.show(
                "one twice, order aside",
                () -> keys(backend, List.of("one", "one"), namespace).stream().sorted().toList());
          }
          for (String state : List.of("one", "two", "three", "none")) {
            transcript.show("pairs of " + state, () -> pairs(backend, state));
          }
          transcript.show("entries", backend.keyed()::numKeyValueStateEntries);
        });
  }

  @Test
  void keysOfRestoredStatesThatNobodyRegistered() throws Exception {
    peers.assertSame(
        TEXT,
        (backend, transcript) -> {
          fill(backend);
          backend.restore(backend.checkpoint());
          for (String state : List.of("one", "two", "three")) {
            transcript.show("keys of " + state, () -> backend.keys(state, "a"));
            transcript.show("pairs of " + state, () -> pairs(backend, state));
          }
          transcript.show("entries", backend.keyed()::numKeyValueStateEntries);
          // Carried along by a snapshot, claimed or not.
          backend.restore(backend.savepoint());
          transcript.show("pairs of two", () -> pairs(backend, "two"));
          backend.key("a");
          transcript.show("value", () -> backend.state("a", TEXT, value("one")).value());
        });
  }

  @Test
  void theOrderOfSeveralStates() throws Exception {
    peers.assertSame(
        TEXT,
        (backend, transcript) -> {
          fill(backend);
          for (String namespace : NAMESPACES) {
            transcript.show("1, 2", () -> keys(backend, List.of("one", "two"), namespace));
            transcript.show("2, 1", () -> keys(backend, List.of("two", "one"), namespace));
          }
        });
  }

  @Test
  void writingWhileReading() throws Exception {
    peers.assertSame(
        TEXT,
        (backend, transcript) -> {
          fill(backend);
          ValueState<String> one = backend.state("a", TEXT, value("one"));
          List<String> seen = new ArrayList<>();
          try (Stream<String> keys = backend.keyed().getKeys("one", "a")) {
            Iterator<String> iterator = keys.iterator();
            while (iterator.hasNext()) {
              String key = iterator.next();
              seen.add(key);
              backend.key(key);
              one.clear();
              backend.key(key + "!");
              one.update("written");
            }
          }
          transcript.show("seen", () -> seen);
          transcript.show("left", () -> backend.keys("one", "a"));
        });
  }

  @Test
  void applyingToAllKeys() throws Exception {
    peers.assertSame(
        TEXT,
        (backend, transcript) -> {
          fill(backend);
          backend.key("outside");
          List<String> seen = new ArrayList<>();
          transcript.run(
              "clear, update, add",
              () ->
                  backend
                      .keyed()
                      .applyToAllKeys(
                          "a",
                          TEXT,
                          value("one"),
                          (key, state) -> {
                            seen.add(key + "=" + state.value());
                            if (key.startsWith("a")) {
                              state.clear();
                            } else {
                              state.update("changed");
                            }
                          }));
          transcript.show("seen", () -> seen);
          transcript.show("current key", () -> backend.keyed().getCurrentKey());
          transcript.show("left", () -> pairs(backend, "one"));
          transcript.run(
              "a failure",
              () ->
                  backend
                      .keyed()
                      .applyToAllKeys(
                          "a",
                          TEXT,
                          value("one"),
                          (key, state) -> {
                            throw new ArithmeticException();
                          }));
          transcript.run(
              "a state that is new",
              () ->
                  backend
                      .keyed()
                      .applyToAllKeys(
                          "a", TEXT, value("new"), (key, state) -> state.update("never")));
          transcript.show("new", () -> pairs(backend, "new"));
        });
  }

  @Test
  void switchingNamespaces() throws Exception {
    peers.assertSame(
        TEXT,
        (backend, transcript) -> {
          backend.key("k");
          for (String namespace : NAMESPACES) {
            backend.state(namespace, TEXT, value("one")).update("1" + namespace);
            backend.state(namespace, TEXT, value("two")).update("2" + namespace);
          }
          ValueState<String> kept = backend.state("a", TEXT, value("one"));
          transcript.show("a", kept::value);
          ValueState<String> again = backend.state("b", TEXT, value("one"));
          transcript.show("same object", () -> kept == again);
          transcript.show("the one kept, after the switch", kept::value);
          backend.state("ab", TEXT, value("two"));
          transcript.show("after a switch of another", kept::value);
          for (String namespace : NAMESPACES) {
            transcript.show(namespace, () -> backend.state(namespace, TEXT, value("one")).value());
          }
          transcript.run("null namespace", () -> backend.state(null, TEXT, value("one")));
          transcript.run("null descriptor", () -> backend.state("a", TEXT, null));
          transcript.run("null key", () -> backend.key(null));
        });
  }

  @Test
  void nullForANamespace() throws Exception {
    peers.assertSame(
        TEXT,
        (backend, transcript) -> {
          fill(backend);
          transcript.show("null namespace", () -> backend.keys("one", null));
          transcript.show("null namespace of unknown", () -> backend.keys("none", null));
          transcript.show("null states", () -> keys(backend, null, "a"));
          backend.state(7, IntSerializer.INSTANCE, value("numbered"));
          transcript.show("null for a number", () -> backend.keys("numbered", null));
        });
  }
}
