package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.ExpiringType;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.jspecify.annotations.Nullable;

/**
 * Values as the bits of a number and, where they expire, the time of their last access. Any thread.
 *
 * @param <V> the type of the values
 */
interface NumberParts<V> {

  /** Those of the serializer's values, or null if it is for anything else. */
  static <V> @Nullable NumberParts<V> of(TypeSerializer<V> serializer) {
    ExpiringType<?> expiring = ExpiringType.of(serializer);
    if (expiring != null) {
      return ofExpiring(expiring);
    }
    NumberBits<V> numbers = NumberBits.ofOneOfMany(serializer);
    return numbers == null ? null : new Plain<>(numbers);
  }

  // The serializer that it was found for has these values.
  @SuppressWarnings("unchecked")
  private static <V, T> @Nullable NumberParts<V> ofExpiring(ExpiringType<T> expiring) {
    NumberBits<T> numbers = NumberBits.ofOneOfMany(expiring.serializer());
    return numbers == null ? null : (NumberParts<V>) new Expiring<>(numbers);
  }

  /** What the number of a value takes, of a serializer whose values have these parts. */
  static int bytes(TypeSerializer<?> serializer) {
    ExpiringType<?> expiring = ExpiringType.of(serializer);
    return expiring == null ? serializer.getLength() : expiring.serializer().getLength();
  }

  /** Whether values have times. */
  boolean expire();

  long bits(V value);

  /** 0 where they have none. */
  long time(V value);

  V value(long bits, long time);

  /** Numbers that do not expire. */
  record Plain<T>(NumberBits<T> numbers) implements NumberParts<T> {

    @Override
    public boolean expire() {
      return false;
    }

    @Override
    public long bits(T value) {
      return numbers.bits(value);
    }

    @Override
    public long time(T value) {
      return 0;
    }

    @Override
    public T value(long bits, long time) {
      return numbers.number(bits);
    }
  }

  /** Numbers as Flink wraps them. */
  record Expiring<T>(NumberBits<T> numbers) implements NumberParts<TtlValue<T>> {

    @Override
    public boolean expire() {
      return true;
    }

    // Serializers of numbers neither write nor read null.
    @SuppressWarnings("NullAway")
    @Override
    public long bits(TtlValue<T> value) {
      return numbers.bits(value.getUserValue());
    }

    @Override
    public long time(TtlValue<T> value) {
      return value.getLastAccessTimestamp();
    }

    @Override
    public TtlValue<T> value(long bits, long time) {
      return new TtlValue<>(numbers.number(bits), time);
    }
  }
}
