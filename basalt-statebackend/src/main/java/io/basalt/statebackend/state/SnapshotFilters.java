package io.basalt.statebackend.state;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.MapSerializer;
import org.apache.flink.runtime.state.StateSnapshotTransformer;
import org.apache.flink.runtime.state.StateSnapshotTransformer.StateSnapshotTransformFactory;
import org.apache.flink.runtime.state.StateSnapshotTransformers.ListStateSnapshotTransformFactory;
import org.apache.flink.runtime.state.StateSnapshotTransformers.MapStateSnapshotTransformFactory;

/**
 * Makes a filter of stored entries of a filter of single values, which is what Flink hands over (to
 * leave expired values out of a canonical snapshot).
 *
 * <p>A factory is asked for a filter for each snapshot. A filter belongs to the one thread that
 * writes the snapshot and has serializers of its own.
 */
final class SnapshotFilters {

  private SnapshotFilters() {}

  /**
   * The filter for entries of a state.
   *
   * @param elementFilter filters values, elements of a list, values of a map
   * @param serializer the serializer of what the state holds under a key and namespace
   */
  // Which type the elements have follows from the serializer.
  @SuppressWarnings("unchecked")
  static <V, E> StateSnapshotTransformFactory<V> of(
      StateSnapshotTransformFactory<E> elementFilter, TypeSerializer<V> serializer) {
    if (elementFilter.equals(StateSnapshotTransformFactory.noTransform())) {
      return StateSnapshotTransformFactory.noTransform();
    }
    if (serializer instanceof ListSerializer<?> list) {
      return (StateSnapshotTransformFactory<V>)
          new ForLists<>(elementFilter, (TypeSerializer<E>) list.getElementSerializer());
    }
    if (serializer instanceof MapSerializer<?, ?>) {
      return (StateSnapshotTransformFactory<V>) new ForMaps<>(elementFilter);
    }
    return (StateSnapshotTransformFactory<V>) elementFilter;
  }

  private static final class ForLists<E> implements StateSnapshotTransformFactory<List<E>> {

    private final StateSnapshotTransformFactory<E> elementFilter;
    // Never used to read or write, so that duplicating it is safe while the task thread does.
    private final TypeSerializer<E> pristine;

    ForLists(StateSnapshotTransformFactory<E> elementFilter, TypeSerializer<E> elementSerializer) {
      this.elementFilter = elementFilter;
      this.pristine = elementSerializer.duplicate();
    }

    @Override
    public Optional<StateSnapshotTransformer<List<E>>> createForDeserializedState() {
      return new ListStateSnapshotTransformFactory<>(elementFilter).createForDeserializedState();
    }

    @Override
    public Optional<StateSnapshotTransformer<byte[]>> createForSerializedState() {
      return elementFilter
          .createForSerializedState()
          .map(filter -> new ListSnapshotFilter<>(filter, pristine.duplicate()));
    }
  }

  private static final class ForMaps<U, E> implements StateSnapshotTransformFactory<Map<U, E>> {

    private final StateSnapshotTransformFactory<E> valueFilter;

    ForMaps(StateSnapshotTransformFactory<E> valueFilter) {
      this.valueFilter = valueFilter;
    }

    @Override
    public Optional<StateSnapshotTransformer<Map<U, E>>> createForDeserializedState() {
      return new MapStateSnapshotTransformFactory<U, E>(valueFilter).createForDeserializedState();
    }

    @Override
    public Optional<StateSnapshotTransformer<byte[]>> createForSerializedState() {
      return valueFilter.createForSerializedState().map(MapSnapshotFilter::new);
    }
  }
}
