package io.basalt.statebackend.state;

import static org.apache.flink.util.Preconditions.checkNotNull;

import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.store.Lease;
import io.basalt.statebackend.store.Table;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.queryablestate.client.state.serialization.KvStateSerializer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.internal.InternalKvState;
import org.jspecify.annotations.Nullable;

/**
 * A state as Flink sees it: gives the operations the current key and the current namespace.
 *
 * <p>Task thread only, but for {@link #getSerializedValue} of a queryable state.
 *
 * @param <K> the type of the key
 * @param <N> the type of the namespace
 * @param <V> the type of what is held under a key and namespace
 */
abstract class KeyedState<K, N, V> implements InternalKvState<K, N, V> {

  private final StateContext<K> context;
  private final Table table;
  private StateBinding<K, N, V> binding;
  private @Nullable N currentNamespace;

  KeyedState(StateBinding<K, N, V> binding) {
    this.context = binding.context();
    this.table = binding.table();
    this.binding = binding;
  }

  /** Goes on with the serializers, functions and default value of a new registration. */
  void rebind(StateBinding<K, N, V> newBinding) {
    this.binding = newBinding;
  }

  abstract EntryOperations<K, N, V> operations();

  /**
   * What {@link #getSerializedValue} answers. Runs on any thread, beside the task thread: may use
   * the table and what it is given, nothing else.
   */
  byte @Nullable [] readSerialized(
      Table source, byte[] entryKey, TypeSerializer<V> safeValueSerializer) throws Exception {
    // What is stored is what Flink's queryable state wants: the serializer's bytes.
    return source.get(entryKey);
  }

  final K currentKey() {
    return checkNotNull(
        context.keyContext().getCurrentKey(),
        "No key is set: keyed state can only be used where there is a current key.");
  }

  final int currentKeyGroup() {
    return context.keyContext().getCurrentKeyGroupIndex();
  }

  final N currentNamespace() {
    return checkNotNull(currentNamespace, "No namespace is set.");
  }

  @Override
  public final void setCurrentNamespace(N namespace) {
    currentNamespace = checkNamespace(namespace);
  }

  static <N> N checkNamespace(@Nullable N namespace) {
    return checkNotNull(namespace, "A namespace must not be null.");
  }

  @Override
  public final void clear() {
    operations().remove(currentKey(), currentKeyGroup(), currentNamespace());
  }

  @Override
  public final TypeSerializer<K> getKeySerializer() {
    return context.keySerializer();
  }

  @Override
  public final TypeSerializer<N> getNamespaceSerializer() {
    return binding.namespaceSerializer();
  }

  @Override
  public final TypeSerializer<V> getValueSerializer() {
    return binding.valueSerializer();
  }

  @Override
  public final byte @Nullable [] getSerializedValue(
      byte[] serializedKeyAndNamespace,
      TypeSerializer<K> safeKeySerializer,
      TypeSerializer<N> safeNamespaceSerializer,
      TypeSerializer<V> safeValueSerializer)
      throws Exception {
    checkNotNull(safeValueSerializer);
    Tuple2<K, N> keyAndNamespace =
        KvStateSerializer.deserializeKeyAndNamespace(
            checkNotNull(serializedKeyAndNamespace),
            checkNotNull(safeKeySerializer),
            checkNotNull(safeNamespaceSerializer));
    int keyGroup =
        KeyGroupRangeAssignment.assignToKeyGroup(
            keyAndNamespace.f0, context.keyContext().getNumberOfKeyGroups());
    // The writer and the namespace serializer of the task thread are not for this one.
    byte[] entryKey =
        new CompositeKeyWriter<>(safeKeySerializer, context.prefix())
            .write(keyAndNamespace.f0, keyGroup, keyAndNamespace.f1, safeNamespaceSerializer);
    if (!binding.isReadByOthers()) {
      // Nobody else can reach it, so this is the task thread, which may have it in the tier.
      table.handOver();
    }
    try (Lease lease = context.database().lease()) {
      return readSerialized(table, entryKey, safeValueSerializer);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnsupportedOperationException if the state has a time to live and the job has not asked
   *     for incremental cleanup, see {@link IncrementalCleanup}
   */
  @Override
  public final StateIncrementalVisitor<K, N, V> getStateIncrementalVisitor(
      int recommendedMaxNumberOfReturnedRecords) {
    IncrementalCleanup.checkVisitable(binding.descriptor());
    return new EntryVisitor<>(binding, this::operations, recommendedMaxNumberOfReturnedRecords);
  }
}
