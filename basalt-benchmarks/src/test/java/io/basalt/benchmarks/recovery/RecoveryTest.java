package io.basalt.benchmarks.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.run.MeasuredProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every row for a moment. Restores compare what they read, so wrong state fails them. */
class RecoveryTest {

  private static final Set<Metric> OF_RESTORE =
      EnumSet.of(
          Metric.READY,
          Metric.READY_AND_READS,
          Metric.READY_AND_READS_CPU,
          Metric.FIRST_CHECKPOINT,
          Metric.FIRST_CHECKPOINT_WRITTEN,
          Metric.PEAK_DISK);
  private static final Set<Metric> OF_RESTORE_FLOOR =
      EnumSet.of(Metric.READY, Metric.READY_AND_READS_CPU, Metric.PEAK_DISK);
  private static final Set<Metric> OF_CHECKPOINT =
      EnumSet.of(Metric.SYNCHRONOUS, Metric.ASYNCHRONOUS, Metric.UPLOADED, Metric.STATE);
  private static final Set<Metric> OF_SNAPSHOT =
      EnumSet.of(Metric.SYNCHRONOUS, Metric.ASYNCHRONOUS, Metric.WRITTEN, Metric.STATE);
  private static final Set<Metric> OF_SAVEPOINT = with(OF_SNAPSHOT, Metric.SNAPSHOT_CPU);
  private static final Set<Metric> OF_SNAPSHOT_FLOOR =
      EnumSet.of(Metric.ASYNCHRONOUS, Metric.SNAPSHOT_CPU, Metric.WRITTEN);

  private static final List<String> RESCALES =
      List.of(
          "rescale 2 to 3, one handle",
          "rescale 2 to 3, two handles",
          "rescale 3 to 2, two handles",
          "1 to 2",
          "2 to 4 after 1 to 2");

  private static final List<String> RESCALES_IN_A_ROW =
      List.of("1st, 2 to 3", "2nd, 3 to 2", "3rd, 2 to 3", "4th, 3 to 2");
  private static final List<String> CHECKPOINTS_TOGETHER =
      List.of(
          "four tasks, around checkpoints",
          "four tasks, all the time",
          "four tasks without a tier, around checkpoints",
          "four tasks without a tier, all the time");

  @TempDir private Path directory;

  @Test
  void allBackendsReportTheirRowsAndLeaveNothingBehind() throws Exception {
    Map<String, Sample> stock = measure(Backend.STOCK);
    expectRowsOfDisk(stock);
    Map<String, Sample> basalt = measure(Backend.BASALT);
    expectRowsOfDisk(basalt);
    assertThat(basalt.keySet()).isEqualTo(stock.keySet());
    expectRowsOfHeap(measure(Backend.HEAP));
  }

  private Map<String, Sample> measure(Backend backend) throws Exception {
    Path own = Files.createDirectory(directory.resolve(backend.toString()));
    List<Sample> samples =
        MeasuredProcess.measure(
            RecoveryGroups.all(),
            new Conditions(backend, Scale.MOMENT, 1, own, directory.resolve("prepared")));
    assertThat(filesIn(own)).as("what is left of %s", backend).isEmpty();
    assertThat(samples)
        .allSatisfy(
            sample ->
                assertThat(sample.values().values())
                    .as(sample.row())
                    .isNotEmpty()
                    .allSatisfy(value -> assertThat(value).isFinite().isNotNegative()));
    return samples.stream()
        .collect(Collectors.toMap(sample -> sample.group() + ": " + sample.row(), one -> one));
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static void expectRowsOfDisk(Map<String, Sample> samples) {
    List<String> expected = new ArrayList<>();
    expected.addAll(rows(samples, "snapshots", OF_CHECKPOINT, "checkpoint under load, 2048 kB"));
    expected.addAll(
        rows(
            samples,
            "snapshots",
            OF_SAVEPOINT,
            "native savepoint, 2048 kB",
            "canonical savepoint, 2048 kB"));
    expected.addAll(
        rows(
            samples,
            "snapshots",
            OF_SNAPSHOT_FLOOR,
            "floor: copying the files of the native savepoint, 2048 kB",
            "floor: copying the files of the canonical savepoint, 2048 kB"));
    expected.addAll(
        rows(
            samples,
            "restores",
            OF_RESTORE,
            "canonical savepoint, 256 kB",
            "canonical savepoint of the heap, 128 kB",
            "native savepoint, 2048 kB",
            "checkpoint, 2048 kB",
            "local recovery, 2048 kB"));
    expected.addAll(
        rows(
            samples,
            "restores",
            OF_RESTORE_FLOOR,
            "floor: copying the files of the canonical savepoint, 256 kB",
            "floor: copying the files of the canonical savepoint of the heap, 128 kB",
            "floor: copying the files of the native savepoint, 2048 kB",
            "floor: copying the files of the checkpoint, 2048 kB",
            "floor: linking the files of the local recovery, 2048 kB"));
    expected.addAll(
        rows(samples, "large-canonical-restore", OF_RESTORE, "canonical savepoint, 2048 kB"));
    for (String rescale : RESCALES) {
      expected.addAll(rows(samples, "rescales", OF_RESTORE, rescale, rescale + ", ingest mode"));
      expected.addAll(
          rows(samples, "rescales", OF_RESTORE_FLOOR, "floor: copying the files of " + rescale));
    }
    for (String rescale : RESCALES_IN_A_ROW) {
      expected.addAll(
          rows(samples, "rescales-in-a-row", OF_RESTORE, rescale, rescale + ", ingest mode"));
      expected.addAll(
          rows(
              samples,
              "rescales-in-a-row",
              OF_RESTORE_FLOOR,
              "floor: copying the files of " + rescale));
    }
    for (String row : CHECKPOINTS_TOGETHER) {
      expected.addAll(rows(samples, "checkpoints-together", EnumSet.of(Metric.LATENCY_99_9), row));
    }
    expected.addAll(
        rows(
            samples,
            "sizes",
            OF_RESTORE,
            "canonical restore, 64 kB",
            "canonical restore, 128 kB",
            "native restore, 256 kB",
            "native restore, 512 kB",
            "native restore, 1024 kB"));
    expected.addAll(
        rows(
            samples,
            "sizes",
            OF_SNAPSHOT,
            "first incremental checkpoint, 256 kB",
            "first incremental checkpoint, 512 kB",
            "first incremental checkpoint, 1024 kB"));
    assertThat(samples.keySet()).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static void expectRowsOfHeap(Map<String, Sample> samples) {
    List<String> expected = new ArrayList<>();
    expected.addAll(rows(samples, "snapshots", OF_CHECKPOINT, "checkpoint under load, 512 kB"));
    expected.addAll(rows(samples, "snapshots", OF_SAVEPOINT, "canonical savepoint, 512 kB"));
    expected.addAll(
        rows(
            samples,
            "snapshots",
            OF_SNAPSHOT_FLOOR,
            "floor: copying the files of the canonical savepoint, 512 kB"));
    expected.addAll(
        rows(samples, "restores", OF_RESTORE, "canonical savepoint, 256 kB", "checkpoint, 256 kB"));
    expected.addAll(
        rows(
            samples,
            "restores",
            OF_RESTORE_FLOOR,
            "floor: copying the files of the canonical savepoint, 256 kB",
            "floor: copying the files of the checkpoint, 256 kB"));
    expected.addAll(
        rows(
            samples, "sizes", OF_RESTORE, "canonical restore, 64 kB", "canonical restore, 128 kB"));
    assertThat(samples.keySet()).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Checks that the rows are there with these metrics at least and returns their keys. */
  private static List<String> rows(
      Map<String, Sample> samples, String group, Set<Metric> metrics, String... rows) {
    List<String> keys = new ArrayList<>();
    for (String row : rows) {
      String key = "recovery/" + group + ": " + row;
      assertThat(samples).containsKey(key);
      assertThat(samples.get(key).values().keySet()).as(key).containsAll(metrics);
      keys.add(key);
    }
    return keys;
  }

  private static Set<Metric> with(Set<Metric> metrics, Metric more) {
    Set<Metric> all = EnumSet.copyOf(metrics);
    all.add(more);
    return all;
  }
}
