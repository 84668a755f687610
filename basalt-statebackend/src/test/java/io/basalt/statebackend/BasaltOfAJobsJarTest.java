package io.basalt.statebackend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.runtime.util.TestingTaskManagerRuntimeInfo;
import org.apache.flink.util.ChildFirstClassLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs that have brought Basalt in their jars: in one TaskManager, but each with classes of its
 * own, loaded as Flink loads a job's.
 */
class BasaltOfAJobsJarTest {

  private static final int ENOUGH_TO_BE_SEEN = 20_000;

  @TempDir private Path temporary;
  private MockEnvironment taskManager;

  @BeforeEach
  void startTaskManager() {
    Configuration configuration = new Configuration();
    configuration.setString("state.backend.rocksdb.memory.fixed-per-tm", "16mb");
    taskManager =
        new MockEnvironmentBuilder()
            .setTaskManagerRuntimeInfo(
                new TestingTaskManagerRuntimeInfo(
                    configuration,
                    new String[] {temporary.toString()},
                    "localhost",
                    temporary.toFile()))
            .build();
  }

  @AfterEach
  void stopTaskManager() throws Exception {
    taskManager.close();
  }

  @Test
  void jobsShareTheMemoryOfTheTaskManager() throws Exception {
    RegisteredGauges first = new RegisteredGauges();
    RegisteredGauges second = new RegisteredGauges();
    ChildFirstClassLoader firstJob = classLoaderOfAJob();
    try (ChildFirstClassLoader secondJob = classLoaderOfAJob()) {
      CheckpointableKeyedStateBackend<Integer> one = create(firstJob, first);
      CheckpointableKeyedStateBackend<Integer> other = create(secondJob, second);
      assertThat(one.getClass()).isNotEqualTo(other.getClass());
      write(one, 1);
      write(other, 1);
      long before = cacheUsage(second);
      write(one, ENOUGH_TO_BE_SEEN);

      assertThat(cacheUsage(first)).isEqualTo(cacheUsage(second)).isGreaterThan(before);

      // The job that has opened the memory ends first.
      one.dispose();
      firstJob.close();
      write(other, ENOUGH_TO_BE_SEEN);
      // And a third finds Basalt in lib.
      CheckpointableKeyedStateBackend<Integer> later =
          create(getClass().getClassLoader(), new RegisteredGauges());
      write(later, 1);
      later.dispose();
      other.dispose();
    }
  }

  @Test
  void aJobThatFindsTheLibraryLoadedLeavesNoDirectory() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (ChildFirstClassLoader job = classLoaderOfAJob()) {
        CheckpointableKeyedStateBackend<Integer> backend = create(job, new RegisteredGauges());
        write(backend, 1);
        backend.dispose();
      }
    }

    // One has the library, if no other test has loaded it before.
    assertThat(directories()).hasSizeLessThanOrEqualTo(1).allSatisfy(this::isNotEmpty);
  }

  private List<Path> directories() throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.toList();
    }
  }

  private void isNotEmpty(Path directory) {
    assertThat(directory).isNotEmptyDirectory();
  }

  private static ChildFirstClassLoader classLoaderOfAJob() {
    return new ChildFirstClassLoader(
        new URL[] {BasaltStateBackend.class.getProtectionDomain().getCodeSource().getLocation()},
        BasaltOfAJobsJarTest.class.getClassLoader(),
        CoreOptions.getParentFirstLoaderPatterns(new Configuration()),
        failure -> {
          throw new AssertionError(failure);
        });
  }

  private CheckpointableKeyedStateBackend<Integer> create(
      ClassLoader classLoader, MetricGroup metrics) throws Exception {
    Configuration job = new Configuration();
    // So that what is written takes RocksDB's memory.
    job.set(BasaltOptions.HOT_TIER_SIZE, MemorySize.ZERO);
    job.set(StateBackendOptions.STATE_BACKEND, "io.basalt.statebackend.BasaltStateBackendFactory");
    job.setString("state.backend.rocksdb.memory.managed", "false");
    job.setString("state.backend.rocksdb.metrics.block-cache-usage", "true");
    StateBackend stateBackend =
        StateBackendLoader.fromApplicationOrConfigOrDefault(
            null, job, new Configuration(), classLoader, null);
    return stateBackend.createKeyedStateBackend(
        new KeyedStateBackendParametersImpl<>(
            taskManager,
            new JobID(),
            "operator",
            IntSerializer.INSTANCE,
            4,
            new KeyGroupRange(0, 3),
            taskManager.getTaskKvStateRegistry(),
            TtlTimeProvider.DEFAULT,
            metrics,
            (name, value) -> {},
            List.of(),
            new CloseableRegistry(),
            0.25));
  }

  private static void write(CheckpointableKeyedStateBackend<Integer> backend, int keys)
      throws Exception {
    ValueState<Integer> state =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            new ValueStateDescriptor<>("value", IntSerializer.INSTANCE));
    for (int key = 0; key < keys; key++) {
      backend.setCurrentKey(key);
      state.update(key);
    }
    assertThat(state.value()).isEqualTo(keys - 1);
  }

  /** How much of the cache in which its memtables are accounted a backend shows to be in use. */
  private static long cacheUsage(RegisteredGauges gauges) {
    return ((Number) gauges.read().get("rocksdb.block-cache-usage")).longValue();
  }
}
