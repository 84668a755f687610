package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.ExactType;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.jspecify.annotations.Nullable;

/**
 * An object that nobody can change with the time of its last access, as the tier keeps it: both can
 * be replaced, as long as what they take stays the same. To be read again and again changes the
 * time only.
 */
final class ExpiringObject {

  /** With its head, without the object. */
  private static final int HEAP_BYTES = 24;

  /** Null where the serializer writes that. */
  private @Nullable Object object;

  private long time;

  private ExpiringObject(@Nullable Object object, long time) {
    this.object = object;
    this.time = time;
  }

  /** Of objects of one type. */
  record Form<T>(ExactType<T> type) implements StoredForm<TtlValue<T>> {

    @Override
    public boolean includes(@Nullable TtlValue<T> value) {
      return value != null
          && value.getClass() == TtlValue.class
          && type.includes(value.getUserValue());
    }

    @Override
    public Object stored(TtlValue<T> value, @Nullable Object changeable) {
      T given = value.getUserValue();
      Object object = given == null ? null : type.normal(given);
      long time = value.getLastAccessTimestamp();
      if (changeable instanceof ExpiringObject stored
          && objectBytes(stored.object) == objectBytes(object)) {
        if (stored.object != object) {
          stored.object = object;
        }
        stored.time = time;
        return stored;
      }
      return new ExpiringObject(object, time);
    }

    // Whoever stored the object has checked that it is one of the type.
    @SuppressWarnings("unchecked")
    @Override
    public TtlValue<T> value(Object stored) {
      ExpiringObject expiring = (ExpiringObject) stored;
      return new TtlValue<>((T) expiring.object, expiring.time);
    }

    @Override
    public int heapBytes(Object stored) {
      return HEAP_BYTES + objectBytes(((ExpiringObject) stored).object);
    }

    private int objectBytes(@Nullable Object object) {
      return object == null ? 0 : type.heapBytes(type.cast(object));
    }
  }
}
