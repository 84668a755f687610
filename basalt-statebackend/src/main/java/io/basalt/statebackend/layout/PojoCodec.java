package io.basalt.statebackend.layout;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Objects of a class as Flink's serializer of POJOs writes them:
 *
 * <pre>
 *   | 02 | field | field | ...
 * </pre>
 *
 * <p>Flink's goes field by field by reflection, through an object for each number, and by another
 * serializer for each. All that is not of exactly the POJO's class is left to it: null, subclasses,
 * records, and classes of which a field is gone.
 *
 * @param <V> the POJO's class
 */
final class PojoCodec<V> implements ValueCodec<V> {

  /** The only flag of what is of no other class. */
  private static final byte OF_THE_CLASS = 2;

  /**
   * How many objects are left to the serializer before a plan is made. The virtual machine compiles
   * each plan for itself, and until it has, which takes tens of thousands of objects, a plan is
   * slower than the serializer, whose code all states share. So it is made where the objects are
   * likely to become millions, and neither for a query or a walk nor for each of hundreds of states
   * that are seldom used.
   */
  static final int OBJECTS_BEFORE_A_PLAN = 100_000;

  private final PojoSerializer<V> serializer;

  private @Nullable PojoPlan plan;
  private boolean isPlanned;
  private int objects;

  private PojoCodec(PojoSerializer<V> serializer) {
    this.serializer = serializer;
  }

  /** Null if the serializer is any other than Flink's for POJOs. */
  static <V> @Nullable PojoCodec<V> of(TypeSerializer<V> serializer) {
    return serializer.getClass() == PojoSerializer.class
        ? new PojoCodec<>((PojoSerializer<V>) serializer)
        : null;
  }

  @Override
  public void write(V value, DataOutputSerializer target) throws IOException {
    PojoPlan fields = planIfItPays();
    if (fields == null || value == null || value.getClass() != fields.type()) {
      serializer.serialize(value, target);
      return;
    }
    target.writeByte(OF_THE_CLASS);
    fields.write(value, target);
  }

  // The plan makes objects of the class that the serializer is for.
  @SuppressWarnings("unchecked")
  @Override
  public V read(ValueInput source) throws IOException {
    PojoPlan fields = planIfItPays();
    if (fields == null
        || source.available() == 0
        || source.array()[source.getPosition()] != OF_THE_CLASS) {
      return serializer.deserialize(source);
    }
    source.skipBytesToRead(1);
    return (V) fields.read(source);
  }

  private @Nullable PojoPlan planIfItPays() {
    return isPlanned || ++objects > OBJECTS_BEFORE_A_PLAN ? plan() : null;
  }

  boolean isPlanned() {
    return isPlanned;
  }

  /** How the fields are written; null if all is left to the serializer. */
  @Nullable PojoPlan plan() {
    if (!isPlanned) {
      isPlanned = true;
      PojoParts parts = PojoParts.of(serializer);
      plan = parts == null ? null : PojoPlan.of(parts);
    }
    return plan;
  }
}
