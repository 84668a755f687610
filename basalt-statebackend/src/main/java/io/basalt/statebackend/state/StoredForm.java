package io.basalt.statebackend.state;

import io.basalt.statebackend.hot.HotTable;
import io.basalt.statebackend.layout.ExactType;
import io.basalt.statebackend.layout.ExpiringType;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * How the tier keeps values that need not be kept as bytes: an object for each, which gives the
 * value that is read from its bytes. Changed by the task thread only, and only where the tier
 * allows that; so any thread that has to write a stored object may read it.
 *
 * @param <V> the type of the values
 */
interface StoredForm<V> {

  /** What values of the serializer are kept as; null if as bytes. */
  static <V> @Nullable StoredForm<V> of(TypeSerializer<V> serializer) {
    ExpiringType<?> expiring = ExpiringType.of(serializer);
    if (expiring != null) {
      return ofExpiring(expiring);
    }
    NumberBits<V> numbers = NumberBits.of(serializer);
    if (numbers != null) {
      return new StoredNumber.Form<>(numbers);
    }
    ExactType<V> type = ExactType.of(serializer);
    return type == null ? null : new SharedObjects<>(type);
  }

  // The serializer that it was found for has these values.
  @SuppressWarnings("unchecked")
  private static <V, T> StoredForm<V> ofExpiring(ExpiringType<T> expiring) {
    NumberBits<T> numbers = NumberBits.of(expiring.serializer());
    return (StoredForm<V>)
        (numbers == null
            ? new ExpiringObject.Form<>(expiring.type())
            : new ExpiringNumber.Form<>(numbers));
  }

  /** Whether the value can be kept as it is, for it is of no other class than its type says. */
  boolean includes(V value);

  /**
   * The stored object of a value that is included, or that was read.
   *
   * @param changeable becomes that if it can, see {@link HotTable#changeable}
   */
  Object stored(V value, @Nullable Object changeable);

  /** The value, which nobody changes. */
  V value(Object stored);

  /** What the stored object takes on the heap, in bytes. */
  int heapBytes(Object stored);

  /** Objects that nobody can change, as they are. */
  record SharedObjects<T>(ExactType<T> type) implements StoredForm<T> {

    @Override
    public boolean includes(T value) {
      return type.includes(value);
    }

    @Override
    public Object stored(T value, @Nullable Object changeable) {
      return type.normal(value);
    }

    @Override
    public T value(Object stored) {
      return type.cast(stored);
    }

    @Override
    public int heapBytes(Object stored) {
      return type.heapBytes(type.cast(stored));
    }
  }
}
