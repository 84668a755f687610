package io.basalt.statebackend.state;

import org.apache.flink.runtime.state.ttl.TtlValue;
import org.jspecify.annotations.Nullable;

/**
 * A number with the time of its last access as the tier keeps it: one object, to be reached in
 * memory at once and changed in place, instead of one that refers to another.
 */
final class ExpiringNumber {

  /** With its head. */
  private static final int HEAP_BYTES = 32;

  private long bits;
  private long time;

  private ExpiringNumber(long bits, long time) {
    this.bits = bits;
    this.time = time;
  }

  /** Of numbers of one type. */
  record Form<T>(NumberBits<T> numbers) implements StoredForm<TtlValue<T>> {

    @Override
    public boolean includes(@Nullable TtlValue<T> value) {
      return value != null
          && value.getClass() == TtlValue.class
          && numbers.includes(value.getUserValue());
    }

    // Serializers of numbers neither write nor read null.
    @SuppressWarnings("NullAway")
    @Override
    public Object stored(TtlValue<T> value, @Nullable Object changeable) {
      long bits = numbers.bits(value.getUserValue());
      long time = value.getLastAccessTimestamp();
      if (changeable instanceof ExpiringNumber stored) {
        stored.bits = bits;
        stored.time = time;
        return stored;
      }
      return new ExpiringNumber(bits, time);
    }

    @Override
    public TtlValue<T> value(Object stored) {
      ExpiringNumber number = (ExpiringNumber) stored;
      return new TtlValue<>(numbers.number(number.bits), number.time);
    }

    @Override
    public int heapBytes(Object stored) {
      return HEAP_BYTES;
    }
  }
}
