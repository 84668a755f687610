package io.basalt.statebackend.state;

import java.util.Map;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.ShortSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of one type as bits. Any thread.
 *
 * @param type the class of all of them
 * @param <T> the type
 */
record NumberBits<T>(Class<T> type, ToBits<T> toBits, OfBits<T> ofBits) {

  private static final Map<Class<?>, NumberBits<?>> BY_SERIALIZER =
      Map.of(
          LongSerializer.class,
          new NumberBits<>(Long.class, Long::longValue, bits -> bits),
          IntSerializer.class,
          new NumberBits<>(Integer.class, Integer::longValue, bits -> (int) bits),
          ShortSerializer.class,
          new NumberBits<>(Short.class, Short::longValue, bits -> (short) bits),
          // As they are written: there is one not-a-number only.
          DoubleSerializer.class,
          new NumberBits<>(Double.class, Double::doubleToLongBits, Double::longBitsToDouble),
          FloatSerializer.class,
          new NumberBits<>(
              Float.class, Float::floatToIntBits, bits -> Float.intBitsToFloat((int) bits)));

  /** What is as small as a number, and as values for themselves better kept as the objects. */
  private static final Map<Class<?>, NumberBits<?>> AMONG_OTHERS =
      Map.of(
          ByteSerializer.class,
          new NumberBits<>(Byte.class, Byte::longValue, bits -> (byte) bits),
          BooleanSerializer.class,
          new NumberBits<>(Boolean.class, bool -> bool ? 1 : 0, bits -> bits != 0));

  interface ToBits<T> {
    long bits(T number);
  }

  interface OfBits<T> {
    T number(long bits);
  }

  /** The numbers that the serializer is for, or null if it is for anything else. */
  // The table has each serializer with its type.
  @SuppressWarnings("unchecked")
  static <T> @Nullable NumberBits<T> of(TypeSerializer<T> serializer) {
    return (NumberBits<T>) BY_SERIALIZER.get(serializer.getClass());
  }

  /** The same where many are kept together, as they are in a map. */
  // As above.
  @SuppressWarnings("unchecked")
  static <T> @Nullable NumberBits<T> ofOneOfMany(TypeSerializer<T> serializer) {
    NumberBits<?> small = AMONG_OTHERS.get(serializer.getClass());
    return small == null ? of(serializer) : (NumberBits<T>) small;
  }

  boolean includes(@Nullable Object object) {
    return object != null && object.getClass() == type;
  }

  long bits(T number) {
    return toBits.bits(number);
  }

  T number(long bits) {
    return ofBits.number(bits);
  }
}
