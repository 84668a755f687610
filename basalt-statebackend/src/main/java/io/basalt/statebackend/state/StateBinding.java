package io.basalt.statebackend.state;

import io.basalt.statebackend.store.Table;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What one registration of a state says. A state that is registered again keeps its object and its
 * table and gets a new binding.
 *
 * @param namespaceSerializer the serializer to use, which need not be the one the job has brought
 * @param valueSerializer the same, for what is held under a key and namespace
 * @param descriptor the functions, default value and expiry the job asks for
 */
record StateBinding<K, N, V>(
    StateContext<K> context,
    Table table,
    TypeSerializer<N> namespaceSerializer,
    TypeSerializer<V> valueSerializer,
    StateDescriptor<?, V> descriptor) {

  EntryKeys<K, N> entryKeys() {
    return new EntryKeys<>(context.keyWriter(), namespaceSerializer);
  }

  /**
   * The operations on states that hold what they hold in one entry, as their serializer writes. Not
   * in the tier if other threads may read the state at any moment: only the task thread sees that.
   */
  EntryOperations<K, N, V> valueOperations() {
    HotStates<K> hot = context.hot();
    return hot == null || isReadByOthers()
        ? new ValueOperations<>(table, entryKeys(), valueSerializer)
        : hot.values(this);
  }

  /** The entries of states that hold what they hold in several, in the tier as above. */
  EntryStore entryStore() {
    HotStates<K> hot = context.hot();
    return hot == null || isReadByOthers()
        ? new TableEntries(context.database(), table)
        : hot.entries(table);
  }

  /** Lists in the tier as above, or null. */
  @Nullable HotLists hotLists() {
    HotStates<K> hot = context.hot();
    return hot == null || isReadByOthers() ? null : hot.lists(table);
  }

  /** Whether other threads may read the state at any moment. */
  // Deprecated, but as long as Flink has it jobs may use it.
  @SuppressWarnings("deprecation")
  boolean isReadByOthers() {
    return descriptor.isQueryable();
  }
}
