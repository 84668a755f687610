package io.basalt.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.basalt.examples.flights.progress.RunReport;
import io.basalt.examples.flights.source.FlightsInput;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that was stopped, or gave up, midway can be continued to the same four files. */
class SnapshotTest {

  private static final long FLIGHTS = 30_000;

  private static Map<String, String> expected;

  @BeforeAll
  static void computeExpected() throws Exception {
    expected = ExpectedResults.of(FlightsInput.bundled().open(), FLIGHTS);
  }

  @ParameterizedTest(name = "from {0} to {1}")
  @MethodSource("pairsOfBackends")
  void canonicalSavepointContinuesOnAnotherBackendAtAnotherParallelism(
      Backend before, Backend after, @TempDir Path directory) throws Exception {
    Runs runs =
        new Runs(directory, FLIGHTS)
            .on(before, 2)
            .failing(1)
            .stoppingAt(20_000, SavepointFormatType.CANONICAL);
    RunReport stopped = runs.run();
    assertThat(runs.results()).isEmpty();

    RunReport continued = runs.on(after, 3).continuing(savepointOf(stopped)).run();

    assertThat(continued.firstFlight()).isEqualTo(20_000);
    assertThat(continued.failures()).isEqualTo(1);
    assertThat(continued.recoveries()).isEqualTo(1);
    assertThat(runs.results()).containsExactlyInAnyOrderEntriesOf(expected);
  }

  /** Into Basalt and out of it. */
  static Stream<Arguments> pairsOfBackends() {
    return Stream.of(Backend.ROCKSDB, Backend.HASHMAP)
        .flatMap(
            other -> Stream.of(arguments(Backend.BASALT, other), arguments(other, Backend.BASALT)));
  }

  @ParameterizedTest
  @EnumSource
  void nativeSavepointContinues(Backend backend, @TempDir Path directory) throws Exception {
    Runs runs =
        new Runs(directory, FLIGHTS).on(backend, 2).stoppingAt(15_000, SavepointFormatType.NATIVE);
    RunReport stopped = runs.run();

    runs.on(backend, 1).continuing(savepointOf(stopped)).run();

    assertThat(runs.results()).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @ParameterizedTest
  @EnumSource
  void lastCheckpointOfAFailedRunContinues(Backend backend, @TempDir Path directory)
      throws Exception {
    List<String> lines = firstLines();
    Path file = directory.resolve("flights.csv");
    Runs runs = new Runs(directory, FLIGHTS).on(backend, 2);
    int damaged = 25_000;
    String undamagedLine = lines.get(damaged);
    Files.write(file, lines);
    runs.reading(file);
    lines.set(damaged, "damaged");
    Files.write(file, lines);

    // The injected failure makes sure that there is a checkpoint to continue from.
    FlightsRun failing = runs.failing(1).prepare();
    assertThatThrownBy(failing::execute)
        .isInstanceOf(FlightsFailedException.class)
        .hasMessageContaining(file + ", line 25001: expected the columns departure,")
        .hasMessageContaining("found: damaged");
    assertThat(runs.results()).isEmpty();

    lines.set(damaged, undamagedLine);
    Files.write(file, lines);
    Path checkpoint = Path.of(URI.create(failing.lastCheckpoint().orElseThrow()));
    runs.failing(0).continuing(checkpoint).run();

    assertThat(runs.results()).containsExactlyInAnyOrderEntriesOf(expected);
  }

  private static Path savepointOf(RunReport report) {
    return Path.of(URI.create(report.savepoint().orElseThrow()));
  }

  private static List<String> firstLines() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(FlightsInput.bundled().open(), StandardCharsets.UTF_8))) {
      return new ArrayList<>(lines.lines().limit(FLIGHTS + 1).toList());
    }
  }
}
