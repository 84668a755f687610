package io.basalt.statebackend.layout;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Writes and reads values, as the same bytes as their serializer. Used by as many threads as that
 * may be: one at a time.
 *
 * @param <V> the type of the values
 */
public interface ValueCodec<V> {

  /** The shortest way to what the serializer writes and reads. */
  // What is found for a serializer is for its values.
  @SuppressWarnings("unchecked")
  static <V> ValueCodec<V> of(TypeSerializer<V> serializer) {
    PojoCodec<V> pojos = PojoCodec.of(serializer);
    if (pojos != null) {
      return pojos;
    }
    ValueCodec<?> expiring = ExpiringType.of(serializer);
    if (expiring == null) {
      expiring = ExpiringPojo.of(serializer);
    }
    return expiring == null ? new Plain<>(serializer) : (ValueCodec<V>) expiring;
  }

  /** Writes a value. */
  void write(V value, DataOutputSerializer target) throws IOException;

  /** Reads a value, a fresh object unless nobody can change it. */
  V read(ValueInput source) throws IOException;

  /** By the serializer itself. */
  record Plain<V>(TypeSerializer<V> serializer) implements ValueCodec<V> {

    @Override
    public void write(V value, DataOutputSerializer target) throws IOException {
      serializer.serialize(value, target);
    }

    @Override
    public V read(ValueInput source) throws IOException {
      return serializer.deserialize(source);
    }
  }
}
