package io.basalt.statebackend.layout;

import java.io.IOException;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.ttl.TtlStateFactory.TtlSerializer;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.jspecify.annotations.Nullable;

/**
 * POJOs with the time of their last access, written as {@link ExpiringType} says.
 *
 * @param pojos what writes the POJO
 * @param <V> the POJO's class
 */
record ExpiringPojo<V>(PojoCodec<V> pojos) implements ValueCodec<TtlValue<V>> {

  /** Null if the serializer is for anything else, or cannot be asked. */
  static @Nullable ExpiringPojo<?> of(TypeSerializer<?> serializer) {
    TypeSerializer<?> inside = inside(serializer);
    return inside == null ? null : ofInside(inside);
  }

  /** The serializer of the values inside; null if there are none, or it cannot be asked for. */
  static @Nullable TypeSerializer<?> inside(TypeSerializer<?> serializer) {
    if (serializer.getClass() != TtlSerializer.class) {
      return null;
    }
    // It has to be this very serializer's: one may have a state, and the one that a snapshot
    // restores is what the user's serializer says, which may be another with other bytes. Flink
    // tells it to nobody but its own package; if that is no longer so, the serializer is used as it
    // is.
    try {
      Method getter = TtlSerializer.class.getDeclaredMethod("getValueSerializer");
      getter.setAccessible(true);
      return (TypeSerializer<?>) getter.invoke(serializer);
    } catch (ReflectiveOperationException | InaccessibleObjectException | SecurityException e) {
      return null;
    }
  }

  private static <V> @Nullable ExpiringPojo<V> ofInside(TypeSerializer<V> serializer) {
    PojoCodec<V> pojos = PojoCodec.of(serializer);
    return pojos == null ? null : new ExpiringPojo<>(pojos);
  }

  // The serializer of POJOs writes null too.
  @SuppressWarnings("NullAway")
  @Override
  public void write(TtlValue<V> value, DataOutputSerializer target) throws IOException {
    target.writeLong(value.getLastAccessTimestamp());
    pojos.write(value.getUserValue(), target);
  }

  @Override
  public TtlValue<V> read(ValueInput source) throws IOException {
    long time = source.readLong();
    return new TtlValue<>(pojos.read(source), time);
  }
}
