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
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that do not end well, and the memory that they get. */
class InterleavingTest {

  private static final Group ONE = new Unregistered("no-such-part/one", 40);
  private static final Group TWO = new Unregistered("no-such-part/two", 60);
  private static final Group OTHER = new Unregistered("other/three", 80);

  @TempDir Path directory;

  private KeptSteps kept = KeptSteps.nowhere();

  @Test
  void theHeapIsMeasuredTwiceAndNothingThatIsKeptAgain() throws Exception {
    kept = KeptSteps.in(directory.resolve("kept"), "this run");
    assertThat(rounds(1)).containsExactly("1 stock", "1 heap");
    // The first is not measured again.
    kept = KeptSteps.in(directory.resolve("kept"), "this run");
    assertThat(rounds(3)).containsExactly("1 stock", "1 heap", "2 stock", "2 heap", "3 stock");
  }

  private Set<String> rounds(int rounds) throws Exception {
    Set<String> order = new LinkedHashSet<>();
    List<String> progress = new ArrayList<>();
    try (Interleaving interleaving = interleaving(progress)) {
      List<Group> groups = Groups.named(List.of("cliffs/timers"));
      for (Sample sample : interleaving.measure(groups, rounds).samples()) {
        order.add(sample.round() + " " + sample.backend());
      }
    }
    assertThat(progress).hasSameSizeAs(order);
    assertThat(progress.stream().filter(line -> line.contains(", before")))
        .hasSize(rounds == 1 ? 0 : 2);
    return order;
  }

  @Test
  void thoseInRocksDbTakeTurnsAndEachRoundBeginsWithAnother() throws Exception {
    List<String> progress = new ArrayList<>();
    List<Sample> samples;
    try (Interleaving interleaving =
        new Interleaving(
            Scale.MOMENT,
            List.of(Backend.STOCK, Backend.BASALT),
            directory.resolve("work"),
            kept,
            progress::add)) {
      samples = interleaving.measure(Groups.named(List.of("cliffs/timers")), 2).samples();
    }
    assertThat(progress).hasSize(2);
    assertThat(progress.get(0)).contains("round 1, cliffs/timers, stock basalt");
    assertThat(progress.get(1)).contains("round 2, cliffs/timers, basalt stock");
    for (int round : new int[] {1, 2}) {
      assertThat(rows(samples, Backend.STOCK, round))
          .isNotEmpty()
          .isEqualTo(rows(samples, Backend.BASALT, round));
    }
  }

  private static List<String> rows(List<Sample> samples, Backend backend, int round) {
    return samples.stream()
        .filter(sample -> sample.backend() == backend && sample.round() == round)
        .map(Sample::row)
        .toList();
  }

  @Test
  void whatIsKeptIsOfOneRun() throws Exception {
    Path ofThis = directory.resolve("kept");
    KeptSteps.in(ofThis, "this run");
    assertThatThrownBy(() -> KeptSteps.in(ofThis, "that run"))
        .hasMessageContainingAll("is of another run", "this run", "that run");
    Path other = Files.createDirectories(directory.resolve("other"));
    Files.writeString(other.resolve("file"), "of the user's");
    assertThatThrownBy(() -> KeptSteps.in(other, "this run"))
        .hasMessageEndingWith("is not of a run.");
  }

  @Test
  void aProcessThatFailsEndsTheRunWithWhatItSaid() {
    List<String> progress = new ArrayList<>();
    try (Interleaving interleaving = interleaving(progress)) {
      assertThatThrownBy(() -> interleaving.measure(List.of(ONE), 1))
          .isInstanceOf(MeasurementFailedException.class)
          .hasMessageContaining(
              "round 1, no-such-part/one, stock: the process of stock ended with 1.")
          .hasMessageContaining("Nothing is called 'no-such-part/one'.");
    }
    assertThat(progress).isEmpty();
  }

  @Test
  void aClosedRunBeginsNothing() {
    Interleaving interleaving = interleaving(new ArrayList<>());
    interleaving.close();

    assertThatThrownBy(() -> interleaving.measure(List.of(ONE), 1))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void closingItEndsTheProcesses() throws Exception {
    Interleaving interleaving =
        new Interleaving(
            Scale.FULL,
            List.of(Backend.STOCK, Backend.BASALT),
            directory.resolve("work"),
            kept,
            line -> {});
    FutureTask<Interleaving.Measured> run =
        new FutureTask<>(() -> interleaving.measure(Groups.named(List.of("cliffs/timers")), 1));
    Thread thread = new Thread(run);
    thread.start();
    while (measuring() < 2 && !run.isDone()) {
      Thread.onSpinWait();
    }

    interleaving.close();

    assertThatThrownBy(run::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(measuring()).isZero();
    thread.join();
  }

  private static long measuring() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
  }

  @Test
  void groupsOfAPartShareTheMemoryOfTheirProcessUnlessTheRunIsFull() {
    List<Group> groups = List.of(ONE, TWO, OTHER);

    assertThat(Interleaving.heapMegabytes(Scale.QUICK, groups, ONE, Backend.STOCK)).isEqualTo(60);
    assertThat(Interleaving.heapMegabytes(Scale.QUICK, groups, OTHER, Backend.STOCK)).isEqualTo(80);
    assertThat(Interleaving.heapMegabytes(Scale.FULL, groups, ONE, Backend.STOCK)).isEqualTo(40);
  }

  private Interleaving interleaving(List<String> progress) {
    return new Interleaving(
        Scale.MOMENT,
        List.of(Backend.HEAP, Backend.STOCK),
        directory.resolve("work"),
        kept,
        progress::add);
  }

  /** A group that a measuring process does not find. */
  private record Unregistered(String name, int megabytes) implements Group {
    @Override
    public String description(Scale scale) {
      return "";
    }

    @Override
    public Set<Backend> backends() {
      return EnumSet.of(Backend.STOCK);
    }

    @Override
    public int heapMegabytes(Backend backend, Scale scale) {
      return megabytes;
    }

    @Override
    public void measure(Conditions conditions, Report report) {
      throw new AssertionError("It has no name in the registry.");
    }
  }
}
