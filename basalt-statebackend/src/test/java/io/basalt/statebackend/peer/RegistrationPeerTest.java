package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names, kinds and serializers of states that are registered more than once. */
final class RegistrationPeerTest {

  private static final TypeSerializer<Integer> KEYS = IntSerializer.INSTANCE;
  private static final TypeSerializer<String> TEXT = StringSerializer.INSTANCE;

  @TempDir private Path directory;
  private Peers peers;

  @BeforeEach
  void start() {
    peers = new Peers(directory);
  }

  private static ValueStateDescriptor<String> value(String name) {
    return new ValueStateDescriptor<>(name, TEXT);
  }

  @SuppressWarnings("unchecked")
  private static <S extends State> S registered(
      PeerBackend<Integer> backend, StateDescriptor<S, ?> descriptor, boolean allowUpdates)
      throws Exception {
    S state =
        backend
            .keyed()
            .createOrUpdateInternalState(
                VoidNamespaceSerializer.INSTANCE,
                descriptor,
                StateSnapshotTransformFactory.noTransform(),
                allowUpdates);
    ((InternalKvState<Integer, VoidNamespace, ?>) state)
        .setCurrentNamespace(VoidNamespace.INSTANCE);
    return state;
  }

  @Test
  void names() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          for (String name : new String[] {"default", "", " ", "a/b", "ü\u0000", "x".repeat(999)}) {
            transcript.run("write " + name, () -> backend.state(value(name)).update(name));
            transcript.show("read " + name, () -> backend.state(value(name)).value());
          }
          transcript.run(
              "queue named default",
              () ->
                  backend
                      .keyed()
                      .create("default", new TimerSerializer<>(KEYS, IntSerializer.INSTANCE)));
        });
  }

  @Test
  void anotherKindInTheSameRun() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          backend.state(value("v")).update("x");
          transcript.run(
              "as a list",
              () -> {
                ListState<String> list = backend.state(new ListStateDescriptor<>("v", TEXT));
                list.add("y");
              });
          transcript.show("value", () -> backend.state(value("v")).value());
        });
  }

  static Stream<Attempt> incompatible() {
    return Stream.of(
        backend -> backend.state(new ListStateDescriptor<>("v", TEXT)),
        backend -> backend.state(new MapStateDescriptor<>("v", TEXT, TEXT)),
        backend -> backend.state(new ValueStateDescriptor<>("v", LongSerializer.INSTANCE)),
        backend -> backend.state(7, IntSerializer.INSTANCE, value("v")));
  }

  /** A registration that does not fit what was restored. */
  interface Attempt {
    void register(PeerBackend<Integer> backend) throws Exception;
  }

  @ParameterizedTest
  @MethodSource("incompatible")
  void anotherKindAfterARestore(Attempt attempt) throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          backend.state(value("v")).update("x");
          backend.restore(backend.checkpoint());
          backend.key(1);
          transcript.run("register", () -> attempt.register(backend));
        });
  }

  @Test
  void sameAgain() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          ValueState<String> first = registered(backend, value("v"), false);
          first.update("x");
          transcript.run("again", () -> registered(backend, value("v"), false));
          transcript.run("again, updates allowed", () -> registered(backend, value("v"), true));
          transcript.show("value", first::value);

          ValueState<String> open = registered(backend, value("open"), true);
          open.update("y");
          transcript.show("again", () -> registered(backend, value("open"), true).value());
          transcript.show("same object", () -> registered(backend, value("open"), true) == open);
          transcript.run(
              "another type",
              () ->
                  registered(
                      backend, new ValueStateDescriptor<>("open", LongSerializer.INSTANCE), true));
          transcript.show("no more", () -> registered(backend, value("open"), false).value());
          transcript.show("or once more", () -> registered(backend, value("open"), false).value());
        });
  }

  @Test
  @SuppressWarnings("deprecation") // Default values are deprecated and still Flink's.
  void newFunctionsAndDefaults() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          ReducingState<String> sum =
              registered(backend, new ReducingStateDescriptor<>("sum", String::concat, TEXT), true);
          sum.add("a");
          sum.add("b");
          ValueState<String> value =
              registered(backend, new ValueStateDescriptor<>("d", TEXT, "one"), true);
          transcript.show("default", value::value);
          ReducingState<String> changed =
              registered(
                  backend, new ReducingStateDescriptor<>("sum", (l, r) -> r + l, TEXT), true);
          changed.add("c");
          transcript.show("by the new function", changed::get);
          transcript.run("add by the first object", () -> sum.add("d"));
          transcript.show("by the first object", sum::get);
          ValueState<String> other =
              registered(backend, new ValueStateDescriptor<>("d", TEXT, "two"), true);
          transcript.show("new default", other::value);
          transcript.show("default of the first object", value::value);
        });
  }

  @Test
  void aSecondQueueOfTheName() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          transcript.run(
              "first",
              () ->
                  backend.keyed().create("q", new TimerSerializer<>(KEYS, IntSerializer.INSTANCE)));
          transcript.run(
              "second",
              () ->
                  backend.keyed().create("q", new TimerSerializer<>(KEYS, IntSerializer.INSTANCE)));
          transcript.run(
              "first to be updated",
              () ->
                  backend
                      .keyed()
                      .create("u", new TimerSerializer<>(KEYS, IntSerializer.INSTANCE), true));
          transcript.run(
              "second to be updated",
              () ->
                  backend
                      .keyed()
                      .create("u", new TimerSerializer<>(KEYS, IntSerializer.INSTANCE), true));
        });
  }
}
