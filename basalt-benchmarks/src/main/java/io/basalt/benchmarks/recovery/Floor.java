package io.basalt.benchmarks.recovery;

import io.basalt.benchmarks.measure.Measurement;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Usage;
import io.basalt.benchmarks.subject.Operator;
import io.basalt.benchmarks.subject.SubjectSettings;
import java.nio.file.Path;
import org.apache.flink.util.FileUtils;

/** Copying the files that a restore or a snapshot deals in, in the words of a row of those. */
final class Floor {

  private Floor() {}

  /** Of a restore: the files of all handles that the subtask is restored from. */
  static Measurement ofRestore(
      SubjectSettings settings, Path directory, Restore.From from, int index) throws Exception {
    SnapshotFiles files = files(settings, directory, from, index);
    return ofRestore(files.copy(directory.resolve("floor")), files);
  }

  static Measurement ofRestore(Usage usage, SnapshotFiles files) throws Exception {
    return new Measurement()
        .with(Metric.READY, Restore.millis(usage.elapsedNanos()))
        .with(Metric.READY_AND_READS_CPU, Restore.millis(usage.processCpuNanos()))
        .with(Metric.PEAK_DISK, (double) files.bytes());
  }

  /** Of a snapshot. */
  static Measurement ofSnapshot(Path directory, SnapshotFiles files) throws Exception {
    Usage usage = files.copy(directory.resolve("floor"));
    return new Measurement()
        .with(Metric.ASYNCHRONOUS, Restore.millis(usage.elapsedNanos()))
        .with(Metric.SNAPSHOT_CPU, Restore.millis(usage.processCpuNanos()))
        .with(Metric.WRITTEN, (double) files.bytes());
  }

  /**
   * The files that the subtask is restored from. They are read once, so that the page cache holds
   * them for whoever comes next, whatever was done in between.
   */
  static SnapshotFiles files(SubjectSettings settings, Path directory, Restore.From from, int index)
      throws Exception {
    Path looked = directory.resolve("look");
    try (Operator<Long> operator = from.operator(settings, looked)) {
      SnapshotFiles files = SnapshotFiles.of(operator.handles(index));
      files.read();
      return files;
    } finally {
      FileUtils.deleteDirectory(looked.toFile());
    }
  }
}
