package io.basalt.statebackend.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** Flink's serializer of a class, and the codec that has to do the same. */
final class ComparedCodec<V> {

  private final TypeSerializer<V> serializer;
  private final ValueCodec<V> codec;
  private final ValueInput input = new ValueInput();
  private final DataOutputSerializer output = new DataOutputSerializer(1);

  ComparedCodec(TypeSerializer<V> serializer) {
    this.serializer = serializer;
    this.codec = planned(serializer);
  }

  /** That leaves no object to the serializer because it is one of the first. */
  static <V> ValueCodec<V> planned(TypeSerializer<V> serializer) {
    ValueCodec<V> codec = ValueCodec.of(serializer);
    if (codec instanceof PojoCodec<V> pojos) {
      pojos.plan();
    } else if (codec instanceof ExpiringPojo<?> expiring) {
      expiring.pojos().plan();
    }
    return codec;
  }

  /** As a job has it for the class. */
  static <V> TypeSerializer<V> serializer(Class<V> type) {
    return TypeInformation.of(type).createSerializer(new SerializerConfigImpl());
  }

  static <V> ComparedCodec<V> of(Class<V> type) {
    return new ComparedCodec<>(serializer(type));
  }

  /** Whether fields are not left to the serializer. */
  boolean isPlanned() {
    return codec instanceof PojoCodec<V> pojos && pojos.plan() != null;
  }

  /** The same bytes are written, and the same object is read from them. */
  void check(V value) throws IOException {
    byte[] bytes = bytes(value);
    output.clear();
    output.writeByte(99);
    codec.write(value, output);
    output.writeByte(98);
    byte[] around = output.getCopyOfBuffer();
    assertThat(Arrays.copyOfRange(around, 1, around.length - 1)).isEqualTo(bytes);
    assertThat(around[0]).isEqualTo((byte) 99);

    checkRead(around, 1, bytes);
  }

  /** The same object is read. */
  void checkRead(byte[] bytes) throws IOException {
    checkRead(bytes, 0, bytes);
  }

  private void checkRead(byte[] array, int offset, byte[] bytes) throws IOException {
    input.set(array, offset, bytes.length);
    V read = codec.read(input);
    assertThat(input.available()).isZero();
    V expected = serializer.deserialize(new DataInputDeserializer(bytes));
    assertThat(bytes(read)).isEqualTo(bytes(expected));
    assertThat(read)
        .usingRecursiveComparison()
        .withStrictTypeChecking()
        .withEqualsForType(
            (a, b) -> Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b), Double.class)
        .withEqualsForType(
            (a, b) -> Float.floatToRawIntBits(a) == Float.floatToRawIntBits(b), Float.class)
        .isEqualTo(expected);
  }

  /** Bytes that may be damaged are read as the same object, or fail in the same way. */
  void checkReadOrFailure(byte[] bytes) {
    String expected =
        outcome(
            () -> {
              DataInputDeserializer source = new DataInputDeserializer(bytes);
              return text(serializer.deserialize(source), source);
            });
    String read =
        outcome(
            () -> {
              input.set(bytes, 0, bytes.length);
              return text(codec.read(input), input);
            });
    assertThat(read).as("of %s", Arrays.toString(bytes)).isEqualTo(expected);
  }

  private String text(V read, DataInputDeserializer source) throws IOException {
    return Arrays.toString(bytes(read)) + " and " + source.available() + " more";
  }

  private static String outcome(Callable<String> reading) {
    try {
      return reading.call();
    } catch (Exception e) {
      return e.getClass() + " because of " + (e.getCause() == null ? "" : e.getCause().getClass());
    }
  }

  /** As the serializer writes it. */
  byte[] bytes(V value) throws IOException {
    DataOutputSerializer target = new DataOutputSerializer(1);
    serializer.serialize(value, target);
    return target.getCopyOfBuffer();
  }
}
