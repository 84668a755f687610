package io.basalt.statebackend.layout;

import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializer;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializerSnapshot;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.jspecify.annotations.Nullable;

/**
 * Values whose objects can be kept in place of their bytes, and handed out: nobody can change them,
 * and what is read from their bytes is equal to what was written. Any thread.
 *
 * @param <T> the type of the values
 */
public interface SharedValue<T> {

  /** What the serializer is for, or null if its objects may differ from their bytes. */
  // A serializer of values with a time is one for nothing else.
  @SuppressWarnings("unchecked")
  static <T> @Nullable SharedValue<T> of(TypeSerializer<T> serializer) {
    if (serializer.getClass() == TtlSerializer.class) {
      TtlSerializerSnapshot<?> snapshot =
          (TtlSerializerSnapshot<?>) (Object) serializer.snapshotConfiguration();
      ExactType<?> type = ExactType.of(snapshot.getValueSerializerSnapshot().restoreSerializer());
      return type == null ? null : (SharedValue<T>) new Expiring<>(type);
    }
    return ExactType.of(serializer);
  }

  /** Whether the object is one of them. */
  boolean includes(@Nullable Object object);

  /** What was kept, as one of them. */
  T cast(Object object);

  /** The object that is read from the bytes of this one. */
  T normal(T object);

  /** What the object takes on the heap, in bytes. */
  int heapBytes(T object);

  /** Values of an exact type with the time of the last access, as Flink wraps them. */
  record Expiring<T>(ExactType<T> type) implements SharedValue<TtlValue<T>> {

    private static final int OVERHEAD_BYTES = 24;

    @Override
    public boolean includes(@Nullable Object object) {
      return object != null
          && object.getClass() == TtlValue.class
          && type.includes(((TtlValue<?>) object).getUserValue());
    }

    // Whoever casts has put it there.
    @SuppressWarnings("unchecked")
    @Override
    public TtlValue<T> cast(Object object) {
      return (TtlValue<T>) object;
    }

    @Override
    public TtlValue<T> normal(TtlValue<T> object) {
      T value = object.getUserValue();
      if (value == null) {
        return object;
      }
      T normal = type.normal(value);
      return normal == value ? object : new TtlValue<>(normal, object.getLastAccessTimestamp());
    }

    @Override
    public int heapBytes(TtlValue<T> object) {
      T value = object.getUserValue();
      return OVERHEAD_BYTES + (value == null ? 0 : type.heapBytes(value));
    }
  }
}
