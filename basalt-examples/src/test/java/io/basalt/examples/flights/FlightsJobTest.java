package io.basalt.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.basalt.examples.flights.progress.RunReport;
import io.basalt.examples.flights.source.FlightsInput;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The four files are what they should be, on every backend, at every parallelism, after failures.
 */
class FlightsJobTest {

  private static final int FAILURES = 2;

  /**
   * Four days: windows end, airports fall silent at night, and every function has seen failures.
   */
  private static final long FLIGHTS = 60_000;

  private static Map<String, String> expected;

  @BeforeAll
  static void computeExpected() throws Exception {
    expected = ExpectedResults.of(FlightsInput.bundled().open(), FLIGHTS);
    assertThat(expected.values()).allMatch(content -> content.lines().count() > 100);
  }

  @ParameterizedTest(name = "{0}, parallelism {1}")
  @MethodSource("backendsAndParallelisms")
  void writesTheExpectedFiles(Backend backend, int parallelism, @TempDir Path directory)
      throws Exception {
    Runs runs = new Runs(directory, FLIGHTS).on(backend, parallelism).failing(FAILURES);

    RunReport report = runs.run();

    assertThat(report.failures()).isEqualTo(FAILURES);
    assertThat(report.recoveries()).isEqualTo(FAILURES);
    assertThat(runs.results()).containsExactlyInAnyOrderEntriesOf(expected);
  }

  static Stream<Arguments> backendsAndParallelisms() {
    return Stream.of(Backend.values())
        .flatMap(
            backend ->
                IntStream.rangeClosed(1, 3)
                    .mapToObj(parallelism -> arguments(backend, parallelism)));
  }
}
