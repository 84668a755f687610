package io.basalt.statebackend.timer;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * The bytes of a timer, stock's: they are the whole entry, its value is empty.
 *
 * <pre>
 *   | key group | timestamp, sign bit flipped | key | namespace |
 *     1 or 2 B    8 B, big-endian
 * </pre>
 *
 * What follows the key group is whatever the serializer writes, here Flink's {@code
 * TimerSerializer}; its bytes sort, unsigned, as the elements do. Two elements are the same one if
 * their bytes are: neither {@code equals}, which a key need not have, nor an object that was
 * mutated after it was handed over plays a part.
 *
 * <p>One thread at a time.
 *
 * @param <T> the type of the elements
 */
final class TimerCodec<T> {

  private static final int INITIAL_BYTES = 64;

  private final String queueName;
  private final TypeSerializer<T> serializer;
  private final DataOutputSerializer output = new DataOutputSerializer(INITIAL_BYTES);
  private final DataInputDeserializer input = new DataInputDeserializer();

  TimerCodec(String queueName, TypeSerializer<T> serializer) {
    this.queueName = queueName;
    this.serializer = serializer;
  }

  /** The bytes of the element behind those of its key group, as a fresh array. */
  byte[] write(byte[] keyGroupPrefix, T element) {
    try {
      output.clear();
      output.write(keyGroupPrefix);
      serializer.serialize(element, output);
      return output.getCopyOfBuffer();
    } catch (IOException e) {
      throw new FlinkRuntimeException(
          "Could not serialize an element of the timers '" + queueName + "'.", e);
    }
  }

  /** A fresh element from its bytes, of which the first ones are those of the key group. */
  T read(byte[] key, int keyGroupPrefixWidth) {
    try {
      input.setBuffer(key, keyGroupPrefixWidth, key.length - keyGroupPrefixWidth);
      return serializer.deserialize(input);
    } catch (IOException e) {
      throw new FlinkRuntimeException(
          "Could not deserialize an element of the timers '"
              + queueName
              + "': its bytes do not fit the serializer "
              + serializer
              + ".",
          e);
    }
  }
}
