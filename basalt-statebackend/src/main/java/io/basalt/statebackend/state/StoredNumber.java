package io.basalt.statebackend.state;

import org.jspecify.annotations.Nullable;

/** A number as the tier keeps it: its bits, which can be changed in place. */
final class StoredNumber {

  /** With its head. */
  private static final int HEAP_BYTES = 24;

  private long bits;

  private StoredNumber(long bits) {
    this.bits = bits;
  }

  /** Of numbers of one type. */
  record Form<T>(NumberBits<T> numbers) implements StoredForm<T> {

    @Override
    public boolean includes(T value) {
      return numbers.includes(value);
    }

    @Override
    public Object stored(T number, @Nullable Object changeable) {
      long bits = numbers.bits(number);
      if (changeable instanceof StoredNumber stored) {
        stored.bits = bits;
        return stored;
      }
      return new StoredNumber(bits);
    }

    @Override
    public T value(Object stored) {
      return numbers.number(((StoredNumber) stored).bits);
    }

    @Override
    public int heapBytes(Object stored) {
      return HEAP_BYTES;
    }
  }
}
