package io.basalt.benchmarks.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Conditions;
import io.basalt.benchmarks.measure.Group;
import io.basalt.benchmarks.measure.Sample;
import io.basalt.benchmarks.measure.Scale;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of real processes. */
class InterleavingTest {

  private static final List<Group> TIMERS = Groups.named(List.of("cliffs/timers"));

  @TempDir Path directory;

  @Test
  void backendsTakeTurnsAndEachRoundBeginsWithAnother() throws Exception {
    List<String> progress = new ArrayList<>();
    List<Sample> samples =
        new Interleaving(
                Scale.MOMENT, List.of(Backend.STOCK, Backend.BASALT), directory, progress::add)
            .measure(TIMERS, 2);
    Set<String> order = new LinkedHashSet<>();
    samples.forEach(sample -> order.add(sample.round() + " " + sample.backend()));
    assertThat(order).containsExactly("1 stock", "1 basalt", "2 basalt", "2 stock");
    assertThat(progress).hasSize(4);
    try (var files = Files.walk(directory)) {
      assertThat(files.filter(Files::isRegularFile)).as("files of the processes").isEmpty();
    }
  }

  @Test
  void aRunEndsWithTheFirstProcessThatFailsAndSaysWhatItSaid() {
    Group unknown =
        new Group() {
          @Override
          public String name() {
            return "cliffs/unheard-of";
          }

          @Override
          public String description(Scale scale) {
            return name();
          }

          @Override
          public int heapMegabytes(Backend backend, Scale scale) {
            return 64;
          }

          @Override
          public void measure(Conditions conditions, Report report) {
            throw new UnsupportedOperationException();
          }
        };
    Interleaving interleaving =
        new Interleaving(Scale.FULL, List.of(Backend.HEAP), directory, line -> {});
    assertThatThrownBy(() -> interleaving.measure(List.of(unknown), 1))
        .isInstanceOf(MeasurementFailedException.class)
        .hasMessageContaining("round 1, cliffs/unheard-of, heap")
        .hasMessageContaining("Nothing is called 'cliffs/unheard-of'");
  }

  @Test
  void aGroupThatDoesNotExistIsNamedWithThoseThatDo() {
    assertThatThrownBy(() -> Groups.named(List.of("cliffs", "clifs")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'clifs'")
        .hasMessageContaining("cliffs/timers");
  }
}
