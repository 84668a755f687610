package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.internal.InternalMergingState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Merging namespaces, for all three kinds of state that can, with functions that show the order.
 */
final class NamespaceMergeTest {

  private static final TypeSerializer<Integer> NUMBER = IntSerializer.INSTANCE;

  @TempDir private Path directory;
  private Peers peers;

  @BeforeEach
  void start() {
    peers = new Peers(directory);
  }

  static Stream<StateDescriptor<?, ?>> descriptors() {
    return Stream.of(
        new ListStateDescriptor<>("list", StringSerializer.INSTANCE),
        new ReducingStateDescriptor<>(
            "reducing", NamespaceMergeTest::joined, StringSerializer.INSTANCE),
        new AggregatingStateDescriptor<>("aggregating", new Joined(), StringSerializer.INSTANCE));
  }

  @ParameterizedTest
  @MethodSource("descriptors")
  void merges(StateDescriptor<?, ?> descriptor) throws Exception {
    peers.assertSame(
        NUMBER,
        (backend, transcript) -> {
          merge(backend, transcript, descriptor, 0, List.of());
          merge(backend, transcript, descriptor, 0, null);
          merge(backend, transcript, descriptor, 0, List.of(1));
          merge(backend, transcript, descriptor, 0, List.of(1, 2, 3));
          merge(backend, transcript, descriptor, 0, List.of(3, 2, 1));
          merge(backend, transcript, descriptor, 9, List.of(1, 2));
          merge(backend, transcript, descriptor, 9, List.of(8));
          merge(backend, transcript, descriptor, 0, List.of(8));
          merge(backend, transcript, descriptor, 9, List.of(8, 1, 7));
          merge(backend, transcript, descriptor, 0, Arrays.asList(1, null, 2));
          merge(backend, transcript, descriptor, 0, Arrays.asList((Integer) null));
          merge(backend, transcript, descriptor, 0, List.of(0));
          merge(backend, transcript, descriptor, 0, List.of(0, 1));
          merge(backend, transcript, descriptor, 0, List.of(1, 0, 2));
          merge(backend, transcript, descriptor, 9, List.of(9, 1));
          merge(backend, transcript, descriptor, 0, List.of(1, 1));
          merge(backend, transcript, descriptor, 9, List.of(1, 2, 1));
          merge(backend, transcript, descriptor, 0, List.of(0, 1, 0, 1));
        });
  }

  private static void merge(
      PeerBackend<Integer> backend,
      Transcript transcript,
      StateDescriptor<?, ?> descriptor,
      Integer target,
      Collection<Integer> sources)
      throws Exception {
    InternalMergingState<Integer, Integer, String, ?, ?> state =
        backend.internal(0, NUMBER, descriptor);
    for (int key = 0; key < 2; key++) {
      backend.key(key);
      for (int namespace = 0; namespace < 10; namespace++) {
        state.setCurrentNamespace(namespace);
        state.clear();
        if (namespace < 4) {
          state.add(key + "a" + namespace);
          state.add("b" + namespace);
        }
      }
    }
    state.setCurrentNamespace(5);
    String name = sources + " to " + target;
    transcript.run(name, () -> state.mergeNamespaces(target, sources));
    for (int key = 0; key < 2; key++) {
      backend.key(key);
      for (int namespace = 0; namespace < 10; namespace++) {
        state.setCurrentNamespace(namespace);
        transcript.show(name + ", key " + key + ", namespace " + namespace, state::get);
      }
    }
    transcript.show("entries after " + name, backend.keyed()::numKeyValueStateEntries);
  }

  static Stream<StateDescriptor<?, ?>> failing() {
    return Stream.of(
        new ReducingStateDescriptor<>(
            "reducing", NamespaceMergeTest::failing, StringSerializer.INSTANCE),
        new AggregatingStateDescriptor<>("aggregating", new Failing(), StringSerializer.INSTANCE));
  }

  @ParameterizedTest
  @MethodSource("failing")
  void functionsThatGiveNothing(StateDescriptor<?, ?> descriptor) throws Exception {
    peers.assertSame(
        NUMBER,
        (backend, transcript) -> {
          // Nothing comes of 2 and whatever stands before it.
          merge(backend, transcript, descriptor, 0, List.of(1, 2));
          merge(backend, transcript, descriptor, 9, List.of(1, 2));
          merge(backend, transcript, descriptor, 0, List.of(1, 2, 3));
          merge(backend, transcript, descriptor, 0, List.of(1, 0, 2));
          merge(backend, transcript, descriptor, 0, List.of(2, 1));
          merge(backend, transcript, descriptor, 1, List.of(0, 1, 2));
        });
  }

  private static String failing(String left, String right) {
    return right.contains("a2") ? null : joined(left, right);
  }

  private static String joined(String left, String right) {
    return "(" + left + right + ")";
  }

  private static final class Failing extends Joined {
    @Override
    public String merge(String left, String right) {
      return failing(left, right);
    }
  }

  private static class Joined implements AggregateFunction<String, String, String> {

    @Override
    public String createAccumulator() {
      return "";
    }

    @Override
    public String add(String value, String accumulator) {
      return joined(accumulator, value);
    }

    @Override
    public String getResult(String accumulator) {
      return "=" + accumulator;
    }

    @Override
    public String merge(String left, String right) {
      return "[" + left + right + "]";
    }
  }
}
