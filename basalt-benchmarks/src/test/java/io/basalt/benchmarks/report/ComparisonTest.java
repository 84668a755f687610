package io.basalt.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.basalt.benchmarks.measure.Backend;
import io.basalt.benchmarks.measure.Metric;
import io.basalt.benchmarks.measure.Scale;
import io.basalt.benchmarks.run.Results;
import org.junit.jupiter.api.Test;

/** Two runs beside each other. */
class ComparisonTest {

  @Test
  void aRunAgreesWithItself() {
    Comparison comparison = Comparison.of(MadeUp.everything(), MadeUp.everything());

    assertThat(comparison.isSlower()).isFalse();
    assertThat(comparison.plain())
        .contains("22 of 22 rows agree within their stated spread; 0 slower, 0 faster.");
  }

  @Test
  void twiceTheCostIsSlowerAndHalfOfItFaster() {
    assertThat(Comparison.of(run(100), run(200)).isSlower()).isTrue();
    assertThat(Comparison.of(run(100), run(200)).plain())
        .contains("0 of 1 rows agree", "1 slower, 0 faster", "100 ns  200 ns");
    assertThat(Comparison.of(run(200), run(100)).isSlower()).isFalse();
    assertThat(Comparison.of(run(200), run(100)).plain()).contains("0 slower, 1 faster");
  }

  @Test
  void aSlowerMachineIsNoSlowerBasalt() {
    Results before =
        new MadeUp()
            .row("a/b", "c", Metric.TASK_CPU, Backend.STOCK, 100, 102)
            .row("a/b", "c", Metric.TASK_CPU, Backend.BASALT, 50, 51)
            .results();
    Results after =
        new MadeUp()
            .row("a/b", "c", Metric.TASK_CPU, Backend.STOCK, 200, 204)
            .row("a/b", "c", Metric.TASK_CPU, Backend.BASALT, 100, 102)
            .results();

    assertThat(Comparison.of(before, after).plain()).contains("1 of 1 rows agree");
  }

  @Test
  void rowsOfOneRunAreCounted() {
    Results more =
        new MadeUp()
            .row("a/b", "c", Metric.TASK_CPU, Backend.BASALT, 100, 101, 102)
            .row("a/b", "d", Metric.TASK_CPU, Backend.BASALT, 100, 101, 102)
            .row("a/b", "floor", Metric.READY, Backend.STOCK, 100, 101, 102)
            .results();

    assertThat(Comparison.of(run(100), more).plain())
        .contains("1 of 1 rows agree", "1 rows are in one of the runs only");
  }

  @Test
  void refusesWhatCannotBeCompared() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Comparison.of(MadeUp.everything(), new MadeUp().of(Scale.QUICK).results()))
        .withMessage("The scales differ: full and quick.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Comparison.of(run(1), new MadeUp().results()))
        .withMessage("The two runs have no row of Basalt in common.");
  }

  private static Results run(double nanos) {
    return new MadeUp()
        .row("a/b", "c", Metric.TASK_CPU, Backend.BASALT, nanos, nanos * 1.1, nanos / 1.1)
        .results();
  }
}
