package io.basalt.statebackend.state;

import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.layout.CompositeKeyWriter;
import io.basalt.statebackend.store.Database;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.InternalKeyContext;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;

/**
 * The state objects of one keyed state backend, by name: creates them, and gives an existing one new
 * serializers, functions and default value when its state is registered again.
 *
 * <p>Task thread only. Holds no native resources; the states are used no more once the database is
 * closed.
 *
 * @param <K> the type of the key
 */
public final class KeyedStates<K> {

  /**
   * The states over one database.
   *
   * @param keyContext says which key is the current one
   * @param keys writes the keys of entries; whoever changes the current key selects it there too
   */
  public KeyedStates(
      InternalKeyContext<K> keyContext,
      TypeSerializer<K> keySerializer,
      CompositeKeyWriter<K> keys,
      Database database) {}

  /**
   * The state object for a descriptor whose state has just been registered.
   *
   * @param state its entry of the catalog, with the serializers to use; its meta information gets
   *     the filter for snapshots
   * @param elementFilter filters single values (of a list or map: its elements or values) when a
   *     canonical snapshot is written
   */
  public <N, V, E, S extends State, I extends S> I createOrUpdate(
      StateDescriptor<S, V> descriptor,
      RegisteredState state,
      StateSnapshotTransformFactory<E> elementFilter) {
    throw new UnsupportedOperationException("not written yet");
  }
}
