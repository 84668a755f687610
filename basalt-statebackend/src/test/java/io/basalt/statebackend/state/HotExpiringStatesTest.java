package io.basalt.statebackend.state;

import static io.basalt.statebackend.state.OperatorOfStates.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.statebackend.harness.KeyedOperator;
import io.basalt.statebackend.harness.OperatorSubtask;
import io.basalt.statebackend.harness.Participant;
import io.basalt.statebackend.harness.PendingSnapshot;
import io.basalt.statebackend.harness.Snapshot;
import io.basalt.statebackend.harness.SnapshotKind;
import io.basalt.statebackend.harness.Workspace;
import io.basalt.statebackend.metrics.HotMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.StateTtlConfig.UpdateType;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.ShortSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.ttl.MockTtlTimeProvider;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializer;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What expires, in the tier: times change more often than values, and both in place. */
class HotExpiringStatesTest {

  private static final long START = 1_000;
  private static final long TIME_TO_LIVE = 100;
  private static final int KEYS = 100;

  @RegisterExtension final Workspace workspace = new Workspace();

  private final MockTtlTimeProvider clock = new MockTtlTimeProvider();

  @BeforeEach
  void setClock() {
    clock.time = START;
  }

  static Stream<Arguments> values() {
    return Stream.of(
        values("longs", LongSerializer.INSTANCE, Random::nextLong),
        values("longs of a user", new InvertedLongs(), Random::nextLong),
        values("ints", IntSerializer.INSTANCE, Random::nextInt),
        values("shorts", ShortSerializer.INSTANCE, random -> (short) random.nextInt()),
        values("doubles", DoubleSerializer.INSTANCE, HotExpiringStatesTest::someDouble),
        values("floats", FloatSerializer.INSTANCE, HotExpiringStatesTest::someFloat),
        values("booleans", BooleanSerializer.INSTANCE, Random::nextBoolean),
        values("texts", StringSerializer.INSTANCE, HotExpiringStatesTest::someText));
  }

  private static <T> Arguments values(
      String name, TypeSerializer<T> serializer, Function<Random, @Nullable T> values) {
    return Arguments.of(Named.of(name, serializer), values);
  }

  private static Double someDouble(Random random) {
    // Not-a-number as it is written, and otherwise.
    return switch (random.nextInt(3)) {
      case 0 -> Double.NaN;
      case 1 -> Double.longBitsToDouble(0x7ff8000000000001L);
      default -> random.nextDouble();
    };
  }

  private static Float someFloat(Random random) {
    return random.nextBoolean() ? Float.intBitsToFloat(0x7fc00001) : (Float) random.nextFloat();
  }

  private static @Nullable String someText(Random random) {
    int length = random.nextInt(4);
    return length == 3 ? null : Integer.toString(random.nextInt()).substring(0, 1 + length / 2);
  }

  /**
   * Values with their times, read and written at random while snapshots are written of what was
   * there at their barriers.
   */
  @ParameterizedTest
  @MethodSource("values")
  <T> void aSnapshotHasValuesAndTimesOfItsBarrier(
      TypeSerializer<T> serializer, Function<Random, @Nullable T> values) throws Exception {
    long seed = System.nanoTime();
    System.out.println("Seed: " + seed);
    Random random = new Random(seed);
    var descriptor =
        new ValueStateDescriptor<>(
            "value", new TtlSerializer<>(LongSerializer.INSTANCE, serializer));
    Map<Long, String> model = new HashMap<>();
    try (KeyedOperator<Long> operator = start(Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<TtlValue<T>> state = state(subtask, descriptor);
      for (int round = 0; round < 3; round++) {
        change(subtask, state, random, values, model, 500);
        PendingSnapshot<Map<Long, String>> pending =
            operator.trigger(SnapshotKind.CHECKPOINT, new HashMap<>(model));
        CompletableFuture<List<OperatorSubtaskState>> reports =
            CompletableFuture.supplyAsync(() -> run(pending));
        do {
          change(subtask, state, random, values, model, 50);
        } while (!reports.isDone());
        Snapshot<Map<Long, String>> snapshot = operator.finish(pending, reports.get());
        for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
          assertHolds(reader, snapshot, descriptor, "Seed " + seed);
        }
      }
    }
  }

  private static List<OperatorSubtaskState> run(PendingSnapshot<?> pending) {
    try {
      return pending.run();
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  private static <T> void change(
      OperatorSubtask<Long> subtask,
      ValueState<TtlValue<T>> state,
      Random random,
      Function<Random, @Nullable T> values,
      Map<Long, String> model,
      int operations)
      throws Exception {
    for (int operation = 0; operation < operations; operation++) {
      long key = random.nextInt(KEYS);
      subtask.backend().setCurrentKey(key);
      TtlValue<T> before = state.value();
      assertThat(read(before)).isEqualTo(model.get(key));
      int kind = random.nextInt(10);
      if (kind == 0) {
        state.clear();
        model.remove(key);
      } else {
        // As a read that refreshes the time, or as an update.
        T value = kind < 4 && before != null ? before.getUserValue() : values.apply(random);
        long time = random.nextLong();
        state.update(new TtlValue<>(value, time));
        model.put(key, rendered(value, time));
      }
      if (before != null && kind > 3) {
        // What has been given out stays as it was.
        subtask.backend().setCurrentKey(key);
        TtlValue<T> given = state.value();
        String as = read(given);
        T value = values.apply(random);
        state.update(new TtlValue<>(value, operation));
        model.put(key, rendered(value, operation));
        assertThat(read(given)).isEqualTo(as);
      }
    }
  }

  /** A value as it is read: of a number that is none there is only one. */
  private static @Nullable String read(@Nullable TtlValue<?> value) {
    if (value == null) {
      return null;
    }
    Object inside = value.getUserValue();
    if (inside instanceof Double number) {
      assertThat(Double.doubleToRawLongBits(number)).isEqualTo(Double.doubleToLongBits(number));
    }
    if (inside instanceof Float number) {
      assertThat(Float.floatToRawIntBits(number)).isEqualTo(Float.floatToIntBits(number));
    }
    return rendered(inside, value.getLastAccessTimestamp());
  }

  private static String rendered(@Nullable Object value, long time) {
    return value + " at " + time;
  }

  private <T> void assertHolds(
      Participant reader,
      Snapshot<Map<Long, String>> snapshot,
      ValueStateDescriptor<TtlValue<T>> descriptor,
      String description)
      throws Exception {
    try (KeyedOperator<Long> operator = restore(reader, snapshot)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<TtlValue<T>> state = state(subtask, descriptor);
      for (long key = 0; key < KEYS; key++) {
        subtask.backend().setCurrentKey(key);
        assertThat(read(state.value())).as(description).isEqualTo(snapshot.contents().get(key));
      }
    }
  }

  /** The longer text is another object, and the tier takes no more than it may. */
  @Test
  void aTextThatGrowsIsCountedForWhatItTakes() throws Exception {
    ValueStateDescriptor<String> descriptor =
        new ValueStateDescriptor<>("text", StringSerializer.INSTANCE);
    descriptor.enableTimeToLive(configuration(UpdateType.OnCreateAndWrite));
    try (KeyedOperator<Long> operator = start(Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<String> text = state(subtask, descriptor);
      subtask.backend().setCurrentKey(1L);
      text.update("a");
      text.update("b");
      long small = subtask.task().figures().sum(HotMetrics.BYTES);
      text.update("c".repeat(1_000));
      assertThat(text.value()).hasSize(1_000);
      assertThat(subtask.task().figures().sum(HotMetrics.BYTES))
          .isBetween(small + 1_000, small + 3_000);
      text.update("d");
      assertThat(subtask.task().figures().sum(HotMetrics.BYTES)).isEqualTo(small);
    }
  }

  @Test
  void aReadPutsItsTimeInPlaceOfTheOneOfTheUpdate() throws Exception {
    ValueStateDescriptor<Long> descriptor =
        new ValueStateDescriptor<>("value", LongSerializer.INSTANCE);
    descriptor.enableTimeToLive(configuration(UpdateType.OnReadAndWrite));
    Snapshot<String> snapshot;
    try (KeyedOperator<Long> operator = start(Participant.BASALT)) {
      OperatorSubtask<Long> subtask = operator.subtasks().get(0);
      ValueState<Long> value = state(subtask, descriptor);
      for (long key = 0; key < 3; key++) {
        subtask.backend().setCurrentKey(key);
        value.update(key);
      }
      clock.time = START + 60;
      subtask.backend().setCurrentKey(1L);
      assertThat(value.value()).isEqualTo(1L);
      PendingSnapshot<String> pending = operator.trigger(SnapshotKind.CHECKPOINT, "contents");
      clock.time = START + 70;
      subtask.backend().setCurrentKey(2L);
      assertThat(value.value()).isEqualTo(2L);
      clock.time = START + 80;
      assertThat(value.value()).isEqualTo(2L);
      snapshot = operator.complete(pending);
      clock.time = START + 159;
      assertThat(value.value()).isEqualTo(2L);
    }
    for (Participant reader : List.of(Participant.BASALT, Participant.STOCK)) {
      clock.time = START + 159;
      try (KeyedOperator<Long> operator = restore(reader, snapshot)) {
        OperatorSubtask<Long> subtask = operator.subtasks().get(0);
        ValueState<Long> value = state(subtask, descriptor);
        for (long key = 0; key < 3; key++) {
          subtask.backend().setCurrentKey(key);
          assertThat(value.value()).isEqualTo(key == 1 ? Long.valueOf(key) : null);
        }
      }
    }
  }

  private static StateTtlConfig configuration(UpdateType update) {
    return StateTtlConfig.newBuilder(Duration.ofMillis(TIME_TO_LIVE))
        .setUpdateType(update)
        .cleanupInRocksdbCompactFilter(1)
        .build();
  }

  private KeyedOperator<Long> start(Participant participant) throws Exception {
    return KeyedOperator.start(workspace, participant, LongSerializer.INSTANCE, clock, 1, 128);
  }

  private KeyedOperator<Long> restore(Participant participant, Snapshot<?> snapshot)
      throws Exception {
    return KeyedOperator.restore(
        workspace,
        participant,
        LongSerializer.INSTANCE,
        clock,
        snapshot,
        1,
        RecoveryClaimMode.NO_CLAIM);
  }
}
