package io.basalt.statebackend.state;

import java.util.Map;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.ShortSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A number as the tier keeps it: its bits, which can be changed in place. By the task thread; who
 * writes it down reads it when that is not allowed any more.
 */
final class StoredNumber {

  /** With its head. */
  static final int HEAP_BYTES = 24;

  private static final Map<Class<?>, Form<?>> BY_SERIALIZER =
      Map.of(
          LongSerializer.class,
          new Form<>(Long.class, Long::longValue, bits -> bits),
          IntSerializer.class,
          new Form<>(Integer.class, Integer::longValue, bits -> (int) bits),
          ShortSerializer.class,
          new Form<>(Short.class, Short::longValue, bits -> (short) bits),
          // As they are written: there is one not-a-number only.
          DoubleSerializer.class,
          new Form<>(Double.class, Double::doubleToLongBits, Double::longBitsToDouble),
          FloatSerializer.class,
          new Form<>(Float.class, Float::floatToIntBits, bits -> Float.intBitsToFloat((int) bits)));

  private long bits;

  private StoredNumber(long bits) {
    this.bits = bits;
  }

  private interface ToBits<T> {
    long bits(T number);
  }

  private interface OfBits<T> {
    T number(long bits);
  }

  /**
   * Numbers of one type.
   *
   * @param type the class of all of them
   */
  record Form<T>(Class<T> type, ToBits<T> toBits, OfBits<T> ofBits) {

    /** The numbers that the serializer is for, or null if it is for anything else. */
    // The table has each serializer with its type.
    @SuppressWarnings("unchecked")
    static <T> @Nullable Form<T> of(TypeSerializer<T> serializer) {
      return (Form<T>) BY_SERIALIZER.get(serializer.getClass());
    }

    boolean includes(@Nullable Object object) {
      return object != null && object.getClass() == type;
    }

    /**
     * The stored form.
     *
     * @param changeable becomes that, if it is a number
     */
    Object stored(T number, @Nullable Object changeable) {
      long bits = toBits.bits(number);
      if (changeable instanceof StoredNumber stored) {
        stored.bits = bits;
        return stored;
      }
      return new StoredNumber(bits);
    }

    T number(Object stored) {
      return ofBits.number(((StoredNumber) stored).bits);
    }
  }
}
