package io.basalt.statebackend.timer;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
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

  /**
   * Writes both numbers, which must not be negative to sort as bytes. Another shift of the time is
   * another version of the format: what one writes for a time, the other writes for another time.
   */
  static final class Serializer extends TypeSerializer<MutableElement> {

    private final int shift;

    Serializer(int shift) {
      this.shift = shift;
    }

    @Override
    public boolean isImmutableType() {
      return false;
    }

    @Override
    public Serializer duplicate() {
      return this;
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
      target.writeInt(element.time + shift);
      target.writeInt(element.key);
    }

    @Override
    public MutableElement deserialize(DataInputView source) throws IOException {
      return new MutableElement(source.readInt() - shift, source.readInt());
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
    public boolean equals(Object other) {
      return other instanceof Serializer serializer && serializer.shift == shift;
    }

    @Override
    public int hashCode() {
      return shift;
    }

    @Override
    public TypeSerializerSnapshot<MutableElement> snapshotConfiguration() {
      return new Snapshot(shift);
    }
  }

  /** Found by its name on restore; another shift asks for a migration. */
  public static final class Snapshot implements TypeSerializerSnapshot<MutableElement> {

    private int shift;

    /** For the restore. */
    public Snapshot() {}

    Snapshot(int shift) {
      this.shift = shift;
    }

    @Override
    public int getCurrentVersion() {
      return 1;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
      out.writeInt(shift);
    }

    @Override
    public void readSnapshot(int version, DataInputView in, ClassLoader classLoader)
        throws IOException {
      shift = in.readInt();
    }

    @Override
    public TypeSerializer<MutableElement> restoreSerializer() {
      return new Serializer(shift);
    }

    @Override
    public TypeSerializerSchemaCompatibility<MutableElement> resolveSchemaCompatibility(
        TypeSerializerSnapshot<MutableElement> before) {
      return ((Snapshot) before).shift == shift
          ? TypeSerializerSchemaCompatibility.compatibleAsIs()
          : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
    }
  }
}
