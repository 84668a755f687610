package io.basalt.statebackend.lifecycle;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A number in one of two formats: the first can be migrated to the second and not back. Steps are
 * the numbers that are read.
 */
public final class VersionedSerializer extends TypeSerializerSingleton<Integer> {

  private static final long serialVersionUID = 1L;

  private static Steps steps = Steps.counted();

  private final int version;

  VersionedSerializer(int version) {
    this.version = version;
  }

  /** What is done at the numbers that are read from now on. */
  static void use(Steps newSteps) {
    steps = newSteps;
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public Integer createInstance() {
    return 0;
  }

  @Override
  public Integer copy(Integer from) {
    return from;
  }

  @Override
  public Integer copy(Integer from, Integer reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(Integer number, DataOutputView target) throws IOException {
    for (int copy = 0; copy < version; copy++) {
      target.writeInt(number);
    }
  }

  @Override
  public Integer deserialize(DataInputView source) throws IOException {
    steps.reached();
    int number = 0;
    for (int copy = 0; copy < version; copy++) {
      number = source.readInt();
    }
    return number;
  }

  @Override
  public Integer deserialize(Integer reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public TypeSerializerSnapshot<Integer> snapshotConfiguration() {
    Written written = new Written();
    written.version = version;
    return written;
  }

  /** Which of the formats it was. */
  public static final class Written implements TypeSerializerSnapshot<Integer> {

    private int version;

    @Override
    public int getCurrentVersion() {
      return 1;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
      out.writeInt(version);
    }

    @Override
    public void readSnapshot(int readVersion, DataInputView in, ClassLoader classLoader)
        throws IOException {
      version = in.readInt();
    }

    @Override
    public TypeSerializer<Integer> restoreSerializer() {
      return new VersionedSerializer(version);
    }

    @Override
    public TypeSerializerSchemaCompatibility<Integer> resolveSchemaCompatibility(
        TypeSerializerSnapshot<Integer> old) {
      int before = ((Written) old).version;
      if (before == version) {
        return TypeSerializerSchemaCompatibility.compatibleAsIs();
      }
      return before < version
          ? TypeSerializerSchemaCompatibility.compatibleAfterMigration()
          : TypeSerializerSchemaCompatibility.incompatible();
    }
  }
}
