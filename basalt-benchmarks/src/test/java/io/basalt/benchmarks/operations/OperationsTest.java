package io.basalt.benchmarks.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.run.MeasuredProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs each benchmark for a moment. A benchmark fails by itself if it reads what it must not. */
class OperationsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Backend.class)
  void everyBenchmarkGivesOneRow(Backend backend) throws Exception {
    List<Sample> samples =
        MeasuredProcess.measure(Operations.groups(), conditions(backend, directory));

    List<String> methods = new ArrayList<>();
    for (BenchmarkListEntry benchmark : allBenchmarks()) {
      String name = benchmark.getUsername();
      methods.add(name.substring(name.lastIndexOf('.') + 1));
    }
    assertThat(samples.stream().map(Sample::row)).containsExactlyInAnyOrderElementsOf(methods);
    assertThat(samples.stream().map(sample -> sample.group() + " " + sample.row()))
        .doesNotHaveDuplicates();
    for (Sample sample : samples) {
      assertThat(sample.values())
          .as("%s %s", sample.group(), sample.row())
          .containsOnlyKeys(
              Metric.OPERATIONS,
              Metric.TASK_CPU,
              Metric.PROCESS_CPU,
              Metric.ELAPSED,
              Metric.ALLOCATED,
              Metric.COLLECTION)
          .allSatisfy((metric, value) -> assertThat(value).isFinite().isNotNegative());
      // The others may be too small to be seen in a moment.
      assertThat(List.of(Metric.OPERATIONS, Metric.TASK_CPU, Metric.ELAPSED))
          .allSatisfy(metric -> assertThat(sample.values().get(metric)).isPositive());
    }
    assertThat(directory).isDirectoryNotContaining(OperationsTest::holdsFiles);
  }

  @Test
  void aBenchmarkThatFailsFailsItsGroup() throws Exception {
    Path noDirectory = Files.createFile(directory.resolve("file"));

    for (Group group : Operations.groups()) {
      assertThatThrownBy(
              () -> group.measure(conditions(Backend.HEAP, noDirectory), (row, measurement) -> {}))
          .isInstanceOf(RunnerException.class);
    }
  }

  @Test
  void theDescriptionNamesSizesAndMemory() {
    assertThat(Operations.groups())
        .allSatisfy(
            group ->
                assertThat(group.description(Scale.FULL))
                    .contains("0 keys", "128 MiB of managed memory", "heap of 1024 MiB (2048 MiB"));
  }

  @Test
  void tooFewElementsFailABenchmark() {
    assertThat(Elements.sum(List.of(3L, 4L), 2)).isEqualTo(7);
    assertThatThrownBy(() -> Elements.sum(List.of(3L), 2))
        .isInstanceOf(IllegalStateException.class);
  }

  private static Conditions conditions(Backend backend, Path directory) {
    return new Conditions(backend, Scale.MOMENT, 1, directory, directory);
  }

  /** All that JMH's processor found when this module was compiled, in a group or not. */
  private static Iterable<BenchmarkListEntry> allBenchmarks() {
    return BenchmarkList.defaultList()
        .getAll(
            OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of());
  }

  private static boolean holdsFiles(Path path) {
    String[] files = path.toFile().list();
    return files != null && files.length > 0;
  }
}
