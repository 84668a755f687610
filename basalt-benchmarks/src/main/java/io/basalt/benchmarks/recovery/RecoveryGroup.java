package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SnapshotKind;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.util.FileUtils;

/** What the groups of this part share. */
abstract class RecoveryGroup implements Group {

  /** Backends that this process has used. */
  private static final Set<Backend> WARM = ConcurrentHashMap.newKeySet();

  private final String name;

  RecoveryGroup(String name) {
    this.name = name;
  }

  @Override
  public final String name() {
    return "recovery/" + name;
  }

  @Override
  public final String description(Scale scale) {
    Sizing sizing = new Sizing(scale);
    return what(sizing)
        + " For each Long key a value and a map of one entry, 100 bytes each, which do not"
        + " compress; sizes are bytes of keys and values. %d MB of managed memory for each subtask,"
            .formatted(sizing.managedMegabytes())
        + " maximum parallelism %d, files in the page cache, what was written before on the disk,"
            .formatted(Sizing.MAX_PARALLELISM)
        + " memory for what is written in use just before."
        + " The heap backend in a heap of %d MB.".formatted(heapMegabytes(Backend.HEAP, scale));
  }

  /** What is done, with which sizes. */
  abstract String what(Sizing sizing);

  @Override
  public int heapMegabytes(Backend backend, Scale scale) {
    return scale.choose(512, 1024, 1024);
  }

  @Override
  public final void measure(Conditions conditions, Report report) throws Exception {
    Sizing sizing = new Sizing(conditions.scale());
    if (sizing.scale() != Scale.MOMENT && WARM.add(conditions.backend())) {
      warmUp(conditions, sizing);
    }
    measure(
        new Work(
            conditions.backend(),
            sizing,
            sizing.settings(conditions.backend()),
            new StoredSnapshots(conditions),
            conditions.directory()),
        report);
  }

  abstract void measure(Work work, Report report) throws Exception;

  /**
   * What the groups work with.
   *
   * @param directory the group's own
   */
  record Work(
      Backend backend,
      Sizing sizing,
      SubjectSettings settings,
      StoredSnapshots stored,
      Path directory) {

    /** Restores a subtask and deletes what it wrote. */
    Restore restore(Restore.From from) throws Exception {
      Path own = directory.resolve("restore");
      try {
        return Restore.of(settings, own, from, 0);
      } finally {
        FileUtils.deleteDirectory(own.toFile());
      }
    }
  }

  /** Loads classes and libraries, which the first row would pay for. */
  private static void warmUp(Conditions conditions, Sizing sizing) throws Exception {
    SubjectSettings settings = sizing.settings(conditions.backend());
    Path directory = conditions.directory().resolve("warm-up");
    long keys = sizing.scale().choose(500, 10_000, 100_000);
    try {
      String pointer;
      try (Operator<Long> operator =
          Operator.start(settings, directory, LongSerializer.INSTANCE, 1, Sizing.MAX_PARALLELISM)) {
        Content content = new Content(operator.openOnly());
        for (long n = 0; n < keys; n++) {
          content.insert(Content.key(n));
        }
        pointer = operator.snapshot(SnapshotKind.INCREMENTAL_CHECKPOINT).pointer();
        if (conditions.backend().isOnDisk()) {
          // The first of a process takes a hundred times as long in its synchronous part, and stock
          // has written some already where it makes what restores start from.
          operator.snapshot(SnapshotKind.NATIVE_SAVEPOINT);
          operator.snapshot(SnapshotKind.CANONICAL_SAVEPOINT);
        }
        Restore.of(
            settings,
            directory.resolve("restored"),
            Restore.From.checkpoint(pointer, 1, keys, (int) keys / 2),
            0);
      }
    } finally {
      FileUtils.deleteDirectory(directory.toFile());
    }
  }
}
