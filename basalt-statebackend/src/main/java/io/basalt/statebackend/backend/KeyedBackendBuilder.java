package io.basalt.statebackend.backend;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.compaction.SmallFileMerges;
import io.basalt.statebackend.config.BackendSettings;
import io.basalt.statebackend.config.MetricSettings;
import io.basalt.statebackend.config.Origin;
import io.basalt.statebackend.config.RestoreSettings;
import io.basalt.statebackend.config.Setting;
import io.basalt.statebackend.config.TransferSettings;
import io.basalt.statebackend.hot.Budget;
import io.basalt.statebackend.hot.Epochs;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.metrics.ChoiceMetrics;
import io.basalt.statebackend.metrics.HotMetrics;
import io.basalt.statebackend.metrics.NativeMetrics;
import io.basalt.statebackend.restore.HandleBytes;
import io.basalt.statebackend.restore.KeyedStateRestore;
import io.basalt.statebackend.restore.RescaleSettings;
import io.basalt.statebackend.restore.RestoreRequest;
import io.basalt.statebackend.restore.RestoredState;
import io.basalt.statebackend.schema.KeyGroups;
import io.basalt.statebackend.schema.StateRegistration;
import io.basalt.statebackend.snapshot.KeyedStateSnapshots;
import io.basalt.statebackend.snapshot.SnapshotSettings;
import io.basalt.statebackend.snapshot.SnapshotSources;
import io.basalt.statebackend.state.HotStates;
import io.basalt.statebackend.state.KeyStreams;
import io.basalt.statebackend.state.KeyedStates;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.store.ExpiryClock;
import io.basalt.statebackend.store.MemoryShare;
import io.basalt.statebackend.timer.TimerQueues;
import io.basalt.statebackend.transfer.Transfers;
import io.basalt.statebackend.ttl.CompactionExpiry;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.entrypoint.ClusterEntrypointUtils;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.state.AbstractStateBackend;
import org.apache.flink.runtime.state.BackendBuildingException;
import org.apache.flink.runtime.state.InternalKeyContext;
import org.apache.flink.runtime.state.InternalKeyContextImpl;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.StateBackend.KeyedStateBackendParameters;
import org.apache.flink.runtime.state.StateSerializerProvider;
import org.apache.flink.runtime.state.StreamCompressionDecorator;
import org.apache.flink.runtime.state.metrics.LatencyTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.SizeTrackingStateConfig;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a keyed backend together: shared memory, restore, and the packages wired to each other. If
 * any step fails, what the steps before took is given back and the local files are deleted, so that
 * Flink can try the next copy of the state. Task thread.
 *
 * @param <K> the type of the key
 */
public final class KeyedBackendBuilder<K> {

  private static final Logger LOG = LoggerFactory.getLogger(KeyedBackendBuilder.class);

  private final BackendSettings settings;
  private final KeyedStateBackendParameters<K> parameters;
  private final ExpiryClock clock;
  private final LatencyTrackingStateConfig latencyTracking;
  private final SizeTrackingStateConfig sizeTracking;
  private final Path instanceDirectory;

  /**
   * A backend to be built.
   *
   * @param instanceDirectory an empty directory, the backend's own from now on: it deletes it
   */
  public KeyedBackendBuilder(
      BackendSettings settings,
      KeyedStateBackendParameters<K> parameters,
      LatencyTrackingStateConfig latencyTracking,
      SizeTrackingStateConfig sizeTracking,
      Path instanceDirectory) {
    this.settings = settings;
    this.parameters = parameters;
    this.clock = new ExpiryClock(parameters.getTtlTimeProvider()::currentTimestamp);
    this.latencyTracking = latencyTracking;
    this.sizeTracking = sizeTracking;
    this.instanceDirectory = instanceDirectory;
  }

  /**
   * Restores the state and gives the backend that owns it; the caller disposes it.
   *
   * @throws BackendBuildingException naming the operator and the directory, with the reason
   */
  public BasaltKeyedStateBackend<K> build() throws BackendBuildingException {
    BackendResources resources = new BackendResources();
    resources.ownDirectory(instanceDirectory);
    try {
      return build(resources);
    } catch (Exception e) {
      resources.close();
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new BackendBuildingException(
          "Could not "
              + (parameters.getStateHandles().isEmpty() ? "create" : "restore")
              + " the keyed state of operator "
              + parameters.getOperatorIdentifier()
              + " in "
              + instanceDirectory
              + ": "
              + e.getMessage(),
          e);
    } catch (Error e) {
      resources.close();
      throw e;
    }
  }

  private BasaltKeyedStateBackend<K> build(BackendResources resources) throws Exception {
    Environment environment = parameters.getEnv();
    KeyGroupRange range = parameters.getKeyGroupRange();
    // The backend's own, closed by the backend: Flink closes the one in the parameters as soon as
    // the restore is over, and nothing could be snapshotted after that.
    CloseableRegistry cancellation = new CloseableRegistry();
    StateSerializerProvider<K> keySerializerProvider =
        StateSerializerProvider.fromNewRegisteredSerializer(parameters.getKeySerializer());

    RestoredState restored = restore(resources, keySerializerProvider);
    Database database = resources.ownDatabase(restored.database());
    resources.ownReader(SmallFileMerges.start(database, settings.manualCompaction()));
    Catalog catalog = restored.catalog();

    // Only now: a restore may have reconfigured it.
    TypeSerializer<K> keySerializer = keySerializerProvider.currentSchemaSerializer();
    InternalKeyContext<K> keyContext =
        new InternalKeyContextImpl<>(range, parameters.getNumberOfKeyGroups());
    KeyGroupPrefix prefix = KeyGroupPrefix.forKeyGroups(parameters.getNumberOfKeyGroups());
    CompositeKeyWriter<K> keyWriter = new CompositeKeyWriter<>(keySerializer, prefix);
    HotStates<K> hotStates = hotStates(resources, database, keySerializer, prefix);
    StreamCompressionDecorator compression =
        AbstractStateBackend.getCompressionDecorator(environment.getExecutionConfig());
    TimerQueues timers =
        TimerQueues.create(
            settings.timer().queue().value(),
            database,
            catalog,
            range,
            parameters.getNumberOfKeyGroups(),
            settings.timer().cacheSize().value(),
            hotStates == null ? null : hotStates::keys);
    KeyedStateSnapshots<K> snapshots =
        new KeyedStateSnapshots<>(
            new SnapshotSources<>(
                database,
                hotStates == null ? Epochs.NONE : hotStates,
                catalog,
                timers::heapQueues,
                keySerializer,
                range,
                prefix),
            new SnapshotSettings(
                instanceDirectory,
                environment.getTaskStateManager().createLocalRecoveryConfig(),
                compression,
                cancellation,
                settings.incremental().value(),
                transferThreads()),
            restored.history());
    TableWatch tableWatch = watch(database, hotStates);
    return new BasaltKeyedStateBackend<>(
        new BackendParts<>(
            parameters,
            keySerializer,
            latencyTracking,
            sizeTracking,
            cancellation,
            compression,
            keyContext,
            keyWriter,
            catalog,
            new StateRegistration(
                database,
                catalog,
                new KeyGroups(range, prefix),
                parameters.getTtlTimeProvider(),
                cancellation),
            new CompactionExpiry(settings.database().compactionFilter()),
            new KeyedStates<>(
                keyContext,
                keySerializer,
                keyWriter,
                database,
                hotStates,
                settings.collections(),
                clock),
            hotStates,
            new KeyStreams<>(catalog, keyContext, keySerializer, hotStates),
            timers,
            settings.timer().queue().value() == PriorityQueueStateType.HEAP,
            snapshots,
            tableWatch),
        resources);
  }

  private RestoredState restore(
      BackendResources resources, StateSerializerProvider<K> keySerializerProvider)
      throws Exception {
    Environment environment = parameters.getEnv();
    MemoryShare memory =
        resources.ownMemory(
            SharedMemory.lease(
                settings.memory(), environment, parameters.getManagedMemoryFraction()));
    long expectedBytes = expectedBytes();
    if (memory != null) {
      LOG.info(
          "Files of {} get {}: there are {} bytes of state to begin with, and {} bytes for blocks"
              + " in memory. To pin it, set state.backend.rocksdb.memory.partitioned-index-filters.",
          parameters.getOperatorIdentifier(),
          memory.usesIndexPartitions(expectedBytes)
              ? "partitioned indexes and filters"
              : "one index and one filter each",
          expectedBytes,
          memory.bytesForBlocks());
    }
    DatabaseSpecification specification =
        new DatabaseSpecification(
            settings.database(), settings.factory(), memory, tickers(), expectedBytes, clock);
    return KeyedStateRestore.restore(
        new RestoreRequest<>(
            parameters.getStateHandles(),
            parameters.getKeyGroupRange(),
            parameters.getNumberOfKeyGroups(),
            keySerializerProvider,
            environment.getUserCodeClassLoader().asClassLoader(),
            specification,
            instanceDirectory,
            new Transfers(transferThreads()),
            rescaleSettings(settings.restore()),
            settings.restore().verify().value(),
            parameters.getCancelStreamRegistry(),
            parameters.getCustomInitializationMetrics()));
  }

  /** Stock's defaults are its slow ways; whoever asks for them by name gets them. */
  private static RescaleSettings rescaleSettings(RestoreSettings restore) {
    return new RescaleSettings(
        restore.overlapFraction().value(),
        isNotRefused(restore.ingestDatabases()),
        isNotRefused(restore.deleteFilesInRange()),
        isNotRefused(restore.compactAfterRescale()));
  }

  private static boolean isNotRefused(Setting<Boolean> way) {
    return way.origin() == Origin.DEFAULT || way.value();
  }

  /** Null if there is to be no tier. */
  private @Nullable HotStates<K> hotStates(
      BackendResources resources,
      Database database,
      TypeSerializer<K> keySerializer,
      KeyGroupPrefix prefix) {
    long bytes =
        settings.hotTier().bytes(parameters.getEnv().getTaskManagerInfo().getConfiguration());
    if (bytes == 0) {
      return null;
    }
    // Before the states, which duplicate a serializer of the user's: what that may throw must not
    // leave a share of the process's budget behind.
    Budget.Share share = resources.own(Budget.ofProcess(bytes).share());
    return resources.own(new HotStates<>(database, keySerializer, prefix, share));
  }

  private List<String> tickers() {
    Stream<String> expired =
        countsExpired() ? Stream.of(NativeMetrics.EXPIRED_TICKER) : Stream.empty();
    return Stream.concat(settings.metrics().tickers().stream(), expired).toList();
  }

  private boolean countsExpired() {
    return settings.database().compactionFilter().countsExpired().value();
  }

  /** What the handles say of the task's key groups. */
  private long expectedBytes() {
    long bytes = 0;
    for (@Nullable KeyedStateHandle handle : parameters.getStateHandles()) {
      if (handle == null) {
        // A snapshot of nothing.
        continue;
      }
      bytes += HandleBytes.within(handle, parameters.getKeyGroupRange());
    }
    return bytes;
  }

  private TableWatch watch(Database database, @Nullable HotStates<K> hotStates) {
    MetricSettings metrics = settings.metrics();
    NativeMetrics nativeMetrics =
        new NativeMetrics(
            parameters.getMetricGroup(),
            database,
            metrics.properties(),
            metrics.tickers(),
            metrics.columnFamilyAsVariable());
    if (countsExpired()) {
      nativeMetrics.countExpired();
    }
    TableWatch watch =
        new TableWatch(
            database,
            nativeMetrics,
            new ChoiceMetrics(parameters.getMetricGroup(), database),
            hotStates == null
                ? null
                : new HotMetrics(parameters.getMetricGroup(), hotStates.tier()));
    watch.look();
    return watch;
  }

  /** Where the TaskManager's threads are asked for, as many of our own: they can be cancelled. */
  private int transferThreads() {
    TransferSettings transfer = settings.transfer();
    return transfer.usesTaskManagerThreads()
        ? ClusterEntrypointUtils.getPoolSize(
            parameters.getEnv().getTaskManagerInfo().getConfiguration())
        : transfer.ownThreads();
  }
}
