package io.basalt.benchmarks.workingset;

import io.basalt.benchmarks.keys.Keys;
import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Path;
import java.util.Set;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.util.FileUtils;

/** Keyed windows of event time: state with namespaces that is born, used a few times and dies. */
public final class WindowsGroup implements Group {

  private static final int RECORDS_OF_KEY = 5;

  private final Rivalry rivalry;

  private WindowsGroup(Rivalry rivalry) {
    this.rivalry = rivalry;
  }

  public static Group ofEqualMemory() {
    return new WindowsGroup(Rivalry.EQUAL_MANAGED_MEMORY);
  }

  /** The same where stock gets the memory too that Basalt's tier may take. */
  public static Group againstMoreMemory() {
    return new WindowsGroup(Rivalry.EQUAL_MEMORY_IN_ALL);
  }

  @Override
  public String name() {
    return rivalry.part() + "/windows";
  }

  @Override
  public Set<Backend> backends() {
    return rivalry.backends();
  }

  @Override
  public String description(Scale scale) {
    Sizes sizes = Sizes.of(scale);
    return """
        Keyed windows over %s uniform keys, an operation is a record: an aggregating `add` and a \
        timer for each window it is in, a read and a clear when a window fires, with %d records of a \
        key in a window. Sliding windows overlap %d times. An incremental checkpoint in \
        each measurement of %s s. Managed memory %d MiB, task heap %d MiB.%s"""
        .formatted(
            Sizes.count(keys(scale)),
            RECORDS_OF_KEY,
            RECORDS_OF_KEY,
            sizes.windowNanos() / 1e9,
            sizes.managedBytes() >> 20,
            heapMegabytes(Backend.STOCK, scale),
            rivalry.description());
  }

  private static int keys(Scale scale) {
    return scale.choose(20, 2_000, 40_000);
  }

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return scale.choose(256, 512, 2_048);
  }

  @Override
  public void measure(Conditions conditions, Report report) throws Exception {
    long slide = keys(conditions.scale());
    long size = slide * RECORDS_OF_KEY;
    windows("tumbling windows", size, size, conditions, report);
    windows("sliding windows", size, slide, conditions, report);
  }

  private void windows(String row, long size, long slide, Conditions conditions, Report report)
      throws Exception {
    Sizes sizes = Sizes.of(conditions.scale());
    Path directory = conditions.directory().resolve(row.replace(' ', '-'));
    SubjectSettings settings = rivalry.settings(conditions.backend(), sizes.managedBytes());
    try (Operator<Long> operator =
        Operator.start(settings, directory, LongSerializer.INSTANCE, 1, Population.KEY_GROUPS)) {
      WindowedSums sums = new WindowedSums(operator.openOnly(), size, slide);
      Keys keys = Keys.uniform(keys(conditions.scale()), sizes.stream());
      report.row(row, Window.measure(sizes, operator, keys, sums));
      if (sums.fired() == 0) {
        throw new IllegalStateException("No window has fired");
      }
    }
    FileUtils.deleteDirectory(directory.toFile());
  }
}
