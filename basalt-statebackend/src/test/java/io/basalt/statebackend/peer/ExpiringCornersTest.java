package io.basalt.statebackend.peer;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.StateTtlConfig.StateVisibility;
import org.apache.flink.api.common.state.StateTtlConfig.UpdateType;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nulls, iterations and expiry together, under every way to clean up. */
final class ExpiringCornersTest {

  private static final TypeSerializer<Integer> KEYS = IntSerializer.INSTANCE;
  private static final TypeSerializer<String> TEXT = StringSerializer.INSTANCE;
  private static final long START = 1_000;
  private static final long TIME_TO_LIVE = 100;

  @TempDir private Path directory;
  private Peers peers;

  @BeforeEach
  void start() {
    peers = new Peers(directory);
  }

  private static StateTtlConfig.Builder builder(UpdateType update) {
    return StateTtlConfig.newBuilder(Duration.ofMillis(TIME_TO_LIVE)).setUpdateType(update);
  }

  static Stream<StateTtlConfig> configurations() {
    return Stream.of(UpdateType.OnCreateAndWrite, UpdateType.OnReadAndWrite)
        .flatMap(
            update ->
                Stream.of(
                    builder(update).build(),
                    builder(update).cleanupIncrementally(5, true).build(),
                    builder(update).cleanupIncrementally(2, false).cleanupFullSnapshot().build(),
                    builder(update).cleanupInRocksdbCompactFilter(1, Duration.ofSeconds(1)).build(),
                    builder(update)
                        .setStateVisibility(StateVisibility.ReturnExpiredIfNotCleanedUp)
                        .disableCleanupInBackground()
                        .build()));
  }

  private static ValueStateDescriptor<String> value(StateTtlConfig ttl) {
    ValueStateDescriptor<String> descriptor = new ValueStateDescriptor<>("v", TEXT);
    descriptor.enableTimeToLive(ttl);
    return descriptor;
  }

  private static ListStateDescriptor<String> list(StateTtlConfig ttl) {
    ListStateDescriptor<String> descriptor = new ListStateDescriptor<>("l", TEXT);
    descriptor.enableTimeToLive(ttl);
    return descriptor;
  }

  private static MapStateDescriptor<String, String> map(StateTtlConfig ttl) {
    MapStateDescriptor<String, String> descriptor = new MapStateDescriptor<>("m", TEXT, TEXT);
    descriptor.enableTimeToLive(ttl);
    return descriptor;
  }

  private static ReducingStateDescriptor<String> reducing(StateTtlConfig ttl) {
    ReducingStateDescriptor<String> descriptor =
        new ReducingStateDescriptor<>("r", ExpiringCornersTest::joined, TEXT);
    descriptor.enableTimeToLive(ttl);
    return descriptor;
  }

  private static ValueStateDescriptor<Double> number(StateTtlConfig ttl) {
    ValueStateDescriptor<Double> descriptor =
        new ValueStateDescriptor<>("d", DoubleSerializer.INSTANCE);
    descriptor.enableTimeToLive(ttl);
    return descriptor;
  }

  private static ReducingStateDescriptor<Long> sum(StateTtlConfig ttl) {
    ReducingStateDescriptor<Long> descriptor =
        new ReducingStateDescriptor<>(
            "s",
            (left, right) -> right == 7 ? null : Long.valueOf(Math.addExact(left, right)),
            LongSerializer.INSTANCE);
    descriptor.enableTimeToLive(ttl);
    return descriptor;
  }

  private static String joined(String left, String right) {
    if (right.equals("poison")) {
      throw new ArithmeticException();
    }
    return left + right;
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void nullsAndNothing(StateTtlConfig ttl) throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          backend.key(1);
          ValueState<String> value = backend.state(value(ttl));
          transcript.show("value", value::value);
          transcript.run("update(null)", () -> value.update(null));
          transcript.show("value", value::value);
          ListState<String> list = backend.state(list(ttl));
          transcript.show("list", list::get);
          transcript.run("add(null)", () -> list.add(null));
          transcript.run("addAll(null)", () -> list.addAll(null));
          transcript.run("addAll(with null)", () -> list.addAll(Arrays.asList("a", null)));
          transcript.run("addAll(empty)", () -> list.addAll(List.of()));
          transcript.run("update(null)", () -> list.update(null));
          transcript.run("update(with null)", () -> list.update(Arrays.asList("a", null)));
          transcript.run("update(empty)", () -> list.update(List.of()));
          transcript.show("list", list::get);
          MapState<String, String> map = backend.state(map(ttl));
          transcript.show("isEmpty", map::isEmpty);
          transcript.show("get", () -> map.get("a"));
          transcript.run("put null value", () -> map.put("a", null));
          transcript.show("get", () -> map.get("a"));
          transcript.show("contains", () -> map.contains("a"));
          transcript.show("isEmpty", map::isEmpty);
          transcript.show("entries", map::entries);
          transcript.run("putAll(null)", () -> map.putAll(null));
          Map<String, String> nulls = new HashMap<>();
          nulls.put("b", null);
          nulls.put(null, "c");
          transcript.run("putAll(nulls)", () -> map.putAll(nulls));
          transcript.show("entries", map::entries);
          transcript.show("get(null)", () -> map.get(null));
          ReducingState<String> reducing = backend.state(reducing(ttl));
          transcript.show("reducing", reducing::get);
          transcript.run("add(null)", () -> reducing.add(null));
          transcript.show("reducing", reducing::get);
          ValueState<Double> number = backend.state(number(ttl));
          transcript.run("update(null)", () -> number.update(null));
          transcript.show("number", number::value);
          transcript.run("update", () -> number.update(1.5));
          transcript.run("update(null)", () -> number.update(null));
          transcript.show("number", number::value);
          ReducingState<Long> sum = backend.state(sum(ttl));
          for (long added : List.of(1L, 2L, 7L, 3L)) {
            transcript.run("add", () -> sum.add(added));
            transcript.show("sum", sum::get);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void expiry(StateTtlConfig ttl) throws Exception {
    peers.assertSame(
        KEYS,
        (backend, transcript) -> {
          for (int key = 0; key < 20; key++) {
            backend.key(key);
            backend.state(value(ttl)).update("v" + key);
            backend.state(list(ttl)).add("l" + key);
            backend.state(map(ttl)).put("m" + key, "x");
            backend.state(map(ttl)).put("n" + key, null);
            backend.state(reducing(ttl)).add("r" + key);
            backend.state(number(ttl)).update(key / 3.0);
            backend.state(sum(ttl)).add((long) key);
            backend.setTime(START + key * 10L);
            backend.key(0);
            backend.state(list(ttl)).add("l" + key);
            backend.state(map(ttl)).put("m" + key, "x" + key);
            backend.state(reducing(ttl)).add("r" + key);
            backend.state(number(ttl)).update(key + 0.5);
            backend.state(sum(ttl)).add(1L);
            int failing = key;
            transcript.run(
                "failing add", () -> backend.state(reducing(ttl)).add(failing > 9 ? "poison" : ""));
          }
          show(backend, transcript, ttl);
          backend.setTime(START + 200);
          backend.restore(backend.checkpoint());
          show(backend, transcript, ttl);
          backend.setTime(START + 230);
          backend.restore(backend.savepoint());
          show(backend, transcript, ttl);
          backend.setTime(START + 1_000);
          show(backend, transcript, ttl);
          show(backend, transcript, ttl);
        });
  }

  private static void show(PeerBackend<Integer> backend, Transcript transcript, StateTtlConfig ttl)
      throws Exception {
    for (int key = 0; key < 20; key++) {
      backend.key(key);
      transcript.show("value", () -> backend.state(value(ttl)).value());
      transcript.show("list", () -> backend.state(list(ttl)).get());
      MapState<String, String> map = backend.state(map(ttl));
      transcript.show("keys", map::keys);
      transcript.show("values", map::values);
      transcript.show(
          "changed entries",
          () -> {
            List<String> seen = new ArrayList<>();
            Iterator<Map.Entry<String, String>> entries = map.iterator();
            while (entries.hasNext()) {
              Map.Entry<String, String> entry = entries.next();
              seen.add(Rendering.of(entry));
              if (seen.size() % 3 == 0) {
                entries.remove();
              } else if (seen.size() % 3 == 1) {
                seen.add(entry.setValue("set") + " then " + entry.getValue());
              }
            }
            return seen;
          });
      transcript.show("entries", map::entries);
      transcript.show("reducing", () -> backend.state(reducing(ttl)).get());
      transcript.show("number", () -> backend.state(number(ttl)).value());
      transcript.show("sum", () -> backend.state(sum(ttl)).get());
      backend.state(sum(ttl)).add(1L);
    }
  }
}
