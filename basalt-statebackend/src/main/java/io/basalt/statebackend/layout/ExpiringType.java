package io.basalt.statebackend.layout;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.jspecify.annotations.Nullable;

/**
 * Values of an {@linkplain ExactType exact type} with the time of their last access, as Flink wraps
 * them, and the bytes of Flink's serializer for them:
 *
 * <pre>
 *   | time in milliseconds (8) | value |
 * </pre>
 *
 * <p>Flink's makes an array of both parts, and an object of the time, for each value. Any thread.
 *
 * @param type of the values inside
 * @param serializer theirs, which has no state
 * @param <T> the type of the values inside
 */
public record ExpiringType<T>(ExactType<T> type, TypeSerializer<T> serializer)
    implements ValueCodec<TtlValue<T>> {

  /** What the serializer is for, or null if it is for anything else. */
  public static @Nullable ExpiringType<?> of(TypeSerializer<?> serializer) {
    TypeSerializer<?> inside = ExpiringPojo.inside(serializer);
    return inside == null ? null : ofInside(inside);
  }

  private static <T> @Nullable ExpiringType<T> ofInside(TypeSerializer<T> serializer) {
    ExactType<T> type = ExactType.of(serializer);
    return type == null ? null : new ExpiringType<>(type, serializer);
  }

  @Override
  public void write(TtlValue<T> value, DataOutputSerializer target) throws IOException {
    target.writeLong(value.getLastAccessTimestamp());
    serializer.serialize(value.getUserValue(), target);
  }

  @Override
  public TtlValue<T> read(ValueInput source) throws IOException {
    long time = source.readLong();
    return new TtlValue<>(serializer.deserialize(source), time);
  }
}
