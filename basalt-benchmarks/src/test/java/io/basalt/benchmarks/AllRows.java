package io.basalt.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.run.Groups;
import io.basalt.benchmarks.run.MeasuredProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Measures parts for a moment, in this process, and says what rows came of it. */
public final class AllRows {

  private AllRows() {}

  /**
   * The rows of each group, which must be the same for all backends that it is measured on; and
   * every one of them has figures.
   */
  public static Map<String, List<String>> of(Path directory, String... parts) throws Exception {
    Map<String, List<String>> rows = new TreeMap<>();
    for (Backend backend : Backend.values()) {
      Map<String, List<String>> ofBackend = new TreeMap<>();
      for (Sample sample : measure(directory, backend, parts)) {
        ofBackend.computeIfAbsent(sample.group(), group -> new ArrayList<>()).add(sample.row());
        assertThat(sample.backend()).isEqualTo(backend);
        assertThat(sample.values()).as(sample.row()).isNotEmpty();
        assertThat(sample.values().values()).as(sample.row()).allMatch(value -> value >= 0);
        if (sample.values().containsKey(Metric.OPERATIONS)) {
          assertThat(sample.values().get(Metric.OPERATIONS)).as(sample.row()).isPositive();
          assertThat(sample.values().get(Metric.ELAPSED)).as(sample.row()).isPositive();
          assertThat(sample.values().get(Metric.TASK_CPU)).as(sample.row()).isPositive();
        }
      }
      ofBackend.forEach(
          (group, names) -> {
            assertThat(names).as(group).doesNotHaveDuplicates();
            List<String> others = rows.putIfAbsent(group, names);
            if (others != null) {
              assertThat(names).as(group + " on " + backend).isEqualTo(others);
            }
          });
    }
    Set<String> named = new HashSet<>();
    Groups.named(List.of(parts)).forEach(group -> named.add(group.name()));
    assertThat(rows.keySet()).isEqualTo(named);
    return rows;
  }

  private static List<Sample> measure(Path directory, Backend backend, String... parts)
      throws Exception {
    Path work = Files.createDirectories(directory.resolve(backend.toString()));
    Path prepared = Files.createDirectories(directory.resolve("prepared"));
    List<Sample> samples =
        MeasuredProcess.measure(
            Groups.named(List.of(parts)), new Conditions(backend, Scale.MOMENT, 1, work, prepared));
    try (var left = Files.walk(work)) {
      assertThat(left.filter(Files::isRegularFile)).as("files of " + backend).isEmpty();
    }
    return samples;
  }
}
