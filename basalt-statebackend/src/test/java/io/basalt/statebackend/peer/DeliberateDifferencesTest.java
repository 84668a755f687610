package io.basalt.statebackend.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.internal.InternalMergingState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where stock loses data, gives wrong answers or none, and Basalt does not do as stock does. */
final class DeliberateDifferencesTest {

  private static final TypeSerializer<Integer> NUMBER = IntSerializer.INSTANCE;
  private static final TypeSerializer<String> TEXT = StringSerializer.INSTANCE;

  @TempDir private Path directory;
  private Peers peers;

  @BeforeEach
  void start() {
    peers = new Peers(directory);
  }

  private <K> void assertDiffers(
      TypeSerializer<K> keySerializer, Script<K> script, String stock, String basalt)
      throws Exception {
    assertDiffers(keySerializer, script, List.of(stock), List.of(basalt));
  }

  private <K> void assertDiffers(
      TypeSerializer<K> keySerializer, Script<K> script, List<String> stock, List<String> basalt)
      throws Exception {
    assertThat(peers.onStock(keySerializer, script)).isEqualTo(stock);
    assertThat(peers.onBasalt(keySerializer, script)).isEqualTo(basalt);
  }

  @Test
  void nextBehindTheLastEntry() throws Exception {
    assertDiffers(
        NUMBER,
        (backend, transcript) -> {
          backend.key(1);
          MapState<String, String> map = backend.state(new MapStateDescriptor<>("m", TEXT, TEXT));
          transcript.show("next", () -> map.iterator().next());
        },
        "next -> null",
        "next -> throws java.util.NoSuchElementException");
  }

  @Test
  void keysOfStatesOfWhichNoneIsThere() throws Exception {
    assertDiffers(
        NUMBER,
        (backend, transcript) ->
            transcript.show(
                "keys",
                () -> {
                  try (Stream<Integer> keys =
                      backend.keyed().getKeys(List.of("none"), VoidNamespace.INSTANCE)) {
                    return keys.toList();
                  }
                }),
        "keys -> throws java.lang.NullPointerException",
        "keys -> []");
  }

  @Test
  void keysOfAMapStateWhoseClassHasNoEquals() throws Exception {
    assertDiffers(
        TypeInformation.of(Measurement.class).createSerializer(new SerializerConfigImpl()),
        (backend, transcript) -> {
          MapState<String, String> map = backend.state(new MapStateDescriptor<>("m", TEXT, TEXT));
          backend.key(new Measurement(1, "a", 2));
          map.put("x", "x");
          map.put("y", "y");
          transcript.show("keys", () -> backend.keys("m", VoidNamespace.INSTANCE));
        },
        "keys -> [1/a/2.0, 1/a/2.0]",
        "keys -> [1/a/2.0]");
  }

  @Test
  void whatIsPutOfAMapThatCannotBeWrittenWhole() throws Exception {
    assertDiffers(
        NUMBER,
        (backend, transcript) -> {
          TypeSerializer<Tuple2<String, Long>> pairs =
              Types.<Tuple2<String, Long>>TUPLE(Types.STRING, Types.LONG)
                  .createSerializer(new SerializerConfigImpl());
          backend.key(1);
          MapState<String, Tuple2<String, Long>> map =
              backend.state(new MapStateDescriptor<>("m", TEXT, pairs));
          Map<String, Tuple2<String, Long>> entries = new LinkedHashMap<>();
          entries.put("x", Tuple2.of("x", 1L));
          entries.put("y", Tuple2.of("y", null));
          assertThatThrownBy(() -> map.putAll(entries)).isNotNull();
          transcript.show("keys", map::keys);
        },
        "keys -> [x]",
        "keys -> []");
  }

  @Test
  void mergingLeavesTheCurrentNamespaceAlone() throws Exception {
    assertDiffers(
        NUMBER,
        (backend, transcript) -> {
          backend.key(1);
          InternalMergingState<Integer, Integer, String, ?, ?> state =
              backend.internal(1, NUMBER, new ReducingStateDescriptor<>("r", String::concat, TEXT));
          state.add("x");
          state.setCurrentNamespace(3);
          state.mergeNamespaces(2, List.of(1));
          transcript.show("current", state::get);
        },
        "current -> x",
        "current -> null");
  }

  @Test
  void nothingComesOfMergingWhatHasExpired() throws Exception {
    assertDiffers(
        NUMBER,
        (backend, transcript) -> {
          backend.key(1);
          ReducingStateDescriptor<String> descriptor =
              new ReducingStateDescriptor<>("r", String::concat, TEXT);
          descriptor.enableTimeToLive(timeToLive());
          InternalMergingState<Integer, Integer, String, ?, ?> state =
              backend.internal(1, NUMBER, descriptor);
          state.add("x");
          state.setCurrentNamespace(2);
          state.add("y");
          backend.setTime(5_000);
          transcript.run("merge", () -> state.mergeNamespaces(2, List.of(1)));
        },
        "merge -> throws java.lang.NullPointerException",
        "merge -> done");
  }

  /** It is why a job that goes on after that failure of stock's may see a value for longer. */
  @Test
  void aTargetThatHasExpiredIsGoneAfterAMergeAndGivesNoNewTimestamp() throws Exception {
    assertDiffers(
        NUMBER,
        (backend, transcript) -> {
          backend.key(1);
          ReducingStateDescriptor<String> descriptor =
              new ReducingStateDescriptor<>("r", String::concat, TEXT);
          descriptor.enableTimeToLive(timeToLive());
          InternalMergingState<Integer, Integer, String, ?, ?> state =
              backend.internal(1, NUMBER, descriptor);
          state.add("x");
          state.setCurrentNamespace(2);
          state.add("y");
          backend.setTime(5_000);
          transcript.run("merge", () -> state.mergeNamespaces(2, List.of(1)));
          state.setCurrentNamespace(3);
          state.add("z");
          backend.setTime(5_060);
          state.mergeNamespaces(2, List.of(3));
          backend.setTime(5_120);
          state.setCurrentNamespace(2);
          transcript.show("merged", state::get);
        },
        List.of("merge -> throws java.lang.NullPointerException", "merged -> z"),
        List.of("merge -> done", "merged -> null"));
  }

  @Test
  void expiredMapEntriesAreInNoSavepoint() throws Exception {
    assertDiffers(
        NUMBER,
        (backend, transcript) -> {
          MapStateDescriptor<String, String> descriptor = expiring();
          backend.key(1);
          backend.state(descriptor).put("x", "x");
          backend.setTime(5_000);
          backend.restore(backend.savepoint());
          transcript.show("keys", () -> backend.keys("m", VoidNamespace.INSTANCE));
        },
        "keys -> [1]",
        "keys -> []");
  }

  @Test
  void nullsStayWhereAMapStartsToExpire() throws Exception {
    assertDiffers(
        NUMBER,
        (backend, transcript) -> {
          backend.key(1);
          backend.state(new MapStateDescriptor<>("m", TEXT, TEXT)).put("x", null);
          backend.restore(backend.checkpoint());
          backend.key(1);
          transcript.show("entries", () -> backend.state(expiring()).entries());
        },
        "entries -> throws org.apache.flink.util.StateMigrationException",
        "entries -> [x=null]");
  }

  private static MapStateDescriptor<String, String> expiring() {
    MapStateDescriptor<String, String> descriptor = new MapStateDescriptor<>("m", TEXT, TEXT);
    descriptor.enableTimeToLive(timeToLive());
    return descriptor;
  }

  private static StateTtlConfig timeToLive() {
    return StateTtlConfig.newBuilder(Duration.ofMillis(100)).cleanupFullSnapshot().build();
  }
}
