package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.keys.Keys;
import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.apache.flink.util.FileUtils;

/**
 * Reads where an index block does not fit the part of the block cache that it belongs to, in which
 * managed memory puts it: each read fetches a whole index block first.
 */
public final class TightCacheGroup implements Group {

  private final Kind kind = new TextKeyKind();

  @Override
  public String name() {
    return "working-sets/tight-cache";
  }

  @Override
  public String description(Scale scale) {
    Sizes sizes = sizes(scale);
    return """
        Reads of %s, uniform over %s entries, with managed memory of %d KiB: the index block of a \
        large file takes more than the sixty-fourth part of it, which is what a shard of RocksDB's \
        default block cache has."""
        .formatted(kind.description(), Sizes.count(sizes.large()), sizes.managedBytes() >> 10);
  }

  private static Sizes sizes(Scale scale) {
    return Sizes.of(scale)
        .with(scale.choose(5_000, 200_000, 5_000_000), (long) scale.choose(256, 512, 40_960) << 10);
  }

  @Override
  public Set<Backend> backends() {
    return EnumSet.of(Backend.STOCK, Backend.BASALT);
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return scale.choose(256, 512, 2_048);
  }

  @Override
  public void measure(Conditions conditions, Report report) throws Exception {
    Sizes sizes = sizes(conditions.scale());
    Path directory = conditions.directory().resolve("large");
    SubjectSettings settings = SubjectSettings.of(conditions.backend(), sizes.managedBytes());
    try (Operator<Long> operator =
        Population.large(sizes, kind, settings, directory, conditions.prepared())) {
      Kind.Access access = kind.open(operator.openOnly());
      report.row(
          "read, uniform over %s keys".formatted(Sizes.count(sizes.large())),
          Window.measure(
              sizes,
              operator,
              Keys.uniform(sizes.large(), sizes.stream()),
              key -> Population.mustBeThere(access.read(key), key)));
    }
    FileUtils.deleteDirectory(directory.toFile());
  }
}
