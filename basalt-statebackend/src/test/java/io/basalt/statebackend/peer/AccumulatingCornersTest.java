package io.basalt.statebackend.peer;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.internal.InternalAggregatingState;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nulls, nothing and failing functions in reducing and aggregating states. */
final class AccumulatingCornersTest {

  private static final TypeSerializer<Integer> KEYS = IntSerializer.INSTANCE;

  @TempDir private Path directory;
  private Peers peers;

  @BeforeEach
  void start() {
    peers = new Peers(directory);
  }

  @Test
  void reducing() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          ReducingState<String> state =
              backend.state(
                  new ReducingStateDescriptor<>(
                      "r", AccumulatingCornersTest::joined, StringSerializer.INSTANCE));
          transcript.show("nothing", state::get);
          transcript.run("clear nothing", state::clear);
          transcript.run("add", () -> state.add("a"));
          transcript.run("add", () -> state.add("b"));
          transcript.show("reduced", state::get);
          transcript.run("unchecked failure", () -> state.add("unchecked"));
          transcript.run("checked failure", () -> state.add("checked"));
          transcript.run("null for a result", () -> state.add("null"));
          transcript.run("add(null)", () -> state.add(null));
          transcript.show("reduced", state::get);
          transcript.run("clear", state::clear);
          transcript.show("nothing", state::get);
          transcript.show("keys", () -> backend.keys("r", VoidNamespace.INSTANCE));
        });
  }

  @Test
  void reducingNullFirst() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          ReducingState<Long> longs =
              backend.state(
                  new ReducingStateDescriptor<>("longs", Long::sum, LongSerializer.INSTANCE));
          transcript.run("add(null) of a long", () -> longs.add(null));
          transcript.show("nothing", longs::get);
          InternalReducingState<Integer, VoidNamespace, String> strings =
              backend.internal(
                  VoidNamespace.INSTANCE,
                  VoidNamespaceSerializer.INSTANCE,
                  new ReducingStateDescriptor<>(
                      "strings", AccumulatingCornersTest::joined, StringSerializer.INSTANCE));
          transcript.run("add(null) of a string", () -> strings.add(null));
          transcript.show("after null", strings::get);
          transcript.run("add after null", () -> strings.add("x"));
          transcript.show("after x", strings::get);
          transcript.run("updateInternal(null)", () -> strings.updateInternal(null));
          transcript.show("after null", strings::getInternal);
          transcript.run("updateInternal", () -> strings.updateInternal("y"));
          transcript.show("after y", strings::getInternal);
        });
  }

  @Test
  void aggregating() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          AggregatingState<String, Integer> state =
              backend.state(
                  new AggregatingStateDescriptor<>(
                      "a", new LengthOfJoined(), StringSerializer.INSTANCE));
          transcript.show("nothing", state::get);
          transcript.run("failure on nothing", () -> state.add("unchecked"));
          transcript.show("nothing", state::get);
          transcript.run("add", () -> state.add("a"));
          transcript.run("add", () -> state.add("bcd"));
          transcript.show("result", state::get);
          transcript.run("failure", () -> state.add("unchecked"));
          transcript.run("null for a result", () -> state.add("null"));
          transcript.run("add(null)", () -> state.add(null));
          transcript.show("result", state::get);
          transcript.run("result fails", () -> state.add("poison"));
          transcript.show("result", state::get);
          transcript.run("clear", state::clear);
          transcript.show("nothing", state::get);
        });
  }

  @Test
  void aggregatingByItsInnerInterface() throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          InternalAggregatingState<Integer, VoidNamespace, String, String, Integer> state =
              backend.internal(
                  VoidNamespace.INSTANCE,
                  VoidNamespaceSerializer.INSTANCE,
                  new AggregatingStateDescriptor<>(
                      "a", new LengthOfJoined(), StringSerializer.INSTANCE));
          transcript.show("nothing", state::getInternal);
          transcript.run("updateInternal(null)", () -> state.updateInternal(null));
          transcript.show("after null", state::getInternal);
          transcript.run("updateInternal", () -> state.updateInternal("abc"));
          transcript.show("result", state::get);
          transcript.show("accumulator", state::getInternal);
        });
  }

  private static String joined(String left, String right) throws IOException {
    return switch (String.valueOf(right)) {
      case "unchecked" -> throw new ArithmeticException();
      case "checked" -> throw new IOException();
      case "null" -> null;
      default -> left + "+" + right;
    };
  }

  private static final class LengthOfJoined implements AggregateFunction<String, String, Integer> {

    @Override
    public String createAccumulator() {
      return "";
    }

    @Override
    public String add(String value, String accumulator) {
      return switch (value) {
        case "unchecked" -> throw new ArithmeticException();
        case "null" -> null;
        default -> accumulator + value;
      };
    }

    @Override
    public Integer getResult(String accumulator) {
      if (accumulator.endsWith("poison")) {
        throw new ArithmeticException();
      }
      return accumulator.length();
    }

    @Override
    public String merge(String left, String right) {
      return left + right;
    }
  }
}
