package io.basalt.statebackend.timer;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.state.Keyed;
import org.apache.flink.runtime.state.PriorityComparable;
import org.apache.flink.runtime.state.heap.AbstractHeapPriorityQueueElement;

/** An element of a queue that can be changed and has neither equals nor hashCode. */
final class MutableElement extends AbstractHeapPriorityQueueElement
    implements Keyed<Integer>, PriorityComparable<MutableElement> {

  int time;
  int key;

  MutableElement(int time, int key) {
    this.time = time;
    this.key = key;
  }

  @Override
  public Integer getKey() {
    return key;
  }

  @Override
  public int comparePriorityTo(MutableElement other) {
    return Integer.compare(time, other.time);
  }

  /** Writes both numbers, which must not be negative to sort as bytes. */
  static final class Serializer extends TypeSerializerSingleton<MutableElement> {

    @Override
    public boolean isImmutableType() {
      return false;
    }

    @Override
    public MutableElement createInstance() {
      return new MutableElement(0, 0);
    }

    @Override
    public MutableElement copy(MutableElement from) {
      return new MutableElement(from.time, from.key);
    }

    @Override
    public MutableElement copy(MutableElement from, MutableElement reuse) {
      return copy(from);
    }

    @Override
    public int getLength() {
      return 2 * Integer.BYTES;
    }

    @Override
    public void serialize(MutableElement element, DataOutputView target) throws IOException {
      target.writeInt(element.time);
      target.writeInt(element.key);
    }

    @Override
    public MutableElement deserialize(DataInputView source) throws IOException {
      return new MutableElement(source.readInt(), source.readInt());
    }

    @Override
    public MutableElement deserialize(MutableElement reuse, DataInputView source)
        throws IOException {
      return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
      target.write(source, getLength());
    }

    @Override
    public TypeSerializerSnapshot<MutableElement> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Found by its name on restore. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<MutableElement> {
      public Snapshot() {
        super(Serializer::new);
      }
    }
  }
}
