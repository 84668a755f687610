package io.basalt.statebackend.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.hot.Epoch;
import io.basalt.statebackend.store.FailingWrites;
import io.basalt.statebackend.store.NativeLibrary;
import io.basalt.statebackend.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writes fail now and then, and the user tries again what has thrown: an operation that throws has
 * not been made, or he would have added twice.
 */
@Timeout(240)
class OperationsOnAFullDiskTest {

  private static final int OPERATIONS = 40_000;
  private static final ValueStateDescriptor<String> VALUE =
      new ValueStateDescriptor<>("value", StringSerializer.INSTANCE);
  private static final ListStateDescriptor<String> LIST =
      new ListStateDescriptor<>("list", StringSerializer.INSTANCE);
  private static final ReducingStateDescriptor<Long> SUM =
      new ReducingStateDescriptor<>("sum", Long::sum, LongSerializer.INSTANCE);
  private static final AggregatingStateDescriptor<String, String, String> TEXT =
      new AggregatingStateDescriptor<>("text", new Joining(), StringSerializer.INSTANCE);

  @TempDir Path temporary;

  private final Random random = new Random();
  private final Map<Long, String> values = new HashMap<>();
  private final Map<Long, List<String>> lists = new HashMap<>();
  private final Map<Long, Long> sums = new HashMap<>();
  private final Map<Long, String> texts = new HashMap<>();
  private final Map<Long, Map<Integer, Long>> maps = new HashMap<>();
  private final Map<Long, Map<Integer, Long>> objects = new HashMap<>();
  private FailingWrites writes;
  private StateBench<Long> bench;
  private ValueState<String> value;
  private ListState<String> list;
  private ReducingState<Long> sum;
  private AggregatingState<String, String> text;
  private MapState<Integer, Long> map;
  private MapState<Integer, Long> object;
  private int failures;

  private static final class Joining implements AggregateFunction<String, String, String> {

    private static final long serialVersionUID = 1L;

    @Override
    public String createAccumulator() {
      return "";
    }

    @Override
    public String add(String added, String accumulator) {
      return accumulator + added;
    }

    @Override
    public String getResult(String accumulator) {
      return accumulator;
    }

    @Override
    public String merge(String left, String right) {
      return left + right;
    }
  }

  /** What may fail. */
  @FunctionalInterface
  private interface Operation {
    void run() throws Exception;
  }

  @BeforeEach
  void load() throws Exception {
    NativeLibrary.load(temporary);
    writes = new FailingWrites();
  }

  /** No tier, one with no room, and those with room for some. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4_096, 16_384, 32_768})
  void whatThrowsHasNotBeenMade(long tierBytes) throws Exception {
    long seed = Long.getLong("basalt.operations.seed", System.nanoTime());
    System.out.println("Seed: " + seed);
    random.setSeed(seed);
    try (StateBench<Long> opened =
        new StateBench<>(temporary, LongSerializer.INSTANCE, 4, tierBytes, writes)) {
      bench = opened;
      value = bench.state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, VALUE);
      list = bench.state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, LIST);
      sum = bench.state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, SUM);
      text = bench.state(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, TEXT);
      map =
          bench.state(
              VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, OperatorOfStates.MAP);
      object =
          bench.state(
              VoidNamespace.INSTANCE,
              VoidNamespaceSerializer.INSTANCE,
              OperatorOfStates.OBJECT_MAP);
      for (int operation = 0; operation < OPERATIONS; operation++) {
        if (random.nextInt(20) == 0) {
          writes.begin();
        } else if (random.nextInt(4) == 0) {
          writes.end();
        }
        operate(tierBytes > 0);
        if (random.nextInt(4) == 0) {
          check(random.nextInt(keys()), "seed %d, operation %d".formatted(seed, operation));
        }
      }
      writes.end();
      for (long key = 0; key < keys(); key++) {
        check(key, "seed %d".formatted(seed));
      }
    }
    assertThat(failures).isGreaterThan(10);
  }

  private static int keys() {
    return 60;
  }

  private void operate(boolean hasTier) throws Exception {
    long key = random.nextInt(keys());
    bench.selectKey(key);
    String word = Integer.toString(random.nextInt(1_000));
    int entry = random.nextInt(4);
    long number = random.nextInt(1_000);
    switch (random.nextInt(16)) {
      case 0, 1 -> {
        String longer = word.repeat(1 + random.nextInt(20));
        attempt(() -> value.update(longer), () -> values.put(key, longer));
      }
      case 2 -> attempt(value::clear, () -> values.remove(key));
      case 3, 4, 5 ->
          attempt(
              () -> list.add(word),
              () -> lists.computeIfAbsent(key, k -> new ArrayList<>()).add(word));
      case 6 ->
          attempt(
              () -> list.addAll(List.of(word, "and")),
              () ->
                  lists.computeIfAbsent(key, k -> new ArrayList<>()).addAll(List.of(word, "and")));
      case 7 ->
          attempt(
              () -> list.update(List.of(word)),
              () -> lists.put(key, new ArrayList<>(List.of(word))));
      case 8 -> attempt(() -> sum.add(number), () -> sums.merge(key, number, Long::sum));
      case 9 -> attempt(() -> text.add(word), () -> texts.merge(key, word, String::concat));
      case 10 -> {
        attempt(text::clear, () -> texts.remove(key));
        attempt(sum::clear, () -> sums.remove(key));
      }
      case 11 ->
          attempt(() -> map.put(entry, number), () -> entriesOf(maps, key).put(entry, number));
      case 12 -> attempt(() -> map.remove(entry), () -> entriesOf(maps, key).remove(entry));
      case 13 ->
          attempt(
              () -> object.put(entry, number), () -> entriesOf(objects, key).put(entry, number));
      case 14 -> attempt(() -> object.remove(entry), () -> entriesOf(objects, key).remove(entry));
      default -> {
        if (hasTier && random.nextInt(20) == 0) {
          snapshot();
        }
      }
    }
  }

  private static Map<Integer, Long> entriesOf(Map<Long, Map<Integer, Long>> maps, long key) {
    return maps.computeIfAbsent(key, k -> new HashMap<>());
  }

  private void attempt(Operation operation, Runnable made) throws Exception {
    try {
      operation.run();
    } catch (StoreException e) {
      failures++;
      return;
    }
    made.run();
  }

  /** Some are written at once, some by whoever needs it. */
  private void snapshot() throws Exception {
    boolean finishes = random.nextBoolean();
    attempt(
        () -> {
          bench.database().handOverBuffered();
          Epoch epoch = bench.hot().close(() -> {});
          if (finishes) {
            epoch.finish();
          } else {
            epoch.giveUp();
          }
        },
        () -> {});
  }

  private void check(long key, String description) throws Exception {
    bench.selectKey(key);
    for (; ; writes.end()) {
      try {
        assertThat(value.value()).as(description).isEqualTo(values.get(key));
        assertThat(elements(list.get())).as(description).isEqualTo(elements(lists.get(key)));
        assertThat(sum.get()).as(description).isEqualTo(sums.get(key));
        assertThat(text.get()).as(description).isEqualTo(texts.get(key));
        for (int entry = 0; entry < 4; entry++) {
          assertThat(map.get(entry)).as(description).isEqualTo(entriesOf(maps, key).get(entry));
          assertThat(object.get(entry))
              .as(description)
              .isEqualTo(entriesOf(objects, key).get(entry));
        }
        return;
      } catch (StoreException e) {
        // A read may have to hand over what is older.
        failures++;
      }
    }
  }

  private static List<String> elements(@Nullable Iterable<String> elements) {
    List<String> all = new ArrayList<>();
    if (elements != null) {
      elements.forEach(all::add);
    }
    return all;
  }
}
