package io.basalt.statebackend.state;

import org.apache.flink.runtime.state.internal.InternalValueState;
import org.jspecify.annotations.Nullable;

/** Value state: the operations on one value, and a default for where there is none. */
final class KeyedValueState<K, N, V> extends KeyedState<K, N, V>
    implements InternalValueState<K, N, V> {

  private EntryOperations<K, N, V> operations;
  private @Nullable V defaultValue;

  KeyedValueState(StateBinding<K, N, V> binding) {
    super(binding);
    operations = binding.valueOperations();
    defaultValue = binding.descriptor().getDefaultValue();
  }

  @Override
  void rebind(StateBinding<K, N, V> newBinding) {
    super.rebind(newBinding);
    operations = newBinding.valueOperations();
    defaultValue = newBinding.descriptor().getDefaultValue();
  }

  @Override
  EntryOperations<K, N, V> operations() {
    return operations;
  }

  @Override
  public @Nullable V value() {
    V value = operations.get(currentKey(), currentKeyGroup(), currentNamespace());
    if (value != null) {
      return value;
    }
    // A copy each time: what the caller does to it must not reach the next one who finds nothing.
    return defaultValue == null ? null : getValueSerializer().copy(defaultValue);
  }

  @Override
  public void update(@Nullable V value) {
    if (value == null) {
      clear();
    } else {
      operations.put(currentKey(), currentKeyGroup(), currentNamespace(), value);
    }
  }
}
