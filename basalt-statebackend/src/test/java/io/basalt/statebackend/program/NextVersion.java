package io.basalt.statebackend.program;

import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A later version of a serializer, for the same objects: each version writes one byte more, and
 * reads no other's bytes, so that entries have to be migrated from version to version.
 *
 * @param <T> type of the objects
 */
final class NextVersion<T> extends TypeSerializer<T> {

  private static final long serialVersionUID = 1L;

  private final TypeSerializer<T> first;
  private final int version;

  private NextVersion(TypeSerializer<T> first, int version) {
    this.first = first;
    this.version = version;
  }

  /** Version 0 is the serializer itself. */
  static <T> TypeSerializer<T> of(TypeSerializer<T> first, int version) {
    return version == 0 ? first : new NextVersion<>(first, version);
  }

  @Override
  public boolean isImmutableType() {
    return first.isImmutableType();
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return new NextVersion<>(first.duplicate(), version);
  }

  @Override
  public T createInstance() {
    return first.createInstance();
  }

  @Override
  public T copy(T from) {
    return first.copy(from);
  }

  @Override
  public T copy(T from, T reuse) {
    return first.copy(from, reuse);
  }

  @Override
  public int getLength() {
    return first.getLength() > 0 ? version + first.getLength() : first.getLength();
  }

  @Override
  public void serialize(T object, DataOutputView target) throws IOException {
    for (int mark = 0; mark < version; mark++) {
      target.writeByte(version);
    }
    first.serialize(object, target);
  }

  @Override
  public T deserialize(DataInputView source) throws IOException {
    readMarks(source);
    return first.deserialize(source);
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    readMarks(source);
    return first.deserialize(reuse, source);
  }

  private void readMarks(DataInputView source) throws IOException {
    for (int mark = 0; mark < version; mark++) {
      int found = source.readByte();
      if (found != version) {
        throw new IOException("Version " + version + " reads what another has written: " + found);
      }
    }
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NextVersion<?> that
        && that.version == version
        && that.first.equals(first);
  }

  @Override
  public int hashCode() {
    return Objects.hash(first, version);
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    Written<T> written = new Written<>();
    written.first = first.snapshotConfiguration();
    written.version = version;
    return written;
  }

  /**
   * Which version it was.
   *
   * @param <T> type of the objects
   */
  public static final class Written<T> implements TypeSerializerSnapshot<T> {

    private TypeSerializerSnapshot<T> first;
    private int version;

    @Override
    public int getCurrentVersion() {
      return 1;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
      out.writeInt(version);
      TypeSerializerSnapshot.writeVersionedSnapshot(out, first);
    }

    @Override
    public void readSnapshot(int readVersion, DataInputView in, ClassLoader classLoader)
        throws IOException {
      version = in.readInt();
      first = TypeSerializerSnapshot.readVersionedSnapshot(in, classLoader);
    }

    @Override
    public TypeSerializer<T> restoreSerializer() {
      return new NextVersion<>(first.restoreSerializer(), version);
    }

    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
        TypeSerializerSnapshot<T> old) {
      int before = old instanceof Written<T> written ? written.version : 0;
      if (before == version) {
        return TypeSerializerSchemaCompatibility.compatibleAsIs();
      }
      return before < version
          ? TypeSerializerSchemaCompatibility.compatibleAfterMigration()
          : TypeSerializerSchemaCompatibility.incompatible();
    }
  }
}
