package io.basalt.statebackend.state;

import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.runtime.state.internal.InternalReducingState;
import org.jspecify.annotations.Nullable;

/** Reducing state: the accumulator is a value of the kind that is added. */
final class KeyedReducingState<K, N, V> extends KeyedAccumulatingState<K, N, V, V, V>
    implements InternalReducingState<K, N, V> {

  KeyedReducingState(StateBinding<K, N, V> binding) {
    super(binding, accumulationOf(binding));
  }

  @Override
  void rebind(StateBinding<K, N, V> newBinding) {
    rebind(newBinding, accumulationOf(newBinding));
  }

  @Override
  public @Nullable V get() {
    return getInternal();
  }

  // The descriptor of a reducing state reduces values of the one type it has.
  @SuppressWarnings("unchecked")
  private static <V> Accumulation<V, V> accumulationOf(StateBinding<?, ?, V> binding) {
    ReducingStateDescriptor<V> descriptor = (ReducingStateDescriptor<V>) binding.descriptor();
    return Accumulation.of(descriptor.getReduceFunction());
  }
}
