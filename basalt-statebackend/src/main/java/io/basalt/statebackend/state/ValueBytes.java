package io.basalt.statebackend.state;

import io.basalt.statebackend.layout.ValueCodec;
import io.basalt.statebackend.layout.ValueInput;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * The stored form of a single value: what its serializer writes, nothing around it.
 *
 * <p>Every read gives a fresh object: user code may change what it read, and the state must not
 * change with it. One thread at a time.
 *
 * @param <V> the type of the value
 */
final class ValueBytes<V> {

  private static final int INITIAL_BYTES = 128;

  private final ValueCodec<V> codec;
  private final ValueInput input = new ValueInput();
  private final DataOutputSerializer output = new DataOutputSerializer(INITIAL_BYTES);

  ValueBytes(TypeSerializer<V> serializer) {
    this.codec = ValueCodec.of(serializer);
  }

  byte[] write(V value) throws IOException {
    writeToBuffer(value);
    return copy();
  }

  /** Writes the value for those that follow, and says how long it is. */
  int writeToBuffer(V value) throws IOException {
    output.clear();
    codec.write(value, output);
    return output.length();
  }

  /** Begins with what was written last; written over by the next. */
  byte[] buffer() {
    return output.getSharedBuffer();
  }

  /** What was written last. */
  byte[] copy() {
    return output.getCopyOfBuffer();
  }

  /** The same, into an array of that length. */
  void copyTo(byte[] array) {
    System.arraycopy(output.getSharedBuffer(), 0, array, 0, array.length);
  }

  V read(byte[] bytes) throws IOException {
    return read(bytes, 0);
  }

  /** The value that starts at the offset and ends with the array. */
  V read(byte[] bytes, int offset) throws IOException {
    return read(bytes, offset, bytes.length - offset);
  }

  /** The value in a part of the array. */
  V read(byte[] bytes, int offset, int length) throws IOException {
    input.set(bytes, offset, length);
    return codec.read(input);
  }
}
