package io.basalt.statebackend;

import io.basalt.statebackend.backend.AsyncStateAdaptor;
import io.basalt.statebackend.backend.KeyedBackendBuilder;
import io.basalt.statebackend.config.BackendSettings;
import io.basalt.statebackend.config.LocalDirectories;
import io.basalt.statebackend.config.Setting;
import io.basalt.statebackend.config.StateTracking;
import io.basalt.statebackend.store.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.AbstractManagedMemoryStateBackend;
import org.apache.flink.runtime.state.AsyncKeyedStateBackend;
import org.apache.flink.runtime.state.BackendBuildingException;
import org.apache.flink.runtime.state.ConfigurableStateBackend;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.apache.flink.util.TernaryBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A state backend that keeps keyed state in RocksDB, with the options, the formats and the meaning
 * of Flink's {@code EmbeddedRocksDBStateBackend}.
 *
 * <p>Most jobs never see this class: they name {@link BasaltStateBackendFactory} in {@code
 * state.backend.type}. Programs that build a backend by themselves (the State Processor API) use
 * its setters, which beat the configuration. Setters throw {@link IllegalArgumentException} at
 * once.
 *
 * <p>Not thread-safe. It is serialized with the job and deserialized for every task; it touches
 * neither RocksDB's native library nor a file system before it makes a keyed backend.
 */
public final class BasaltStateBackend extends AbstractManagedMemoryStateBackend
    implements ConfigurableStateBackend {

  private static final long serialVersionUID = 1L;

  private BackendSettings settings;

  /** Known only where there are local directories: on a TaskManager, from the first use on. */
  private transient @Nullable LocalDirectories localDirectories;

  /** Makes a backend whose every value can be configured. */
  public BasaltStateBackend() {
    this(TernaryBoolean.UNDEFINED);
  }

  /** Makes a backend with incremental checkpoints or without, whatever is configured. */
  public BasaltStateBackend(boolean enableIncrementalCheckpointing) {
    this(TernaryBoolean.fromBoolean(enableIncrementalCheckpointing));
  }

  /** Makes a backend with incremental checkpoints, without, or as configured. */
  public BasaltStateBackend(TernaryBoolean enableIncrementalCheckpointing) {
    Boolean chosen = enableIncrementalCheckpointing.getAsBoolean();
    BackendSettings defaults = BackendSettings.defaults();
    this.settings = chosen == null ? defaults : defaults.withIncremental(chosen);
  }

  private BasaltStateBackend(
      BasaltStateBackend original, ReadableConfig config, ClassLoader classLoader) {
    this.settings = original.settings.configured(config, classLoader);
    this.latencyTrackingConfigBuilder = StateTracking.latency(config);
    this.sizeTrackingConfigBuilder = StateTracking.size(config);
  }

  /**
   * Makes a copy in which every value that no setter and no earlier configuration has chosen is
   * taken from the configuration.
   *
   * @throws IllegalConfigurationException if a value cannot be used; the message has the key, the
   *     value and what is allowed
   */
  @Override
  public BasaltStateBackend configure(ReadableConfig config, ClassLoader classLoader) {
    return new BasaltStateBackend(this, config, classLoader);
  }

  /** All that is set, each value with its origin. */
  public BackendSettings getSettings() {
    return settings;
  }

  @Override
  public boolean supportsNoClaimRestoreMode() {
    // A full checkpoint uploads every file anew.
    return true;
  }

  @Override
  public boolean supportsSavepointFormat(SavepointFormatType formatType) {
    return true;
  }

  @Override
  public <K> AbstractKeyedStateBackend<K> createKeyedStateBackend(
      KeyedStateBackendParameters<K> parameters) throws IOException {
    Environment environment = parameters.getEnv();
    // Not the temporary directories: programs of the State Processor API know of none.
    NativeLibrary.load(environment.getTaskManagerInfo().getTmpWorkingDirectory().toPath());
    return new KeyedBackendBuilder<>(
            settings,
            parameters,
            latencyTrackingConfigBuilder.setMetricGroup(parameters.getMetricGroup()).build(),
            sizeTrackingConfigBuilder.setMetricGroup(parameters.getMetricGroup()).build(),
            localDirectories(environment)
                .createInstanceDirectory(parameters.getJobID(), parameters.getOperatorIdentifier()))
        .build();
  }

  @Override
  public boolean supportsAsyncKeyedStateBackend() {
    // Every access is done when the call returns. What Flink would put around a backend that says
    // no does not dispose of it.
    return true;
  }

  @Override
  public <K> AsyncKeyedStateBackend<K> createAsyncKeyedStateBackend(
      KeyedStateBackendParameters<K> parameters) throws IOException {
    return new AsyncStateAdaptor<>(createKeyedStateBackend(parameters));
  }

  @Override
  public OperatorStateBackend createOperatorStateBackend(OperatorStateBackendParameters parameters)
      throws BackendBuildingException {
    boolean asynchronousSnapshots = true;
    return new DefaultOperatorStateBackendBuilder(
            parameters.getEnv().getUserCodeClassLoader().asClassLoader(),
            parameters.getEnv().getExecutionConfig(),
            asynchronousSnapshots,
            parameters.getStateHandles(),
            parameters.getCancelStreamRegistry())
        .build();
  }

  private LocalDirectories localDirectories(Environment environment) {
    LocalDirectories turn = localDirectories;
    if (turn == null) {
      Setting<List<String>> configured = settings.localDirectories();
      List<Path> directories =
          configured == null
              ? List.of(environment.getTaskManagerInfo().getTmpWorkingDirectory().toPath())
              : configured.value().stream().map(Path::of).toList();
      turn =
          new LocalDirectories(
              directories, ThreadLocalRandom.current().nextInt(directories.size()));
      localDirectories = turn;
    }
    return turn;
  }

  /** Whether a checkpoint refers to files of earlier ones. */
  public boolean isIncrementalCheckpointsEnabled() {
    return settings.incremental().value();
  }

  /** Sets the directory for databases: an absolute path of the TaskManagers; null for default. */
  public void setDbStoragePath(@Nullable String path) {
    setDbStoragePaths(path == null ? null : new String[] {path});
  }

  /**
   * Sets directories for databases, among which backends are spread: absolute paths of the
   * TaskManagers, or URIs with the scheme {@code file}. Null for the default, the TaskManager's
   * working directory.
   */
  public void setDbStoragePaths(@Nullable String @Nullable ... paths) {
    settings = settings.withLocalDirectories(paths);
    localDirectories = null;
  }

  /** The directories for databases; null for the TaskManager's working directory. */
  public String @Nullable [] getDbStoragePaths() {
    Setting<List<String>> directories = settings.localDirectories();
    return directories == null ? null : directories.value().toArray(String[]::new);
  }

  /** Sets where timers live. */
  public void setPriorityQueueStateType(PriorityQueueStateType priorityQueueStateType) {
    settings = settings.withTimerQueue(Objects.requireNonNull(priorityQueueStateType));
  }

  /** Where timers live. */
  public PriorityQueueStateType getPriorityQueueStateType() {
    return settings.timer().queue().value();
  }

  /** Sets the options of RocksDB that lie beneath those set one by one. */
  public void setPredefinedOptions(PredefinedOptions options) {
    settings = settings.withPredefined(Objects.requireNonNull(options));
  }

  /** The options of RocksDB that lie beneath those set one by one. */
  public PredefinedOptions getPredefinedOptions() {
    return settings.database().predefined().value();
  }

  /**
   * Sets the last word on RocksDB's options. A {@code ConfigurableRocksDBOptionsFactory} is
   * configured when this backend is. Null for none.
   */
  public void setRocksDBOptions(@Nullable RocksDBOptionsFactory optionsFactory) {
    settings = settings.withOptionsFactory(optionsFactory);
  }

  /** The last word on RocksDB's options, if any. */
  public @Nullable RocksDBOptionsFactory getRocksDBOptions() {
    return settings.factory();
  }

  /** Sets how many files a keyed backend moves to or from checkpoint storage at a time. */
  public void setNumberOfTransferThreads(int numberOfTransferThreads) {
    check(numberOfTransferThreads > 0, "The number of transfer threads", numberOfTransferThreads);
    settings = settings.withTransferThreads(numberOfTransferThreads);
  }

  /** How many files a keyed backend moves at a time; negative for the TaskManager's threads. */
  public int getNumberOfTransferThreads() {
    return settings.transfer().threads().value();
  }

  /** Sets how many bytes a write batch collects; 0 for no limit in bytes. */
  public void setWriteBatchSize(long writeBatchSize) {
    check(writeBatchSize >= 0, "The size of a write batch", writeBatchSize);
    settings = settings.withWriteBatchBytes(writeBatchSize);
  }

  /** How many bytes a write batch collects; 0 for no limit in bytes. */
  public long getWriteBatchSize() {
    return settings.database().writeBatchBytes();
  }

  /** Sets whether the slot's managed memory is used; a fixed size for the slot beats it. */
  public void setUseManagedMemory(boolean useManagedMemory) {
    settings = settings.withManagedMemory(useManagedMemory);
  }

  /** Sets a fixed size of memory for each slot; null for none. */
  public void setFixedMemoryPerSlot(@Nullable MemorySize totalMemoryPerSlot) {
    if (totalMemoryPerSlot != null) {
      check(totalMemoryPerSlot.getBytes() > 0, "The memory of a slot", totalMemoryPerSlot);
    }
    settings = settings.withFixedMemoryPerSlot(totalMemoryPerSlot);
  }

  /** Sets which part of the memory memtables may take, between 0 and 1. */
  public void setWriteBufferRatio(double writeBufferRatio) {
    check(isFraction(writeBufferRatio), "The write buffer ratio", writeBufferRatio);
    settings = settings.withWriteBufferRatio(writeBufferRatio);
  }

  /** Sets which part of the cache is kept for index and filter blocks, between 0 and 1. */
  public void setHighPriorityPoolRatio(double highPriorityPoolRatio) {
    check(isFraction(highPriorityPoolRatio), "The high priority pool ratio", highPriorityPoolRatio);
    settings = settings.withHighPriorityPoolRatio(highPriorityPoolRatio);
  }

  @Override
  public String toString() {
    return "BasaltStateBackend{incremental="
        + settings.incremental()
        + ", localDirectories="
        + settings.localDirectories()
        + ", predefinedOptions="
        + settings.database().predefined()
        + ", optionsFactory="
        + settings.optionsFactory()
        + ", timers="
        + settings.timer().queue()
        + ", transferThreads="
        + settings.transfer().threads()
        + "}";
  }

  private static boolean isFraction(double value) {
    return value > 0 && value < 1;
  }

  private static void check(boolean allowed, String what, Object value) {
    if (!allowed) {
      throw new IllegalArgumentException(what + " cannot be " + value + ".");
    }
  }
}
