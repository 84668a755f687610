package io.basalt.examples.flights.processes;

import static org.assertj.core.api.Assertions.assertThat;

import io.basalt.examples.flights.ExpectedResults;
import io.basalt.examples.flights.source.FlightsInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The flights job on a JobManager and two TaskManagers that are processes of their own, one of them
 * killed with {@code kill -9} in the middle: the four files are what they should be, and the state
 * came back through the backend that was asked for.
 */
class SeparateProcessesIT {

  private static final String BASALT = "io.basalt.statebackend.BasaltStateBackendFactory";

  private static Map<String, String> expected;

  @RegisterExtension final FlinkCluster cluster = new FlinkCluster();

  @BeforeAll
  static void computeExpected() throws Exception {
    expected = ExpectedResults.of(FlightsInput.bundled().open(), SubmittedRun.FLIGHTS);
    assertThat(expected.values()).allMatch(content -> content.lines().count() > 100);
  }

  /** As the README installs it; then stock, the control, on the same cluster. */
  @Test
  void basaltInLibBesideStock() throws Exception {
    cluster.start(
        "basalt-in-lib",
        Map.of("state.backend.type", BASALT, "execution.state-recovery.from-local", "true"),
        Build.basalt());
    FlinkProcess first = cluster.startTaskManager("taskmanager-1");
    FlinkProcess second = cluster.startTaskManager("taskmanager-2");

    SubmittedRun basalt = SubmittedRun.submit(cluster, "on-basalt", Build.job());
    basalt.awaitPause();
    FlinkProcess third = basalt.killAndReplace(second, "taskmanager-3", first);
    assertThat(basalt.finish()).containsExactlyInAnyOrderEntriesOf(expected);

    assertThat(cluster.rest().stateBackend(basalt.job())).isEqualTo("BasaltStateBackend");
    assertThat(restoresByBasalt(basalt, first)).anyMatch(line -> line.contains("/localState/"));
    assertThat(restoresByBasalt(basalt, third))
        .isNotEmpty()
        .noneMatch(line -> line.contains("/localState/"));

    SubmittedRun stock =
        SubmittedRun.submit(cluster, "on-stock", Build.job(), "-Dstate.backend.type=rocksdb");
    stock.awaitPause();
    FlinkProcess fourth = stock.killAndReplace(first, "taskmanager-4", third);
    assertThat(stock.finish()).containsExactlyInAnyOrderEntriesOf(expected);

    assertThat(cluster.rest().stateBackend(stock.job())).isEqualTo("EmbeddedRocksDBStateBackend");
    assertThat(restoresByBasalt(stock, third)).isEmpty();
    assertThat(restoresByBasalt(stock, fourth)).isEmpty();

    assertNothingIsLeft(List.of(basalt, stock), third, fourth);
  }

  /** The cluster knows nothing of Basalt: every process finds it by the job's class loader. */
  @Test
  void basaltOnlyInTheJobsJar() throws Exception {
    cluster.start("basalt-in-job", Map.of());
    FlinkProcess first = cluster.startTaskManager("taskmanager-1");
    FlinkProcess second = cluster.startTaskManager("taskmanager-2");

    SubmittedRun killed = submitWithBasalt("killed");
    killed.awaitPause();
    FlinkProcess third = killed.killAndReplace(second, "taskmanager-3", first);
    assertThat(killed.finish()).containsExactlyInAnyOrderEntriesOf(expected);

    assertThat(cluster.rest().stateBackend(killed.job())).isEqualTo("BasaltStateBackend");
    assertThat(restoresByBasalt(killed, first)).isNotEmpty();
    assertThat(restoresByBasalt(killed, third)).isNotEmpty();

    // Another class loader, in a TaskManager where RocksDB has been loaded for the one before.
    SubmittedRun again = submitWithBasalt("again");
    assertThat(again.finish()).containsExactlyInAnyOrderEntriesOf(expected);

    assertThat(cluster.rest().stateBackend(again.job())).isEqualTo("BasaltStateBackend");
    assertNothingIsLeft(List.of(killed, again), first, third);
  }

  /** Or the tests above would show less than they seem to. */
  @ParameterizedTest
  @ValueSource(strings = {"basalt.job.jar", "basalt.job.with.basalt.jar"})
  void theJobsJarHasNothingOfFlinkOrRocksDb(String jar) throws Exception {
    List<String> entries;
    try (JarFile opened = new JarFile(System.getProperty(jar))) {
      entries = opened.stream().map(JarEntry::getName).toList();
    }
    assertThat(entries)
        .contains("io/basalt/examples/flights/FlightsSubmission.class")
        .noneMatch(entry -> entry.startsWith("org/apache/"))
        .noneMatch(entry -> entry.startsWith("org/rocksdb/"));
    assertThat(entries.contains("io/basalt/statebackend/BasaltStateBackend.class"))
        .isEqualTo(jar.equals("basalt.job.with.basalt.jar"));
  }

  private SubmittedRun submitWithBasalt(String name) throws Exception {
    return SubmittedRun.submit(
        cluster, name, Build.jobWithBasalt(), "-Dstate.backend.type=" + BASALT);
  }

  /** What Basalt has logged of restores for the run's tasks. */
  private static List<String> restoresByBasalt(SubmittedRun run, FlinkProcess taskManager)
      throws Exception {
    return taskManager
        .log()
        .lines()
        .filter(line -> line.contains("io.basalt.statebackend.restore."))
        .filter(line -> line.contains("Restoring key groups"))
        .filter(line -> line.contains("job_" + run.job()))
        .toList();
  }

  /**
   * The directories of jobs go with the jobs, whatever else the TaskManager has goes with it; but
   * for what Flink leaves there itself, of which no class loader and no backend knows.
   */
  private void assertNothingIsLeft(List<SubmittedRun> runs, FlinkProcess... taskManagers)
      throws Exception {
    for (FlinkProcess taskManager : taskManagers) {
      cluster.until(
          "the jobs have left " + taskManager.name(),
          () ->
              cluster.home().localFiles(taskManager.name()).stream()
                  .map(Path::toString)
                  .noneMatch(path -> runs.stream().anyMatch(run -> path.contains(run.job()))));
    }
    cluster.stop();
    for (FlinkProcess taskManager : taskManagers) {
      assertThat(taskManager.log()).doesNotContain("Trying to access closed classloader");
      assertThat(taskManager.filesBesideItsLog()).isEmpty();
      assertThat(cluster.home().localFiles(taskManager.name())).isEmpty();
    }
  }
}
