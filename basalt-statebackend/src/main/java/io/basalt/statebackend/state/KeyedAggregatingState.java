package io.basalt.statebackend.state;

import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.runtime.state.internal.InternalAggregatingState;
import org.jspecify.annotations.Nullable;

/** Aggregating state: what is read is made of the accumulator by the user's function. */
final class KeyedAggregatingState<K, N, I, A, O> extends KeyedAccumulatingState<K, N, I, A, O>
    implements InternalAggregatingState<K, N, I, A, O> {

  private AggregateFunction<I, A, O> function;

  KeyedAggregatingState(StateBinding<K, N, A> binding) {
    super(binding, Accumulation.of(KeyedAggregatingState.<I, A, O>functionOf(binding)));
    function = functionOf(binding);
  }

  @Override
  void rebind(StateBinding<K, N, A> newBinding) {
    function = functionOf(newBinding);
    rebind(newBinding, Accumulation.of(function));
  }

  @Override
  public @Nullable O get() {
    A accumulator = getInternal();
    return accumulator == null ? null : function.getResult(accumulator);
  }

  // The descriptor of an aggregating state; Flink's interfaces do not carry its other two types.
  @SuppressWarnings("unchecked")
  private static <I, A, O> AggregateFunction<I, A, O> functionOf(StateBinding<?, ?, A> binding) {
    return ((AggregatingStateDescriptor<I, A, O>) binding.descriptor()).getAggregateFunction();
  }
}
