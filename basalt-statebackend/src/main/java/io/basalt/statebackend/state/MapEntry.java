package io.basalt.statebackend.state;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a map that an iterator shows: equal to any other with the same key and value.
 *
 * @param <U> the type of the user key
 * @param <V> the type of the user value
 */
abstract class MapEntry<U, V> implements Map.Entry<U, V> {

  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof Map.Entry<?, ?> entry
        && Objects.equals(getKey(), entry.getKey())
        && Objects.equals(getValue(), entry.getValue());
  }

  @Override
  public final int hashCode() {
    return Objects.hashCode(getKey()) ^ Objects.hashCode(getValue());
  }

  @Override
  public final String toString() {
    return getKey() + "=" + getValue();
  }
}
