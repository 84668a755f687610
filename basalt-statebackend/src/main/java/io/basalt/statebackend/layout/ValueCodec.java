package io.basalt.statebackend.layout;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

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
    ExpiringType<?> expiring = ExpiringType.of(serializer);
    return expiring == null ? new Plain<>(serializer) : (ValueCodec<V>) expiring;
  }

  /** Writes a value. */
  void write(V value, DataOutputView target) throws IOException;

  /** Reads a value, a fresh object unless nobody can change it. */
  V read(DataInputView source) throws IOException;

  /** By the serializer itself. */
  record Plain<V>(TypeSerializer<V> serializer) implements ValueCodec<V> {

    @Override
    public void write(V value, DataOutputView target) throws IOException {
      serializer.serialize(value, target);
    }

    @Override
    public V read(DataInputView source) throws IOException {
      return serializer.deserialize(source);
    }
  }
}
