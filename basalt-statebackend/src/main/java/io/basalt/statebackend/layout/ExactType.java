package io.basalt.statebackend.layout;

import java.util.Map;
import java.util.function.ToIntFunction;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.CharSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.ShortSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.jspecify.annotations.Nullable;

/**
 * A type whose objects can stand for their bytes: nobody can change them, two are equal exactly if
 * they are written as the same bytes, and what is read from those is equal to what was written.
 * Only types that are known to be so, with the serializers that Flink has for them, which have no
 * state and may be used by any thread.
 *
 * @param type the class of all objects; another one, or a subclass, is not meant
 * @param heapBytes what an object takes
 * @param <T> the type
 */
public record ExactType<T>(Class<T> type, ToIntFunction<T> heapBytes) {

  private static final Map<Class<?>, ExactType<?>> BY_SERIALIZER =
      Map.ofEntries(
          entry(LongSerializer.class, Long.class, 24),
          entry(IntSerializer.class, Integer.class, 16),
          entry(ShortSerializer.class, Short.class, 16),
          entry(ByteSerializer.class, Byte.class, 0),
          entry(CharSerializer.class, Character.class, 16),
          entry(BooleanSerializer.class, Boolean.class, 0),
          entry(DoubleSerializer.class, Double.class, 24),
          entry(FloatSerializer.class, Float.class, 16),
          entry(VoidNamespaceSerializer.class, VoidNamespace.class, 0),
          entry(TimeWindow.Serializer.class, TimeWindow.class, 32),
          // As if no character fitted into a byte.
          Map.entry(
              StringSerializer.class,
              new ExactType<>(
                  String.class,
                  string -> (int) Math.min(40 + 2L * string.length(), Integer.MAX_VALUE))));

  private static <T> Map.Entry<Class<?>, ExactType<?>> entry(
      Class<? extends TypeSerializer<T>> serializer, Class<T> type, int heapBytes) {
    return Map.entry(serializer, new ExactType<T>(type, object -> heapBytes));
  }

  /** The type that the serializer is for, or null if its objects may differ from their bytes. */
  // The table has each serializer with its type.
  @SuppressWarnings("unchecked")
  public static <T> @Nullable ExactType<T> of(TypeSerializer<T> serializer) {
    return (ExactType<T>) BY_SERIALIZER.get(serializer.getClass());
  }

  /** Whether the object is one of the type. */
  public boolean includes(@Nullable Object object) {
    return object != null && object.getClass() == type;
  }

  /**
   * The object that is read from the bytes of this one: itself, but that there is one not-a-number
   * only in bytes.
   */
  public T normal(T object) {
    return object instanceof Double || object instanceof Float ? withoutVariants(object) : object;
  }

  private T withoutVariants(T number) {
    if (number instanceof Double value && value.isNaN()) {
      return type.cast(Double.NaN);
    }
    return number instanceof Float value && value.isNaN() ? type.cast(Float.NaN) : number;
  }

  /** What was kept, as one of the type. */
  public T cast(Object object) {
    return type.cast(object);
  }

  /** What the object takes on the heap, in bytes. */
  public int heapBytes(T object) {
    return heapBytes.applyAsInt(object);
  }
}
