package io.basalt.benchmarks.cliff;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SnapshotKind;
import io.basalt.benchmarks.subject.SubjectSettings;
import io.basalt.benchmarks.subject.Subtask;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.util.FileUtils;

/**
 * Maps beside entries that were deleted and are still there as tombstones: a seek in RocksDB walks
 * over all of them, unless it knows where to stop.
 */
public final class DeletedEntriesGroup implements Group {

  /** Keys of the one key group, in the order of their bytes. */
  private static final long PROBED = 0;

  private static final long DELETED = 1;
  private static final long LIVE = 2;

  private static final int ENTRIES = 3;

  private static final long MANAGED_BYTES = 256L << 20;

  @Override
  public String name() {
    return "cliffs/deleted-entries";
  }

  @Override
  public String description(Scale scale) {
    return """
        Operations on a small map, and on a map that was large, after entries were put, written to \
        files by a checkpoint, and deleted one by one. Managed memory %d MiB, task heap %d MiB."""
        .formatted(MANAGED_BYTES >> 20, heapMegabytes(Backend.STOCK, scale));
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return scale.choose(256, 512, 1_024);
  }

  @Override
  public void measure(Conditions conditions, Report report) throws Exception {
    int most = conditions.scale().choose(1_000, 100_000, 1_000_000);
    for (int deleted = Math.max(1_000, most / 100); deleted <= most; deleted *= 10) {
      measure(deleted, conditions, report);
    }
  }

  private static void measure(int deleted, Conditions conditions, Report report) throws Exception {
    Path directory = conditions.directory().resolve("deleted-" + deleted);
    SubjectSettings settings = SubjectSettings.of(conditions.backend(), MANAGED_BYTES);
    try (Operator<Long> operator =
        Operator.start(settings, directory, LongSerializer.INSTANCE, 1, 1)) {
      Subtask<Long> subtask = operator.openOnly();
      MapState<Long, Long> map =
          subtask.state(
              new MapStateDescriptor<>("map", LongSerializer.INSTANCE, LongSerializer.INSTANCE));
      subtask.backend().setCurrentKey(LIVE);
      map.put(0L, 0L);
      subtask.backend().setCurrentKey(DELETED);
      for (long entry = 0; entry < deleted; entry++) {
        map.put(entry, entry);
      }
      operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
      for (long entry = 0; entry < deleted; entry++) {
        map.remove(entry);
      }
      operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT);
      measure(deleted, Repeated.of(conditions.scale()), subtask, map, report);
    }
    FileUtils.deleteDirectory(directory.toFile());
  }

  private static void measure(
      int deleted,
      Repeated repeated,
      Subtask<Long> subtask,
      MapState<Long, Long> map,
      Report report)
      throws Exception {
    String beside = ", beside %,d deleted neighbours".formatted(deleted);
    subtask.backend().setCurrentKey(PROBED);
    report.row("isEmpty" + beside, repeated.measure(() -> mustHold(map.isEmpty(), "not empty")));
    put(map);
    report.row(
        "iterator over %d entries%s".formatted(ENTRIES, beside),
        repeated.measure(() -> mustHold(count(map) == ENTRIES, "entries are missing")));
    report.row(
        "%d puts and clear%s".formatted(ENTRIES, beside),
        repeated.measure(
            () -> {
              put(map);
              map.clear();
            }));
    String own = ", after %,d of its own entries were deleted".formatted(deleted);
    subtask.backend().setCurrentKey(DELETED);
    report.row("isEmpty" + own, repeated.measure(() -> mustHold(map.isEmpty(), "not empty")));
    report.row("iterator" + own, repeated.measure(() -> mustHold(count(map) == 0, "not empty")));
    report.row(
        "%d puts and clear%s".formatted(ENTRIES, own),
        repeated.measure(
            () -> {
              put(map);
              map.clear();
            }));
  }

  private static void put(MapState<Long, Long> map) throws Exception {
    for (long entry = 0; entry < ENTRIES; entry++) {
      map.put(entry, entry);
    }
  }

  private static int count(MapState<Long, Long> map) throws Exception {
    int count = 0;
    for (Map.Entry<Long, Long> entry : map.entries()) {
      mustHold(entry.getValue() != null, "an entry has no value");
      count++;
    }
    return count;
  }

  private static void mustHold(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalStateException("The map: " + otherwise);
    }
  }
}
