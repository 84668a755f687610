package io.basalt.statebackend.state;

import io.basalt.statebackend.catalog.AccessPatterns;
import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.config.BackendSettings;
import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.hot.Budget;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.schema.KeyGroups;
import io.basalt.statebackend.schema.StateRegistration;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.DatabaseSpecification;
import io.basalt.statebackend.store.ExpiryClock;
import io.basalt.statebackend.store.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.InternalKeyContextImpl;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;

/** States over a real database, put together as the keyed backend does, for one thread. */
public final class StateBench<K> implements AutoCloseable {

  private final Path directory;
  private final TypeSerializer<K> keySerializer;
  private final ExpiryClock clock = new ExpiryClock(this::now);
  private final DatabaseSpecification specification;
  private final InternalKeyContextImpl<K> keyContext;
  private final CompositeKeyWriter<K> keyWriter;
  private CloseableRegistry cancellation = new CloseableRegistry();
  private final long tierBytes;

  /** Also for the threads of compactions. */
  private volatile long now;

  private @Nullable HotStates<K> hot;
  private Database database;
  private Catalog catalog = new Catalog();
  private StateRegistration registration;
  private KeyedStates<K> states;

  public StateBench(Path directory, TypeSerializer<K> keySerializer, int keyGroups)
      throws IOException {
    this(directory, keySerializer, keyGroups, 0, null);
  }

  /**
   * An empty bench.
   *
   * @param tierBytes how much the tier may take; 0 for none
   * @param factory the options of a user
   */
  StateBench(
      Path directory,
      TypeSerializer<K> keySerializer,
      int keyGroups,
      long tierBytes,
      @Nullable RocksDBOptionsFactory factory)
      throws IOException {
    this.tierBytes = tierBytes;
    this.specification =
        new DatabaseSpecification(DatabaseSettings.defaults(), factory, null, List.of(), 0, clock);
    NativeLibrary.load(directory);
    this.directory = directory;
    this.keySerializer = keySerializer;
    this.keyContext = new InternalKeyContextImpl<>(KeyGroupRange.of(0, keyGroups - 1), keyGroups);
    this.keyWriter =
        new CompositeKeyWriter<>(keySerializer, KeyGroupPrefix.forKeyGroups(keyGroups));
    this.database = Database.create(newDirectory(), specification);
    assemble();
  }

  public void selectKey(K key) {
    keyContext.setCurrentKey(key);
    keyContext.setCurrentKeyGroupIndex(
        KeyGroupRangeAssignment.assignToKeyGroup(key, keyContext.getNumberOfKeyGroups()));
    keyWriter.select(key, keyContext.getCurrentKeyGroupIndex());
  }

  /** Registers the state and sets its current namespace; inferred to the kind that is asked for. */
  @SuppressWarnings("TypeParameterUnusedInFormals")
  public <N, V, S extends State, I extends S> I state(
      N namespace, TypeSerializer<N> namespaceSerializer, StateDescriptor<S, V> descriptor)
      throws Exception {
    return state(namespace, namespaceSerializer, descriptor, false);
  }

  @SuppressWarnings({"TypeParameterUnusedInFormals", "unchecked"})
  public <N, V, S extends State, I extends S> I state(
      N namespace,
      TypeSerializer<N> namespaceSerializer,
      StateDescriptor<S, V> descriptor,
      boolean allowFutureMetadataUpdates)
      throws Exception {
    RegisteredState registered =
        registration.register(descriptor, namespaceSerializer, allowFutureMetadataUpdates);
    I state =
        states.createOrUpdate(descriptor, registered, StateSnapshotTransformFactory.noTransform());
    ((InternalKvState<K, N, V>) state).setCurrentNamespace(namespace);
    return state;
  }

  public KeyStreams<K> keyStreams() {
    return new KeyStreams<>(catalog, keyContext, keySerializer, null);
  }

  public Catalog catalog() {
    return catalog;
  }

  public Database database() {
    return database;
  }

  /** The tier, where there is one. */
  HotStates<K> hot() {
    return Objects.requireNonNull(hot);
  }

  private long now() {
    return now;
  }

  /** The time of last access that entries get which a migration makes expire. */
  public void setTime(long newNow) {
    now = newNow;
  }

  /** Tells the time, as every compaction has it told. */
  void tellTime() {
    clock.getAsLong();
  }

  /** What the task does to a registration when it is cancelled. */
  public void cancel() throws IOException {
    cancellation.close();
  }

  /**
   * Goes on as a restored backend: with copies of the files, and with the states unclaimed and
   * described by what a snapshot holds of them.
   */
  public void restore() throws IOException {
    DataOutputSerializer bytes = new DataOutputSerializer(1024);
    new KeyedBackendSerializationProxy<>(keySerializer, catalog.metaInfoSnapshots(), false)
        .write(bytes);
    KeyedBackendSerializationProxy<K> read =
        new KeyedBackendSerializationProxy<>(StateBench.class.getClassLoader());
    read.read(new DataInputDeserializer(bytes.getCopyOfBuffer()));

    Path target = newDirectory();
    database.linkFiles(target);
    database.close();
    List<StateMetaInfoSnapshot> snapshots = read.getStateMetaInfoSnapshots();
    database =
        Database.openFiles(
            target,
            specification,
            snapshots.stream()
                .collect(Collectors.toMap(StateMetaInfoSnapshot::getName, AccessPatterns::of)));
    catalog = new Catalog();
    for (StateMetaInfoSnapshot snapshot : snapshots) {
      catalog.addRestored(database.find(snapshot.getName()), snapshot);
    }
    cancellation = new CloseableRegistry();
    assemble();
  }

  @Override
  public void close() {
    if (hot != null) {
      hot.close();
    }
    database.close();
  }

  private void assemble() {
    registration =
        new StateRegistration(
            database,
            catalog,
            new KeyGroups(
                keyContext.getKeyGroupRange(),
                KeyGroupPrefix.forKeyGroups(keyContext.getNumberOfKeyGroups())),
            this::now,
            cancellation);
    hot =
        tierBytes == 0
            ? null
            : new HotStates<>(
                database,
                keySerializer,
                KeyGroupPrefix.forKeyGroups(keyContext.getNumberOfKeyGroups()),
                new Budget(tierBytes).share());
    states =
        new KeyedStates<>(
            keyContext,
            keySerializer,
            keyWriter,
            database,
            hot,
            BackendSettings.defaults().collections(),
            clock);
  }

  private Path newDirectory() {
    return directory.resolve("db-" + UUID.randomUUID());
  }
}
