package io.basalt.statebackend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.basalt.statebackend.config.BackendSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flink finds the backend by the factory's name, and sends it around. */
class BackendLoadingTest {

  private static final String TYPE = "io.basalt.statebackend.BasaltStateBackendFactory";
  private static final String THREADS = "state.backend.rocksdb.checkpoint.transfer.thread.num";

  @Test
  void isChosenByTheClustersConfiguration() throws Exception {
    Configuration cluster = configuration(StateBackendOptions.STATE_BACKEND.key(), TYPE);
    cluster.setString(THREADS, "3");

    assertThat(load(null, new Configuration(), cluster).getNumberOfTransferThreads()).isEqualTo(3);
  }

  @Test
  void isChosenByTheJobsConfiguration() throws Exception {
    Configuration cluster = configuration(StateBackendOptions.STATE_BACKEND.key(), "hashmap");
    cluster.setString(THREADS, "3");
    Configuration job = configuration(StateBackendOptions.STATE_BACKEND.key(), TYPE);
    job.setString(THREADS, "5");

    assertThat(load(null, job, cluster).getNumberOfTransferThreads()).isEqualTo(5);
  }

  @Test
  void ofAProgramIsCompletedByTheClustersConfiguration() throws Exception {
    BasaltStateBackend program = new BasaltStateBackend(true);
    program.setWriteBatchSize(77);

    BasaltStateBackend loaded = load(program, new Configuration(), configuration(THREADS, "3"));

    assertThat(loaded.getNumberOfTransferThreads()).isEqualTo(3);
    assertThat(loaded.getWriteBatchSize()).isEqualTo(77);
    assertThat(loaded.isIncrementalCheckpointsEnabled()).isTrue();
  }

  @Test
  void aWrongValueIsFoundWhenItIsLoaded() {
    Configuration job = configuration(StateBackendOptions.STATE_BACKEND.key(), TYPE);
    job.setString(THREADS, "several");

    assertThatThrownBy(() -> load(null, job, new Configuration()))
        .isInstanceOf(IllegalConfigurationException.class)
        .hasMessageContainingAll(THREADS, "'several'", "a whole number");
  }

  @Test
  void survivesSerialization() throws Exception {
    BasaltStateBackend backend = new BasaltStateBackend(true);
    backend.setDbStoragePaths("/a", "/b");
    backend.setPriorityQueueStateType(PriorityQueueStateType.HEAP);
    backend.setPredefinedOptions(PredefinedOptions.SPINNING_DISK_OPTIMIZED_HIGH_MEM);
    backend.setFixedMemoryPerSlot(MemorySize.ofMebiBytes(7));
    Configuration configuration = configuration(THREADS, "3");
    configuration.setString("state.backend.rocksdb.log.dir", "/var/log/rocksdb");
    configuration.setString("state.backend.rocksdb.metrics.bytes-read", "true");
    configuration.setString("state.backend.rocksdb.compression.per.level", "LZ4_COMPRESSION");
    BasaltStateBackend configured = backend.configure(configuration, getClass().getClassLoader());

    BackendSettings before = configured.getSettings();
    BackendSettings after = InstantiationUtil.clone(configured).getSettings();

    assertThat(after.metrics()).isEqualTo(before.metrics());
    assertThat(after).usingRecursiveComparison().ignoringFields("nativeMetrics").isEqualTo(before);
    assertThat(after.database()).isEqualTo(before.database());
    assertThat(InstantiationUtil.clone(new BasaltStateBackend()).getSettings().database())
        .isEqualTo(new BasaltStateBackend().getSettings().database());
  }

  /**
   * On the client and the JobManager there is neither a native library nor a local directory: a
   * process of its own shows that none is asked for.
   */
  @Test
  void touchesNeitherRocksDbNorDirectories(@TempDir Path directory) throws Exception {
    Path loadedClasses = directory.resolve("classes.log");
    Path localDirectory = directory.resolve("local");

    Process client =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + loadedClasses,
                "-Djava.io.tmpdir=" + directory.resolve("missing"),
                "-cp",
                System.getProperty("java.class.path"),
                Client.class.getName(),
                localDirectory.toString())
            .inheritIO()
            .start();

    assertThat(client.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(client.exitValue()).isZero();
    assertThat(Files.readAllLines(loadedClasses))
        .anyMatch(line -> line.contains(" " + BasaltStateBackend.class.getName() + " "))
        .noneMatch(line -> line.contains(" org.rocksdb.RocksDB "))
        .noneMatch(line -> line.contains(" org.rocksdb.NativeLibraryLoader "))
        .noneMatch(line -> line.contains(" org.rocksdb.RocksObject "))
        .noneMatch(line -> line.contains(" io.basalt.statebackend.store."));
    assertThat(localDirectory).doesNotExist();
  }

  /** What a client does with the backend. */
  static final class Client {

    private Client() {}

    public static void main(String[] arguments) throws Exception {
      Configuration configuration = configuration(StateBackendOptions.STATE_BACKEND.key(), TYPE);
      configuration.setString("state.backend.rocksdb.localdir", arguments[0]);
      configuration.setString("state.backend.rocksdb.log.level", "WARN_LEVEL");
      configuration.setString("state.backend.rocksdb.metrics.bytes-read", "true");
      BasaltStateBackend loaded = load(null, configuration, new Configuration());
      BasaltStateBackend arrived = InstantiationUtil.clone(loaded);
      if (!arrived.getDbStoragePaths()[0].equals(arguments[0])) {
        throw new IllegalStateException("Lost on the way: " + arguments[0]);
      }
    }
  }

  private static BasaltStateBackend load(
      StateBackend fromApplication, Configuration job, Configuration cluster) throws Exception {
    StateBackend loaded =
        StateBackendLoader.fromApplicationOrConfigOrDefault(
            fromApplication, job, cluster, BackendLoadingTest.class.getClassLoader(), null);
    assertThat(loaded).isInstanceOf(BasaltStateBackend.class);
    return (BasaltStateBackend) loaded;
  }

  private static Configuration configuration(String key, String value) {
    Configuration configuration = new Configuration();
    configuration.setString(key, value);
    return configuration;
  }
}
