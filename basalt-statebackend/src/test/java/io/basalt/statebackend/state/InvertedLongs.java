package io.basalt.statebackend.state;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer.LongSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A user's serializer of numbers, with bytes of its own, that says in snapshots that it is Flink's.
 * Nothing of Flink notices.
 */
final class InvertedLongs extends TypeSerializerSingleton<Long> {

  private static final long serialVersionUID = 1L;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public Long createInstance() {
    return 0L;
  }

  @Override
  public Long copy(Long from) {
    return from;
  }

  @Override
  public Long copy(Long from, Long reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return Long.BYTES;
  }

  @Override
  public void serialize(Long value, DataOutputView target) throws IOException {
    target.writeLong(~value);
  }

  @Override
  public Long deserialize(DataInputView source) throws IOException {
    return ~source.readLong();
  }

  @Override
  public Long deserialize(Long reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    LongSerializer.INSTANCE.copy(source, target);
  }

  @Override
  public TypeSerializerSnapshot<Long> snapshotConfiguration() {
    return new LongSerializerSnapshot();
  }
}
