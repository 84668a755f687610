package io.basalt.benchmarks.expiry;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Latencies;
import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.measure.Turns;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SnapshotKind;
import io.basalt.benchmarks.subject.SubjectSettings;
import io.basalt.benchmarks.subject.Subtask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.util.FileUtils;

/**
 * States whose values have to be rewritten when a job starts from a checkpoint, for it says that
 * they expire from now on: the same work as for any other change of their schema.
 */
public final class MigrationGroup implements Group {

  private static final long MANAGED_BYTES = 256L << 20;
  private static final int KEY_GROUPS = 128;
  private static final int TEXT_LENGTH = 100;

  @Override
  public String name() {
    return "expiry/migration";
  }

  @Override
  public String description(Scale scale) {
    return """
        The first use of a state after a restore, which rewrites its %,d values because they begin \
        to expire: elapsed time and CPU time of the process. Managed memory %d MiB."""
        .formatted(keys(scale), MANAGED_BYTES >> 20);
  }

  private static int keys(Scale scale) {
    return scale.choose(1_000, 300_000, 5_000_000);
  }

  @Override
  public Set<Backend> backends() {
    return EnumSet.of(Backend.STOCK, Backend.BASALT);
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return scale.choose(256, 512, 1_024);
  }

  @Override
  public void measure(Conditions conditions, Report report) throws Exception {
    report.row(
        "migration of values of a Long",
        migrations(conditions, LongSerializer.INSTANCE, key -> key));
    report.row(
        "migration of texts of %d characters".formatted(TEXT_LENGTH),
        migrations(conditions, StringSerializer.INSTANCE, MigrationGroup::text));
  }

  private static String text(long key) {
    StringBuilder text = new StringBuilder();
    for (long seed = key; text.length() < TEXT_LENGTH; seed = seed * 31 + 7) {
      text.append(Long.toString(seed & 0xFFFFFF, Character.MAX_RADIX)).append(' ');
    }
    return text.substring(0, TEXT_LENGTH);
  }

  private static <V> Measurement migrations(
      Conditions conditions, TypeSerializer<V> serializer, Values<V> values) throws Exception {
    Scale scale = conditions.scale();
    int keys = keys(scale);
    Path directory = conditions.directory().resolve("migrated");
    SubjectSettings settings = SubjectSettings.of(conditions.backend(), MANAGED_BYTES);
    String pointer;
    try (Operator<Long> operator =
        Operator.start(
            settings, directory.resolve("before"), LongSerializer.INSTANCE, 1, KEY_GROUPS)) {
      Subtask<Long> subtask = operator.openOnly();
      ValueState<V> state = subtask.state(new ValueStateDescriptor<>("values", serializer));
      for (long key = 0; key < keys; key++) {
        subtask.backend().setCurrentKey(key);
        state.update(values.of(key));
      }
      pointer = operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT).pointer();
    }
    Latencies latencies = new Latencies();
    Usage used = Usage.NOTHING;
    for (int i = 0; i < scale.choose(1, 2, 3); i++) {
      Path after = directory.resolve("after-" + i);
      try (Operator<Long> operator =
          Operator.restore(
              settings, after, LongSerializer.INSTANCE, pointer, 1, RecoveryClaimMode.NO_CLAIM)) {
        Subtask<Long> subtask = operator.openOnly();
        ValueStateDescriptor<V> expiring = new ValueStateDescriptor<>("values", serializer);
        expiring.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofDays(1)).build());
        Turns.pass();
        latencies.goOn();
        Usage before = Usage.now();
        latencies.before();
        ValueState<V> state = subtask.state(expiring);
        latencies.after();
        used = used.plus(Usage.now().since(before));
        mustBe(state, subtask, values, keys - 1L);
      }
      FileUtils.deleteDirectory(after.toFile());
    }
    FileUtils.deleteDirectory(directory.toFile());
    return new Measurement().with(used, latencies.operations()).with(latencies);
  }

  private static <V> void mustBe(
      ValueState<V> state, Subtask<Long> subtask, Values<V> values, long key) throws Exception {
    subtask.backend().setCurrentKey(key);
    if (!values.of(key).equals(state.value())) {
      throw new IllegalStateException("The value of key " + key + " is not what it was.");
    }
  }

  @FunctionalInterface
  private interface Values<V> {
    V of(long key);
  }
}
