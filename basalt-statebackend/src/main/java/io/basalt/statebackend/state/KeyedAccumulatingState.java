package io.basalt.statebackend.state;

import java.util.Collection;
import org.apache.flink.runtime.state.internal.InternalMergingState;
import org.jspecify.annotations.Nullable;

/**
 * What reducing and aggregating state have in common: values are added to an accumulator by a
 * function of the user's. A null that is added reaches that function.
 *
 * @param <I> the type of what is added
 * @param <A> the type of the accumulator
 * @param <O> the type of what is read
 */
abstract class KeyedAccumulatingState<K, N, I, A, O> extends KeyedState<K, N, A>
    implements InternalMergingState<K, N, I, A, O> {

  private AccumulatingOperations<K, N, I, A> operations;

  KeyedAccumulatingState(StateBinding<K, N, A> binding, Accumulation<I, A> accumulation) {
    super(binding);
    operations =
        new AccumulatingOperations<>(binding.valueOperations(), binding.entryKeys(), accumulation);
  }

  final void rebind(StateBinding<K, N, A> newBinding, Accumulation<I, A> accumulation) {
    super.rebind(newBinding);
    operations =
        new AccumulatingOperations<>(
            newBinding.valueOperations(), newBinding.entryKeys(), accumulation);
  }

  @Override
  final AccumulatingOperations<K, N, I, A> operations() {
    return operations;
  }

  @Override
  public final void add(I value) throws Exception {
    operations.add(currentKey(), currentKeyGroup(), currentNamespace(), value);
  }

  @Override
  public final @Nullable A getInternal() {
    return operations.get(currentKey(), currentKeyGroup(), currentNamespace());
  }

  @Override
  public final void updateInternal(A accumulator) {
    operations.put(currentKey(), currentKeyGroup(), currentNamespace(), accumulator);
  }

  @Override
  public final void mergeNamespaces(N target, @Nullable Collection<N> sources) throws Exception {
    if (sources != null && !sources.isEmpty()) {
      operations.mergeNamespaces(currentKey(), currentKeyGroup(), checkNamespace(target), sources);
    }
  }
}
