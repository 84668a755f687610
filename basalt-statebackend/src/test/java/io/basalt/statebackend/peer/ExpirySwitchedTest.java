package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A time to live that a job adds to its states, takes from them, or changes, at a restore. */
final class ExpirySwitchedTest {

  private static final TypeSerializer<Integer> KEYS = IntSerializer.INSTANCE;
  private static final TypeSerializer<String> TEXT = StringSerializer.INSTANCE;
  private static final long START = 1_000;

  @TempDir private Path directory;

  /** Times to live of three runs; 0 for none. */
  @ParameterizedTest(name = "{0}, then {1}, then {2}, savepoint {3}")
  @CsvSource({
    "0, 100, 100, false",
    "0, 100, 0, true",
    "100, 0, 100, false",
    "100, 0, 0, true",
    "100, 100, 100, false",
    "100, 170, 50, false",
    "100, 170, 50, true",
    "170, 100, 0, false",
    "170, 100, 250, true"
  })
  void betweenRuns(long first, long second, long third, boolean savepoint) throws Exception {
    new Peers(directory)
        .assertSame(
            KEYS,
            (backend, transcript) -> {
              States written = new States(backend, first);
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
                transcript.run("register", () -> new States(backend, second).show(transcript));
                transcript.run("write", () -> new States(backend, second).write(current));
                transcript.run("again", () -> new States(backend, second).show(transcript));
                backend.setTime(START + 190);
                transcript.run("later", () -> new States(backend, second).show(transcript));
              }
              backend.restore(savepoint ? backend.savepoint() : backend.checkpoint());
              for (int key = 0; key < 6; key++) {
                backend.key(key);
                for (long time : new long[] {200, 230, 300}) {
                  backend.setTime(START + time);
                  transcript.run("third", () -> new States(backend, third).show(transcript));
                }
              }
            });
  }

  /** Which refuses to: Flink's check takes the serializer of such a value for that of a list. */
  @ParameterizedTest(name = "expires before {0}, after {1}")
  @CsvSource({"false, true", "true, false", "true, true"})
  void ofAValueOfTheTypeListIsSwitchedAsStockDoes(boolean before, boolean after) throws Exception {
    new Peers(directory)
        .assertSame(
            KEYS,
            (backend, transcript) -> {
              backend.key(1);
              backend.state(listAsValue(before)).update(List.of("a", "b"));
              backend.restore(backend.checkpoint());
              backend.key(1);
              transcript.show("value", () -> backend.state(listAsValue(after)).value());
            });
  }

  private static ValueStateDescriptor<List<String>> listAsValue(boolean expires) {
    ValueStateDescriptor<List<String>> descriptor =
        new ValueStateDescriptor<>("list as value", new ListSerializer<>(TEXT));
    if (expires) {
      descriptor.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofMillis(100)).build());
    }
    return descriptor;
  }

  /** A state of each kind. */
  private record States(PeerBackend<Integer> backend, long timeToLive) {

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
      if (timeToLive > 0) {
        descriptor.enableTimeToLive(
            StateTtlConfig.newBuilder(Duration.ofMillis(timeToLive))
                .disableCleanupInBackground()
                .build());
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
