package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A time to live that a job adds to its states, or takes from them, at a restore. */
final class ExpirySwitchedTest {

  private static final TypeSerializer<Integer> KEYS = IntSerializer.INSTANCE;
  private static final TypeSerializer<String> TEXT = StringSerializer.INSTANCE;
  private static final long START = 1_000;

  @TempDir private Path directory;

  @ParameterizedTest(name = "before {0}, after {1}, savepoint {2}")
  @CsvSource({
    "false, true, false",
    "false, true, true",
    "true, false, false",
    "true, false, true",
    "true, true, false"
  })
  void betweenTwoRuns(boolean before, boolean after, boolean savepoint) throws Exception {
    new Peers(directory)
        .assertSame(
            KEYS,
            (backend, transcript) -> {
              States written = new States(backend, before);
              for (int key = 0; key < 5; key++) {
                backend.setTime(START + 20L * key);
                backend.key(key);
                written.write(key);
              }
              backend.restore(savepoint ? backend.savepoint() : backend.checkpoint());
              for (int key = 0; key < 6; key++) {
                int current = key;
                backend.key(key);
                backend.setTime(START + 110);
                // Registered when the first of them is used, and not again.
                transcript.run("register", () -> new States(backend, after).show(transcript));
                transcript.run("write", () -> new States(backend, after).write(current));
                transcript.run("again", () -> new States(backend, after).show(transcript));
                backend.setTime(START + 190);
                transcript.run("later", () -> new States(backend, after).show(transcript));
              }
            });
  }

  /** A state of each kind. */
  private record States(PeerBackend<Integer> backend, boolean expiring) {

    void write(int key) throws Exception {
      state(new ValueStateDescriptor<>("value", TEXT)).update("v" + key);
      state(new ListStateDescriptor<>("list", TEXT)).add("l" + key);
      state(new ListStateDescriptor<>("list", TEXT)).add("");
      map().put("m" + key, "x");
      state(new ReducingStateDescriptor<>("reducing", String::concat, TEXT)).add("r" + key);
      state(new AggregatingStateDescriptor<>("aggregating", JOIN, TEXT)).add("a" + key);
    }

    void show(Transcript transcript) {
      transcript.show("value", () -> state(new ValueStateDescriptor<>("value", TEXT)).value());
      transcript.show("list", () -> state(new ListStateDescriptor<>("list", TEXT)).get());
      transcript.show("map", () -> map().entries());
      transcript.show("null in the map", () -> map().contains("null"));
      transcript.show(
          "reducing",
          () -> state(new ReducingStateDescriptor<>("reducing", String::concat, TEXT)).get());
      transcript.show(
          "aggregating",
          () -> state(new AggregatingStateDescriptor<>("aggregating", JOIN, TEXT)).get());
    }

    MapState<String, String> map() throws Exception {
      return state(new MapStateDescriptor<>("map", TEXT, TEXT));
    }

    private <S extends State> S state(StateDescriptor<S, ?> descriptor) throws Exception {
      if (expiring) {
        descriptor.enableTimeToLive(
            StateTtlConfig.newBuilder(Duration.ofMillis(100)).disableCleanupInBackground().build());
      }
      return backend.state(descriptor);
    }
  }

  private static final AggregateFunction<String, String, String> JOIN =
      new AggregateFunction<>() {
        @Override
        public String createAccumulator() {
          return "";
        }

        @Override
        public String add(String text, String accumulator) {
          return accumulator + text;
        }

        @Override
        public String getResult(String accumulator) {
          return "=" + accumulator;
        }

        @Override
        public String merge(String left, String right) {
          return left + right;
        }
      };
}
