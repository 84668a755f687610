package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.keys.Keys;
import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SubjectSettings;
import io.basalt.benchmarks.subject.Subtask;
import java.nio.file.Path;
import java.util.Set;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.util.FileUtils;

/** Reads of a value, each followed by a write of what has become of it. */
public final class WorkingSetGroup implements Group {

  private final Kind kind;
  private final Rivalry rivalry;

  private WorkingSetGroup(Kind kind, Rivalry rivalry) {
    this.kind = kind;
    this.rivalry = rivalry;
  }

  public static WorkingSetGroup ofLong() {
    return new WorkingSetGroup(new LongKind(), Rivalry.EQUAL_MANAGED_MEMORY);
  }

  public static WorkingSetGroup ofObject() {
    return new WorkingSetGroup(new ObjectKind(), Rivalry.EQUAL_MANAGED_MEMORY);
  }

  public static WorkingSetGroup ofRowData() {
    return new WorkingSetGroup(new RowDataKind(), Rivalry.EQUAL_MANAGED_MEMORY);
  }

  public static WorkingSetGroup ofMapEntry() {
    return new WorkingSetGroup(new MapEntryKind(), Rivalry.EQUAL_MANAGED_MEMORY);
  }

  /** The same where stock gets the memory too that Basalt's tier may take. */
  public Group againstMoreMemory() {
    return new WorkingSetGroup(kind, Rivalry.EQUAL_MEMORY_IN_ALL);
  }

  @Override
  public String name() {
    return rivalry.part() + "/" + kind.name();
  }

  @Override
  public Set<Backend> backends() {
    return rivalry.backends();
  }

  @Override
  public String description(Scale scale) {
    Sizes sizes = Sizes.of(scale);
    return """
        Read-modify-write of %s; keys of type `Long`; an incremental checkpoint in every window of \
        %s s. Managed memory %d MiB (stock and Basalt), task heap %d MiB (the heap backend: %d MiB). \
        Recent keys: one in ten is new, the others lie behind the newest by %.0f on average \
        (exponentially distributed). With scans: a walk over a small map after ten changes, and the \
        first 1,000 keys of `getKeys` once a second.%s"""
        .formatted(
            kind.description(),
            sizes.windowNanos() / 1e9,
            sizes.managedBytes() >> 20,
            heapMegabytes(Backend.STOCK, scale),
            heapMegabytes(Backend.HEAP, scale),
            Keys.MEAN_LAG,
            rivalry.description());
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    int room = scale.choose(256, 512, 2_048);
    if (backend.isOnDisk()) {
      return room;
    }
    // As much again for what the collector and a running snapshot need.
    long keys = Sizes.of(scale).large();
    return room + (int) Math.max(256, keys * 2 * kind.heapMegabytesOfMillion() / 1_000_000);
  }

  @Override
  public void measure(Conditions conditions, Report report) throws Exception {
    Sizes sizes = Sizes.of(conditions.scale());
    SubjectSettings settings = rivalry.settings(conditions.backend(), sizes.managedBytes());
    small(sizes, settings, conditions.directory().resolve("small"), report);
    large(sizes, settings, conditions, report);
  }

  private void small(Sizes sizes, SubjectSettings settings, Path directory, Report report)
      throws Exception {
    try (Operator<Long> operator =
        Operator.start(settings, directory, LongSerializer.INSTANCE, 1, Population.KEY_GROUPS)) {
      Subtask<Long> subtask = operator.openOnly();
      Kind.Access access = kind.open(subtask);
      Population.create(sizes.small(), kind, access);
      Population.settle(operator, settings.backend());
      Keys uniform = Keys.uniform(sizes.small(), sizes.stream());
      Keys recent = Keys.recent(sizes.small(), Keys.MEAN_LAG);
      String uniformRow = "uniform over %s keys".formatted(Sizes.count(sizes.small()));
      String recentRow = "drifting recent keys";
      Work present = key -> Population.mustBeThere(access.change(key), key);
      report.row(uniformRow, Window.measure(sizes, operator, uniform, present));
      report.row(recentRow, Window.measure(sizes, operator, recent, access::change));
      if (kind.hasScans()) {
        Scans scans = kind.scans(subtask, sizes.small());
        Work withScans =
            key -> {
              access.change(key);
              scans.afterChange(key / kind.entriesOfKey());
            };
        report.row(
            uniformRow + ", with scans",
            Window.measure(sizes, operator, uniform, withScans, scans::lookAtKeys));
        report.row(
            recentRow + ", with scans",
            Window.measure(sizes, operator, recent, withScans, scans::lookAtKeys));
      }
    }
    FileUtils.deleteDirectory(directory.toFile());
  }

  private void large(Sizes sizes, SubjectSettings settings, Conditions conditions, Report report)
      throws Exception {
    Path directory = conditions.directory().resolve("large");
    try (Operator<Long> operator =
        Population.large(sizes, kind, settings, directory, conditions.prepared())) {
      Subtask<Long> subtask = operator.openOnly();
      Kind.Access access = kind.open(subtask);
      if (!settings.backend().isOnDisk()) {
        Population.create(sizes.large(), kind, access);
      }
      Population.settle(operator, settings.backend());
      Work present = key -> Population.mustBeThere(access.change(key), key);
      String over = " over %s keys".formatted(Sizes.count(sizes.large()));
      Keys zipf = Keys.zipf(sizes.large(), Keys.EXPONENT, sizes.stream());
      report.row(
          "Zipf %s%s".formatted(Keys.EXPONENT, over),
          Window.measure(sizes, operator, zipf, present));
      Keys uniform = Keys.uniform(sizes.large(), sizes.stream());
      report.row("uniform" + over, Window.measure(sizes, operator, uniform, present));
    }
    FileUtils.deleteDirectory(directory.toFile());
  }
}
