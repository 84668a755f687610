package io.basalt.benchmarks.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.benchmarks.eviction.Simulation.Outcome;
import org.junit.jupiter.api.Test;

/** What is counted beside the hits. */
class SimulationTest {

  private final Trace trace = new Trace(16);

  @Test
  void onlyEntriesWithAChangeAreWritten() {
    trace.change(1);
    trace.read(2);
    trace.change(1);
    trace.read(3);
    trace.read(4);
    // 1 is evicted with its two changes, 2 without any.
    assertThat(run(100)).isEqualTo(new Outcome(5, 1, 1, 1));
  }

  @Test
  void aCheckpointWritesWhatIsDirtyOnce() {
    trace.change(1);
    trace.change(1);
    trace.read(2);
    trace.read(2);
    trace.read(3);
    // Checkpoints before the third and the fifth step; when 1 is evicted, it is clean.
    assertThat(run(2)).isEqualTo(new Outcome(5, 2, 0, 1));
  }

  @Test
  void whatLivesShortlyNeverReachesRocksDb() {
    trace.change(1);
    trace.read(1);
    trace.clear(1);
    trace.change(2);
    assertThat(run(100)).isEqualTo(new Outcome(3, 1, 0, 0));
  }

  @Test
  void whatHasReachedRocksDbIsDeletedThere() {
    trace.change(1);
    trace.read(2);
    trace.read(3);
    trace.clear(1);
    trace.clear(1);
    assertThat(run(100)).isEqualTo(new Outcome(3, 0, 1, 2));
  }

  @Test
  void theBeginningIsNotCounted() {
    trace.change(1);
    trace.change(2);
    trace.change(3);
    trace.change(3);
    Outcome outcome = new Simulation(trace, 3).run(PolicyKind.FIFO, 2, 100);
    assertThat(outcome).isEqualTo(new Outcome(1, 1, 0, 0));
  }

  private Outcome run(int checkpointEvery) {
    return new Simulation(trace, 0).run(PolicyKind.FIFO, 2, checkpointEvery);
  }
}
