package io.basalt.statebackend.config;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.apache.flink.state.rocksdb.RocksDBNativeMetricOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * All that can be set of the state backend. Immutable: a program's setter and a configuration each
 * make another one.
 *
 * <p>Serializable, for it travels with the job; free of RocksDB's native code and of the file
 * system, for it is made on the client and the JobManager, too.
 *
 * @param incremental whether a checkpoint refers to files of earlier ones
 * @param localDirectories where databases are kept; null for the TaskManager's working directory
 * @param database RocksDB's options
 * @param memory block cache and memtables
 * @param timer where timers live
 * @param transfer how files move
 * @param restore how native snapshots are rescaled
 * @param collections how large maps and lists are treated
 * @param hotTier how much of the heap live entries may take
 * @param manualCompaction when small files are merged
 * @param nativeMetrics which of RocksDB's figures are reported; see {@link #metrics()}
 * @param optionsFactory the user's last word on RocksDB's options, if any
 */
public record BackendSettings(
    Setting<Boolean> incremental,
    @Nullable Setting<List<String>> localDirectories,
    DatabaseSettings database,
    MemorySettings memory,
    TimerSettings timer,
    TransferSettings transfer,
    RestoreSettings restore,
    CollectionSettings collections,
    HotTierSettings hotTier,
    ManualCompactionSettings manualCompaction,
    RocksDBNativeMetricOptions nativeMetrics,
    @Nullable Setting<RocksDBOptionsFactory> optionsFactory)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** What holds where nothing is set. */
  public static BackendSettings defaults() {
    return new BackendSettings(
        Setting.byDefault(CheckpointingOptions.INCREMENTAL_CHECKPOINTS.defaultValue()),
        null,
        DatabaseSettings.defaults(),
        MemorySettings.defaults(),
        TimerSettings.defaults(),
        TransferSettings.defaults(),
        RestoreSettings.defaults(),
        CollectionSettings.defaults(),
        HotTierSettings.defaults(),
        ManualCompactionSettings.defaults(),
        new RocksDBNativeMetricOptions(),
        null);
  }

  /**
   * These settings, completed by a configuration: what a program or an earlier configuration has
   * chosen stays. Options without a setter (those of {@link DatabaseSettings} below its predefined
   * options, of restore, compaction and metrics) are taken from the new configuration if it has
   * them, as in stock.
   *
   * @param classLoader for the user's options factory
   * @throws IllegalConfigurationException if a value cannot be used; the message has the key, the
   *     value and what is allowed
   */
  public BackendSettings configured(ReadableConfig configuration, ClassLoader classLoader) {
    SettingReader reader = new SettingReader(configuration);
    return new BackendSettings(
        reader.first(incremental, CheckpointingOptions.INCREMENTAL_CHECKPOINTS, Rule.FLAG),
        DirectoryPaths.first(reader, localDirectories),
        database.read(reader),
        memory.read(reader),
        timer.read(reader),
        transfer.read(reader),
        restore.read(reader),
        collections.read(reader),
        hotTier.read(reader),
        manualCompaction.read(reader),
        MetricSettings.read(configuration),
        OptionsFactoryLoader.first(optionsFactory, configuration, classLoader));
  }

  /** The figures to report once the user's options factory has had its say. */
  public MetricSettings metrics() {
    return MetricSettings.of(nativeMetrics, factory());
  }

  /** The user's options factory without its origin. */
  public @Nullable RocksDBOptionsFactory factory() {
    return optionsFactory == null ? null : optionsFactory.value();
  }

  /** With incremental checkpoints or without. */
  public BackendSettings withIncremental(boolean chosen) {
    return copy(
        Setting.byProgram(chosen),
        localDirectories,
        database,
        memory,
        timer,
        transfer,
        optionsFactory);
  }

  /**
   * With directories for databases; null to forget earlier ones.
   *
   * @param chosen absolute paths, or URIs with the scheme {@code file}
   * @throws IllegalArgumentException if there is none, or one is neither
   */
  public BackendSettings withLocalDirectories(@Nullable String @Nullable [] chosen) {
    return copy(
        incremental,
        chosen == null ? null : Setting.byProgram(DirectoryPaths.ofProgram(chosen)),
        database,
        memory,
        timer,
        transfer,
        optionsFactory);
  }

  /** With other predefined options beneath the single options. */
  public BackendSettings withPredefined(PredefinedOptions chosen) {
    SettingReader nothing = new SettingReader(new Configuration());
    return withDatabase(database.withPredefined(Setting.byProgram(chosen), nothing));
  }

  /** With a limit in bytes for write batches, 0 for none. */
  public BackendSettings withWriteBatchBytes(long bytes) {
    return withDatabase(database.withWriteBatchSize(Setting.byProgram(new MemorySize(bytes))));
  }

  /** With timers on the heap or in RocksDB. */
  public BackendSettings withTimerQueue(PriorityQueueStateType chosen) {
    return copy(
        incremental,
        localDirectories,
        database,
        memory,
        timer.withQueue(Setting.byProgram(chosen)),
        transfer,
        optionsFactory);
  }

  /** With a number of transfer threads. */
  public BackendSettings withTransferThreads(int chosen) {
    return copy(
        incremental,
        localDirectories,
        database,
        memory,
        timer,
        new TransferSettings(Setting.byProgram(chosen)),
        optionsFactory);
  }

  /** With an options factory, which is configured when these settings are; null for none. */
  public BackendSettings withOptionsFactory(@Nullable RocksDBOptionsFactory chosen) {
    return copy(
        incremental,
        localDirectories,
        database,
        memory,
        timer,
        transfer,
        chosen == null ? null : Setting.byProgram(chosen));
  }

  /** With managed memory or without. */
  public BackendSettings withManagedMemory(boolean chosen) {
    return withMemory(memory.withManaged(Setting.byProgram(chosen)));
  }

  /** With memory of a fixed size for each slot; null for none. */
  public BackendSettings withFixedMemoryPerSlot(@Nullable MemorySize chosen) {
    return withMemory(memory.withFixedPerSlot(chosen == null ? null : Setting.byProgram(chosen)));
  }

  /** With another part of the memory for memtables. */
  public BackendSettings withWriteBufferRatio(double chosen) {
    return withMemory(memory.withWriteBufferRatio(Setting.byProgram(chosen)));
  }

  /** With another part of the cache for index and filter blocks. */
  public BackendSettings withHighPriorityPoolRatio(double chosen) {
    return withMemory(memory.withHighPriorityPoolRatio(Setting.byProgram(chosen)));
  }

  private BackendSettings withDatabase(DatabaseSettings chosen) {
    return copy(incremental, localDirectories, chosen, memory, timer, transfer, optionsFactory);
  }

  private BackendSettings withMemory(MemorySettings chosen) {
    return copy(incremental, localDirectories, database, chosen, timer, transfer, optionsFactory);
  }

  /** What no program can set stays. */
  private BackendSettings copy(
      Setting<Boolean> newIncremental,
      @Nullable Setting<List<String>> newLocalDirectories,
      DatabaseSettings newDatabase,
      MemorySettings newMemory,
      TimerSettings newTimer,
      TransferSettings newTransfer,
      @Nullable Setting<RocksDBOptionsFactory> newOptionsFactory) {
    return new BackendSettings(
        newIncremental,
        newLocalDirectories,
        newDatabase,
        newMemory,
        newTimer,
        newTransfer,
        restore,
        collections,
        hotTier,
        manualCompaction,
        nativeMetrics,
        newOptionsFactory);
  }
}
