package io.basalt.benchmarks.cliff;

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
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.util.FileUtils;

/** Maps with many entries or with large values: walked over, asked, and cleared. */
public final class LargeMapsGroup implements Group {

  private static final long MANAGED_BYTES = 256L << 20;
  private static final int KEY_GROUPS = 16;
  private static final int WALKED_ENTRIES = 1_000;
  private static final int VALUE_BYTES = 1_000;

  @Override
  public String name() {
    return "cliffs/large-maps";
  }

  @Override
  public String description(Scale scale) {
    return """
        Operations on maps of a Long for each Long, and of %d bytes for each Long, in files and         memtables, uniform over them; %,d maps of %,d entries that are cleared one after the other.         Managed memory %d MiB."""
        .formatted(VALUE_BYTES, clearedMaps(scale), clearedEntries(scale), MANAGED_BYTES >> 20);
  }

  private static int walkedMaps(Scale scale) {
    return scale.choose(5, 50, 500);
  }

  private static int clearedMaps(Scale scale) {
    return scale.choose(4, 20, 200);
  }

  private static int clearedEntries(Scale scale) {
    return scale.choose(600, 10_000, 10_000);
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return backend.isOnDisk() ? scale.choose(256, 512, 1_024) : scale.choose(256, 1_024, 3_072);
  }

  @Override
  public void measure(Conditions conditions, Report report) throws Exception {
    Scale scale = conditions.scale();
    onMaps(
        conditions,
        "walked",
        LongSerializer.INSTANCE,
        (operator, subtask, map) -> walk(scale, operator, subtask, map, report));
    onMaps(
        conditions,
        "large-values",
        BytePrimitiveArraySerializer.INSTANCE,
        (operator, subtask, map) -> ask(scale, operator, subtask, map, report));
    onMaps(
        conditions,
        "cleared",
        LongSerializer.INSTANCE,
        (operator, subtask, map) -> clear(scale, operator, subtask, map, report));
  }

  private static <V> void onMaps(
      Conditions conditions, String name, TypeSerializer<V> values, Measured<V> measured)
      throws Exception {
    Path directory = conditions.directory().resolve(name);
    SubjectSettings settings = SubjectSettings.of(conditions.backend(), MANAGED_BYTES);
    try (Operator<Long> operator =
        Operator.start(settings, directory, LongSerializer.INSTANCE, 1, KEY_GROUPS)) {
      Subtask<Long> subtask = operator.openOnly();
      measured.on(
          operator,
          subtask,
          subtask.state(new MapStateDescriptor<>(name, LongSerializer.INSTANCE, values)));
    }
    FileUtils.deleteDirectory(directory.toFile());
  }

  private static void walk(
      Scale scale,
      Operator<Long> operator,
      Subtask<Long> subtask,
      MapState<Long, Long> map,
      Report report)
      throws Exception {
    int maps = walkedMaps(scale);
    for (long entry = 0; entry < WALKED_ENTRIES; entry++) {
      for (long key = 0; key < maps; key++) {
        subtask.backend().setCurrentKey(key);
        map.put(entry, key);
      }
    }
    operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
    Repeated repeated = Repeated.of(scale);
    Random random = new Random(1);
    report.row(
        "iterator over 1,000 entries",
        repeated.measure(
            () -> {
              subtask.backend().setCurrentKey((long) random.nextInt(maps));
              int count = 0;
              for (Map.Entry<Long, Long> entry : map.entries()) {
                count += entry.getKey() >= 0 && entry.getValue() >= 0 ? 1 : 0;
              }
              mustBe(WALKED_ENTRIES, count);
            }));
    report.row(
        "values over 1,000 entries",
        repeated.measure(
            () -> {
              subtask.backend().setCurrentKey((long) random.nextInt(maps));
              int count = 0;
              for (Long value : map.values()) {
                count += value >= 0 ? 1 : 0;
              }
              mustBe(WALKED_ENTRIES, count);
            }));
    report.row(
        "isEmpty, of 1,000 entries",
        repeated.measure(
            () -> {
              subtask.backend().setCurrentKey((long) random.nextInt(maps));
              mustBe(0, map.isEmpty() ? 1 : 0);
            }));
  }

  private static void ask(
      Scale scale,
      Operator<Long> operator,
      Subtask<Long> subtask,
      MapState<Long, byte[]> map,
      Report report)
      throws Exception {
    int maps = walkedMaps(scale);
    int entries = 100;
    byte[] value = new byte[VALUE_BYTES];
    Random random = new Random(1);
    for (long entry = 0; entry < entries; entry++) {
      for (long key = 0; key < maps; key++) {
        subtask.backend().setCurrentKey(key);
        // Half of it compresses.
        random.nextBytes(value);
        Arrays.fill(value, 0, VALUE_BYTES / 2, (byte) 0);
        map.put(2 * entry, value);
      }
    }
    operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
    Repeated repeated = Repeated.of(scale);
    report.row(
        "contains of an entry with 1 KB that is there",
        repeated.measure(
            () -> {
              subtask.backend().setCurrentKey((long) random.nextInt(maps));
              mustBe(1, map.contains(2L * random.nextInt(entries)) ? 1 : 0);
            }));
    report.row(
        "contains of one that is not there, beside such",
        repeated.measure(
            () -> {
              subtask.backend().setCurrentKey((long) random.nextInt(maps));
              mustBe(0, map.contains(2L * random.nextInt(entries) + 1) ? 1 : 0);
            }));
  }

  /** Entries in files, which is where those of a map are that has grown for a while. */
  private static void clear(
      Scale scale,
      Operator<Long> operator,
      Subtask<Long> subtask,
      MapState<Long, Long> map,
      Report report)
      throws Exception {
    int maps = clearedMaps(scale);
    int entries = clearedEntries(scale);
    for (long key = 0; key < maps; key++) {
      subtask.backend().setCurrentKey(key);
      for (long entry = 0; entry < entries; entry++) {
        map.put(entry, entry);
      }
    }
    operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
    Latencies latencies = new Latencies();
    Usage used = Usage.NOTHING;
    Usage began = Usage.now();
    for (long key = 0; key < maps; key++) {
      if (key % 10 == 0) {
        Turns.pass();
        latencies.goOn();
      }
      Usage before = Usage.now();
      latencies.before();
      subtask.backend().setCurrentKey(key);
      map.clear();
      latencies.after();
      used = used.plus(Usage.now().since(before));
    }
    long processCpuNanos = Usage.now().since(began).processCpuNanos();
    report.row(
        "clear of %,d entries".formatted(entries),
        new Measurement()
            .with(used.withProcessCpu(processCpuNanos), latencies.operations())
            .with(latencies));
    Repeated repeated = Repeated.of(scale);
    Random random = new Random(1);
    Repeated.Operation empty =
        () -> {
          subtask.backend().setCurrentKey((long) random.nextInt(maps));
          mustBe(1, map.isEmpty() ? 1 : 0);
        };
    report.row("isEmpty after it", repeated.measure(empty));
    operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
    report.row("isEmpty after it and a checkpoint", repeated.measure(empty));
  }

  private static void mustBe(int expected, int is) {
    if (is != expected) {
      throw new IllegalStateException("The map shows " + is + " where it has " + expected);
    }
  }

  @FunctionalInterface
  private interface Measured<V> {
    void on(Operator<Long> operator, Subtask<Long> subtask, MapState<Long, V> map) throws Exception;
  }
}
