package io.basalt.statebackend.state;

import io.basalt.statebackend.store.Table;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What one registration of a state says. A state that is registered again keeps its object and its
 * table and gets a new binding.
 *
 * @param namespaceSerializer the serializer to use, which need not be the one the job has brought
 * @param valueSerializer the same, for what is held under a key and namespace
 * @param isNew whether the table has never had an entry
 * @param descriptor the functions, default value and expiry the job asks for
 */
record StateBinding<K, N, V>(
    StateContext<K> context,
    Table table,
    TypeSerializer<N> namespaceSerializer,
    TypeSerializer<V> valueSerializer,
    boolean isNew,
    StateDescriptor<?, V> descriptor) {

  EntryKeys<K, N> entryKeys() {
    return new EntryKeys<>(context.keyWriter(), namespaceSerializer);
  }

  /** The operations on states that hold what they hold in one entry, as their serializer writes. */
  EntryOperations<K, N, V> valueOperations() {
    HotStates<K> hot = hot();
    return hot == null
        ? new ValueOperations<>(table, entryKeys(), valueSerializer)
        : hot.values(this);
  }

  /**
   * The tier, or null if the state is not kept in it: if other threads may read the state at any
   * moment, for only the task thread sees what is there; and if expired entries of a map can be
   * seen, for compactions take them away below, and who clears the map would not find them.
   */
  @Nullable HotStates<K> hot() {
    HotStates<K> hot = context.hot();
    if (hot != null && (isReadByOthers() || showsExpiredEntries())) {
      hot.release(table);
      return null;
    }
    return hot;
  }

  private boolean showsExpiredEntries() {
    StateTtlConfig expiry = descriptor.getTtlConfig();
    return descriptor.getType() == StateDescriptor.Type.MAP
        && expiry.isEnabled()
        && expiry.getStateVisibility()
            == StateTtlConfig.StateVisibility.ReturnExpiredIfNotCleanedUp;
  }

  /** Whether other threads may read the state at any moment. */
  // Deprecated, but as long as Flink has it jobs may use it.
  @SuppressWarnings("deprecation")
  boolean isReadByOthers() {
    return descriptor.isQueryable();
  }
}
