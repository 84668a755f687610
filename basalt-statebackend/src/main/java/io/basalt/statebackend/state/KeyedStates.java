package io.basalt.statebackend.state;

import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.config.CollectionSettings;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.ExpiryClock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.InternalKeyContext;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.jspecify.annotations.Nullable;

/**
 * The state objects of one keyed state backend, by name: creates them, and gives an existing one
 * new serializers, functions and default value when its state is registered again.
 *
 * <p>Task thread only. Holds no native resources; the states are used no more once the database is
 * closed.
 *
 * @param <K> the type of the key
 */
public final class KeyedStates<K> {

  private final StateContext<K> context;
  private final Map<String, KeyedState<K, ?, ?>> created = new HashMap<>();

  /**
   * The states over one database.
   *
   * @param keyContext says which key is the current one
   * @param hot keeps live entries; null for none
   * @param collections how large maps and lists are treated
   * @param clock by which states expire, that of the database
   * @param keyWriter writes the keys of entries; whoever changes the current key selects it there
   */
  public KeyedStates(
      InternalKeyContext<K> keyContext,
      TypeSerializer<K> keySerializer,
      CompositeKeyWriter<K> keyWriter,
      Database database,
      @Nullable HotStates<K> hot,
      CollectionSettings collections,
      ExpiryClock clock) {
    this.context =
        new StateContext<>(
            keyContext,
            keySerializer,
            keyWriter,
            KeyGroupPrefix.forKeyGroups(keyContext.getNumberOfKeyGroups()),
            database,
            hot,
            collections,
            clock);
  }

  /**
   * The state object for a descriptor whose state has just been registered.
   *
   * @param state its entry of the catalog, with the serializers to use; its meta information gets
   *     the filter for snapshots
   * @param elementFilter filters single values (of a list or map: its elements or values) when a
   *     canonical snapshot is written
   */
  // Flink's own factory methods are of this shape, and this one is called from there.
  @SuppressWarnings("TypeParameterUnusedInFormals")
  public <N, V, E, S extends State, I extends S> I createOrUpdate(
      StateDescriptor<S, V> descriptor,
      RegisteredState state,
      StateSnapshotTransformFactory<E> elementFilter) {
    // Registration has checked that the state is one of the kind that the descriptor describes.
    @SuppressWarnings("unchecked")
    RegisteredKeyValueStateBackendMetaInfo<N, V> metaInfo =
        (RegisteredKeyValueStateBackendMetaInfo<N, V>) state.metaInfo();
    StateBinding<K, N, V> binding =
        new StateBinding<>(
            context,
            state.table(),
            metaInfo.getNamespaceSerializer(),
            metaInfo.getStateSerializer(),
            state.isNew(),
            descriptor);
    metaInfo.updateSnapshotTransformFactory(
        SnapshotFilters.of(elementFilter, metaInfo.getStateSerializer()));

    // The state of a name keeps its kind; see above.
    @SuppressWarnings("unchecked")
    KeyedState<K, N, V> existing = (KeyedState<K, N, V>) created.get(state.name());
    KeyedState<K, N, V> result;
    if (existing == null) {
      result = create(binding);
      created.put(state.name(), result);
    } else {
      existing.rebind(binding);
      result = existing;
    }
    // Flink's interface of the kind extends the one the descriptor names.
    @SuppressWarnings("unchecked")
    I cast = (I) result;
    return cast;
  }

  // Each kind of descriptor fixes what the value is: a list's is a list, a map's a map.
  @SuppressWarnings("unchecked")
  private static <K, N, V> KeyedState<K, N, V> create(StateBinding<K, N, V> binding) {
    StateDescriptor<?, V> descriptor = binding.descriptor();
    return switch (descriptor.getType()) {
      case VALUE -> new KeyedValueState<>(binding);
      case LIST ->
          (KeyedState<K, N, V>)
              new KeyedListState<>(
                  (StateBinding<K, N, List<Object>>) (StateBinding<K, N, ?>) binding);
      case MAP ->
          (KeyedState<K, N, V>)
              new KeyedMapState<>(
                  (StateBinding<K, N, Map<Object, Object>>) (StateBinding<K, N, ?>) binding);
      case REDUCING -> new KeyedReducingState<>(binding);
      case AGGREGATING -> new KeyedAggregatingState<>(binding);
      default ->
          throw new UnsupportedOperationException(
              "State '"
                  + descriptor.getName()
                  + "' is of the kind "
                  + descriptor.getType()
                  + ", which is not supported: use value, list, map, reducing or aggregating state.");
    };
  }
}
