package io.basalt.statebackend.state;

import static org.apache.flink.util.Preconditions.checkNotNull;

import io.basalt.statebackend.config.CollectionSettings;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.runtime.state.internal.InternalListState;
import org.jspecify.annotations.Nullable;

/** List state. An empty list is none: it is not stored, and {@link #get} of none is null. */
final class KeyedListState<K, N, E> extends KeyedState<K, N, List<E>>
    implements InternalListState<K, N, E> {

  private static final String NO_LIST = "List of values to add cannot be null.";

  private ListOperations<K, N, E> operations;

  KeyedListState(StateBinding<K, N, List<E>> binding) {
    super(binding);
    operations = operationsOf(binding);
  }

  @Override
  void rebind(StateBinding<K, N, List<E>> newBinding) {
    super.rebind(newBinding);
    operations = operationsOf(newBinding);
  }

  @Override
  ListOperations<K, N, E> operations() {
    return operations;
  }

  @Override
  public @Nullable Iterable<E> get() {
    return getInternal();
  }

  @Override
  public @Nullable List<E> getInternal() {
    return operations.get(currentKey(), currentKeyGroup(), currentNamespace());
  }

  @Override
  public void add(E element) {
    operations.append(currentKey(), currentKeyGroup(), currentNamespace(), element);
  }

  @Override
  public void addAll(List<E> elements) {
    operations.appendAll(
        currentKey(), currentKeyGroup(), currentNamespace(), checkNotNull(elements, NO_LIST));
  }

  @Override
  public void update(List<E> elements) {
    updateInternal(elements);
  }

  @Override
  public void updateInternal(List<E> elements) {
    operations.put(
        currentKey(), currentKeyGroup(), currentNamespace(), checkNotNull(elements, NO_LIST));
  }

  @Override
  public void mergeNamespaces(N target, @Nullable Collection<N> sources) {
    if (sources != null && !sources.isEmpty()) {
      operations.mergeNamespaces(currentKey(), currentKeyGroup(), checkNamespace(target), sources);
    }
  }

  private static <K, N, E> ListOperations<K, N, E> operationsOf(
      StateBinding<K, N, List<E>> binding) {
    ListSerializer<E> serializer = (ListSerializer<E>) binding.valueSerializer();
    CollectionSettings settings = binding.context().collections();
    ListSizes sizes = new ListSizes(binding.table(), settings);
    HotStates<K> hot = binding.hot();
    return new ListOperations<>(
        binding.table(),
        hot == null
            ? null
            : hot.lists(binding.table(), sizes, settings.listMaximumSize().value().getBytes()),
        binding.entryKeys(),
        serializer.getElementSerializer(),
        sizes);
  }
}
