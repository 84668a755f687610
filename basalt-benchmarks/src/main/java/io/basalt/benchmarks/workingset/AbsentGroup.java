package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.keys.Keys;
import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Path;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.util.FileUtils;

/** Reads of keys that have no value, and their first writes. */
public final class AbsentGroup implements Group {

  private final SparseKind kind = new SparseKind();

  @Override
  public String name() {
    return "working-sets/absent";
  }

  @Override
  public String description(Scale scale) {
    Sizes sizes = Sizes.of(scale);
    return """
        Uniform keys without %s, each between two keys that have one: reads, and first writes after \
        a read. An incremental checkpoint in each measurement of %s s. Managed memory %d MiB, task \
        heap %d MiB (the heap backend: %d MiB)."""
        .formatted(
            kind.description(),
            sizes.windowNanos() / 1e9,
            sizes.managedBytes() >> 20,
            heapMegabytes(Backend.STOCK, scale),
            heapMegabytes(Backend.HEAP, scale));
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    int room = scale.choose(256, 512, 2_048);
    return backend.isOnDisk()
        ? room
        : room + (int) (Sizes.of(scale).large() * 4L * kind.heapMegabytesOfMillion() / 1_000_000);
  }

  @Override
  public void measure(Conditions conditions, Report report) throws Exception {
    Sizes sizes = Sizes.of(conditions.scale());
    SubjectSettings settings = SubjectSettings.of(conditions.backend(), sizes.managedBytes());
    Path small = conditions.directory().resolve("small");
    try (Operator<Long> operator =
        Operator.start(settings, small, LongSerializer.INSTANCE, 1, Population.KEY_GROUPS)) {
      Kind.Access access = kind.open(operator.openOnly());
      Population.create(sizes.small(), kind, access);
      Population.settle(operator, settings.backend());
      reads(sizes, sizes.small(), operator, access, report);
    }
    FileUtils.deleteDirectory(small.toFile());
    Path large = conditions.directory().resolve("large");
    try (Operator<Long> operator =
        Population.large(sizes, kind, settings, large, conditions.prepared())) {
      Kind.Access access = kind.open(operator.openOnly());
      if (!settings.backend().isOnDisk()) {
        Population.create(sizes.large(), kind, access);
      }
      Population.settle(operator, settings.backend());
      reads(sizes, sizes.large(), operator, access, report);
      report.row(
          "first write of a new key, beside %s keys".formatted(Sizes.count(sizes.large())),
          Window.measure(
              sizes,
              operator,
              Keys.fresh(sizes.large()),
              key -> Population.mustBeAbsent(access.change(key), key)));
    }
    FileUtils.deleteDirectory(large.toFile());
  }

  private static void reads(
      Sizes sizes, int keys, Operator<Long> operator, Kind.Access access, Report report)
      throws Exception {
    report.row(
        "read of an absent key, beside %s keys".formatted(Sizes.count(keys)),
        Window.measure(
            sizes,
            operator,
            Keys.uniform(keys, sizes.stream()),
            key -> Population.mustBeAbsent(access.read(key), key)));
  }
}
