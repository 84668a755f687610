package io.basalt.statebackend.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.LocalSnapshotDirectoryProviderImpl;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.TestTaskStateManager;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.runtime.util.TestingTaskManagerRuntimeInfo;
import org.apache.flink.util.IOUtils;

/**
 * The task around a keyed backend: its configuration, its memory, and the registry that is closed
 * when it is cancelled. Closing it asserts that all memory has been given back.
 */
public final class Task implements AutoCloseable {

  private static final long MANAGED_MEMORY = 32 << 20;

  private final Participant participant;
  private final Configuration configuration;
  private final Path localDirectory;
  private final int maxParallelism;
  private final MockEnvironment environment;
  private final Figures figures = new Figures();
  private final CloseableRegistry closeables = new CloseableRegistry();

  /**
   * A task without a backend yet.
   *
   * @param localDirectory holds its databases; copies for local recovery, if that is on, lie beside
   */
  public Task(Participant participant, Path localDirectory, int maxParallelism) throws Exception {
    this.participant = participant;
    this.configuration = participant.configuration(localDirectory);
    this.localDirectory = localDirectory;
    this.maxParallelism = maxParallelism;
    ExecutionConfig executionConfig = new ExecutionConfig();
    executionConfig.setUseSnapshotCompression(participant.compressed());
    this.environment =
        MockEnvironment.builder()
            .setTaskManagerRuntimeInfo(
                new TestingTaskManagerRuntimeInfo(configuration, localDirectory.toFile()))
            .setExecutionConfig(executionConfig)
            // As in a task, whose thread has the class loader of the job's version.
            .setUserCodeClassLoader(Thread.currentThread().getContextClassLoader())
            .setManagedMemorySize(MANAGED_MEMORY)
            .setMaxParallelism(maxParallelism)
            .setTaskStateManager(new TestTaskStateManager(localRecovery()))
            .build();
  }

  private LocalRecoveryConfig localRecovery() throws Exception {
    return configuration.get(StateRecoveryOptions.LOCAL_RECOVERY)
        ? LocalRecoveryConfig.backupAndRecoveryEnabled(
            new LocalSnapshotDirectoryProviderImpl(
                Files.createDirectories(localCopies()).toFile(), new JobID(), new JobVertexID(), 0))
        : LocalRecoveryConfig.BACKUP_AND_RECOVERY_DISABLED;
  }

  /** Where copies for local recovery are, if there are any. */
  public Path localCopies() {
    return localCopies(localDirectory);
  }

  static Path localCopies(Path localDirectory) {
    return localDirectory.resolveSibling(localDirectory.getFileName() + "-copies");
  }

  public Path localDirectory() {
    return localDirectory;
  }

  /** What is closed when the task is cancelled. */
  public CloseableRegistry closeables() {
    return closeables;
  }

  /** What the backend reports. */
  public Figures figures() {
    return figures;
  }

  /** Loads the backend as a job does. */
  public StateBackend load() throws Exception {
    return Participant.load(configuration);
  }

  /** What Flink hands to a backend of this task. */
  public <K> KeyedStateBackendParametersImpl<K> parameters(
      TypeSerializer<K> keySerializer,
      KeyGroupRange range,
      TtlTimeProvider clock,
      Collection<KeyedStateHandle> handles) {
    return new KeyedStateBackendParametersImpl<>(
        environment,
        new JobID(),
        "operator",
        keySerializer.duplicate(),
        maxParallelism,
        range,
        environment.getTaskKvStateRegistry(),
        clock,
        figures,
        (name, value) -> {},
        handles,
        closeables,
        1.0);
  }

  /** Asserts that nothing waits for the end of the task while nothing is under way. */
  public void assertNothingIsRegistered() {
    if (participant.type() == Participant.Type.BASALT) {
      assertThat(closeables.getNumberOfRegisteredCloseables())
          .as("closeables registered with the task")
          .isZero();
    }
  }

  /**
   * Asserts that there are no links of running snapshots, no half restored files, and no copies for
   * local recovery but complete ones.
   */
  public void assertOnlyDatabasesAreLocal(int completeCopies) throws IOException {
    assertThat(LocalFiles.left(localDirectory))
        .as("files beside a database")
        .allMatch(file -> isInDatabase(localDirectory.relativize(file)));
    if (completeCopies == 0 && Files.exists(localCopies())) {
      assertThat(LocalFiles.regularFiles(localCopies())).as("local copies").isEmpty();
    }
  }

  private static boolean isInDatabase(Path file) {
    return file.getNameCount() == 1 || file.getName(1).toString().equals("db");
  }

  @Override
  public void close() throws Exception {
    IOUtils.closeQuietly(closeables);
    environment.close();
  }
}
