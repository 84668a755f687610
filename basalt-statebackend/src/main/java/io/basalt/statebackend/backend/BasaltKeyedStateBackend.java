package io.basalt.statebackend.backend;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.schema.StateRegistration;
import io.basalt.statebackend.snapshot.KeyedStateSnapshots;
import io.basalt.statebackend.state.HotStates;
import io.basalt.statebackend.state.KeyStreams;
import io.basalt.statebackend.state.KeyedStates;
import io.basalt.statebackend.timer.CopiedTimers;
import io.basalt.statebackend.timer.TimerQueues;
import io.basalt.statebackend.ttl.CompactionExpiry;
import java.util.List;
import java.util.concurrent.RunnableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.Keyed;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.PriorityComparable;
import org.apache.flink.runtime.state.SavepointResources;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueElement;
import org.jspecify.annotations.Nullable;

/**
 * The keyed state of one subtask of one operator, as Flink sees it.
 *
 * <p>A façade: it knows the current key and hands everything else to the package that owns it. Task
 * thread, except that the asynchronous part of a snapshot runs on a thread of Flink's and {@link
 * #close()} may come from the thread that cancels the task.
 *
 * @param <K> the type of the key
 */
public final class BasaltKeyedStateBackend<K> extends AbstractKeyedStateBackend<K> {

  private final CompositeKeyWriter<K> keyWriter;
  private final Catalog catalog;
  private final StateRegistration registration;
  private final CompactionExpiry expiry;
  private final KeyedStates<K> states;
  private final @Nullable HotStates<K> hotStates;
  private final KeyStreams<K> keyStreams;
  private final TimerQueues timers;
  private final KeyedStateSnapshots<K> snapshots;
  private final TableWatch tableWatch;
  private final BackendResources resources;
  private final boolean timersOnHeap;
  private boolean rawTimersAreWritten;
  private boolean disposed;

  BasaltKeyedStateBackend(BackendParts<K> parts, BackendResources resources) {
    super(
        parts.parameters().getKvStateRegistry(),
        parts.keySerializer(),
        parts.parameters().getEnv().getUserCodeClassLoader().asClassLoader(),
        parts.parameters().getEnv().getExecutionConfig(),
        parts.parameters().getTtlTimeProvider(),
        parts.latencyTracking(),
        parts.sizeTracking(),
        parts.cancellation(),
        parts.compression(),
        parts.keyContext());
    this.keyWriter = parts.keyWriter();
    this.catalog = parts.catalog();
    this.registration = parts.registration();
    this.expiry = parts.expiry();
    this.states = parts.states();
    this.hotStates = parts.hotStates();
    this.keyStreams = parts.keyStreams();
    this.timers = parts.timers();
    this.timersOnHeap = parts.timersOnHeap();
    this.snapshots = parts.snapshots();
    this.tableWatch = parts.tableWatch();
    this.resources = resources;
  }

  @Override
  public void setCurrentKey(K newKey) {
    super.setCurrentKey(newKey);
    keyWriter.select(newKey, getCurrentKeyGroupIndex());
  }

  @Override
  public void setCurrentKeyAndKeyGroup(K newKey, int newKeyGroupIndex) {
    super.setCurrentKeyAndKeyGroup(newKey, newKeyGroupIndex);
    keyWriter.select(newKey, newKeyGroupIndex);
  }

  @Override
  public <N> Stream<K> getKeys(String state, N namespace) {
    return keyStreams.keys(state, namespace);
  }

  @Override
  public <N> Stream<K> getKeys(List<String> stateNames, N namespace) {
    return keyStreams.keys(stateNames, namespace);
  }

  @Override
  public <N> Stream<Tuple2<K, N>> getKeysAndNamespaces(String state) {
    return keyStreams.keysAndNamespaces(state);
  }

  // The shape of the method is Flink's.
  @SuppressWarnings("TypeParameterUnusedInFormals")
  @Override
  public <N, SV, SEV, S extends State, IS extends S> IS createOrUpdateInternalState(
      TypeSerializer<N> namespaceSerializer,
      StateDescriptor<S, SV> descriptor,
      StateSnapshotTransformFactory<SEV> elementFilter)
      throws Exception {
    return createOrUpdateInternalState(namespaceSerializer, descriptor, elementFilter, false);
  }

  // The shape of the method is Flink's.
  @SuppressWarnings("TypeParameterUnusedInFormals")
  @Override
  public <N, SV, SEV, S extends State, IS extends S> IS createOrUpdateInternalState(
      TypeSerializer<N> namespaceSerializer,
      StateDescriptor<S, SV> descriptor,
      StateSnapshotTransformFactory<SEV> elementFilter,
      boolean allowFutureMetadataUpdates)
      throws Exception {
    RegisteredState state =
        registration.register(descriptor, namespaceSerializer, allowFutureMetadataUpdates);
    expiry.start(descriptor, state);
    IS created = states.createOrUpdate(descriptor, state, elementFilter);
    tableWatch.look();
    return created;
  }

  @Override
  public <T extends HeapPriorityQueueElement & PriorityComparable<? super T> & Keyed<?>>
      KeyGroupedInternalPriorityQueue<T> create(
          String stateName, TypeSerializer<T> byteOrderedElementSerializer) {
    return create(stateName, byteOrderedElementSerializer, false);
  }

  @Override
  public <T extends HeapPriorityQueueElement & PriorityComparable<? super T> & Keyed<?>>
      KeyGroupedInternalPriorityQueue<T> create(
          String stateName,
          TypeSerializer<T> byteOrderedElementSerializer,
          boolean allowFutureMetadataUpdates) {
    KeyGroupedInternalPriorityQueue<T> queue =
        timers.create(stateName, byteOrderedElementSerializer, allowFutureMetadataUpdates);
    tableWatch.look();
    return queue;
  }

  @Override
  public boolean requiresLegacySynchronousTimerSnapshots(SnapshotType checkpointType) {
    rawTimersAreWritten = timers.requiresRawKeyedState(checkpointType);
    return rawTimersAreWritten;
  }

  @Override
  public RunnableFuture<SnapshotResult<KeyedStateHandle>> snapshot(
      long checkpointId,
      long timestamp,
      CheckpointStreamFactory streamFactory,
      CheckpointOptions checkpointOptions)
      throws Exception {
    // An operator asks before every snapshot and writes the timers itself if told to. A changelog
    // above does neither.
    boolean covered =
        rawTimersAreWritten || !timers.requiresRawKeyedState(checkpointOptions.getCheckpointType());
    rawTimersAreWritten = false;
    if (covered) {
      return snapshots.snapshot(checkpointId, timestamp, streamFactory, checkpointOptions);
    }
    try (CopiedTimers copies = timers.copyIntoTables()) {
      return snapshots.snapshot(checkpointId, timestamp, streamFactory, checkpointOptions);
    }
  }

  @Override
  public SavepointResources<K> savepoint() throws Exception {
    return snapshots.savepoint();
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    snapshots.notifyCheckpointComplete(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) {
    snapshots.notifyCheckpointAborted(checkpointId);
  }

  @Override
  public void notifyCheckpointSubsumed(long checkpointId) {
    snapshots.notifyCheckpointSubsumed(checkpointId);
  }

  /**
   * {@code rocksdb}, because Flink SQL chooses by this name the operators that rely on map entries
   * coming in the order of their serialized keys, which they do here too.
   */
  @Override
  public String getBackendTypeIdentifier() {
    return StateBackendLoader.ROCKSDB_STATE_BACKEND_NAME;
  }

  /**
   * Whether nothing keeps a caller's key or namespace that could be changed: every state serializes
   * those before a call returns (the tier keeps objects that nobody can change), but a queue of
   * timers on the heap keeps the element it was given.
   */
  @Override
  public boolean isSafeToReuseKVState() {
    return !timersOnHeap;
  }

  /**
   * Compacts all entries of a state and waits for it: expired ones are gone then. For tools and
   * tests.
   *
   * @throws IllegalArgumentException if there is no state of the descriptor's name
   */
  public void compactState(StateDescriptor<?, ?> descriptor) {
    RegisteredState state = catalog.find(descriptor.getName());
    if (state == null) {
      throw new IllegalArgumentException(
          "There is no state '" + descriptor.getName() + "' to compact: register it first.");
    }
    state.table().compact();
    if (hotStates != null) {
      // It may have copies of what is gone now.
      hotStates.forget(state.table());
    }
  }

  /** For tests: counts every entry of every key/value state by walking over them. */
  @Override
  public int numKeyValueStateEntries() {
    return EntryCount.of(catalog, keyGroupRange, numberOfKeyGroups);
  }

  /**
   * Ends running snapshots, closes the database and deletes its files, or leaves that to a thread
   * if a savepoint cannot be ended. Checkpoints are not touched. May be called twice.
   */
  @Override
  public void dispose() {
    if (disposed) {
      return;
    }
    disposed = true;
    if (hotStates != null) {
      hotStates.abandon();
    }
    try {
      // First: closing the cancellation registry makes running snapshots give their leases back.
      super.dispose();
    } finally {
      resources.closeUnderReaders();
    }
  }
}
