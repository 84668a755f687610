package io.basalt.statebackend.restore;

import io.basalt.statebackend.catalog.NumberedNames;
import io.basalt.statebackend.catalog.NumberedNames.Relation;
import io.basalt.statebackend.catalog.SchemaDescription;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonOptionsKeys;
import org.apache.flink.util.StateMigrationException;

/**
 * Whether the snapshots of two tasks mean the same by the name of a state, so that their entries
 * can lie in one table.
 *
 * <p>They do not where one task had registered a state with a new serializer, and so rewritten its
 * entries, before the other came to it. Read through one serializer, the entries of one of the two
 * would turn into garbage without an error. Nor do they where one began with the constants of an
 * enum, or the classes that are registered, in another order than the other.
 */
final class StateAgreement {

  private static final int INITIAL_BYTES = 256;

  private StateAgreement() {}

  /**
   * The one of two that agree by which the entries of both can be read.
   *
   * @throws IllegalStateException if they are different kinds of state
   * @throws StateMigrationException if their entries are written differently
   */
  static StateMetaInfoSnapshot ofBoth(StateMetaInfoSnapshot one, StateMetaInfoSnapshot other)
      throws StateMigrationException {
    if (one.getBackendStateType() != other.getBackendStateType()
        || !kind(one).equals(kind(other))) {
      throw new IllegalStateException(
          "The snapshots of one operator disagree about a state: "
              + describe(one)
              + " in one, "
              + describe(other)
              + " in another.");
    }
    Map<String, TypeSerializerSnapshot<?>> others = other.getSerializerSnapshotsImmutable();
    Relation relation = Relation.SAME;
    for (Map.Entry<String, TypeSerializerSnapshot<?>> entry :
        one.getSerializerSnapshotsImmutable().entrySet()) {
      TypeSerializerSnapshot<?> serializer = entry.getValue();
      TypeSerializerSnapshot<?> counterpart = others.get(entry.getKey());
      if (counterpart != null && isTheSame(serializer, counterpart)) {
        continue;
      }
      if (counterpart == null || !isSameFormat(serializer, counterpart)) {
        throw new StateMigrationException(
            "The tasks of one operator have written state "
                + describe(one)
                + " differently ("
                + entry.getKey()
                + "): some had registered it with another serializer already. Restore at the"
                + " parallelism of the snapshot, let every task register the state, take a new"
                + " snapshot and rescale from that.");
      }
      relation = relation.and(NumberedNames.relation(serializer, counterpart));
      if (relation == Relation.CONTRADICTION) {
        throw new StateMigrationException(
            "The tasks of one operator have written state "
                + describe(one)
                + " with different numbers for the same constants of an enum or registered classes"
                + " ("
                + entry.getKey()
                + "): "
                + SchemaDescription.of(serializer)
                + " and "
                + SchemaDescription.of(counterpart)
                + ". One registered it for the first time when their order had changed. Restore at"
                + " the parallelism of the snapshot, where each reads its own.");
      }
    }
    return relation == Relation.SECOND_HAS_MORE ? other : one;
  }

  /** Names a state and its kind. */
  static String describe(StateMetaInfoSnapshot state) {
    return "'" + state.getName() + "' (" + state.getBackendStateType() + ", " + kind(state) + ")";
  }

  private static boolean isTheSame(TypeSerializerSnapshot<?> one, TypeSerializerSnapshot<?> other) {
    return one.equals(other) || Arrays.equals(bytes(one), bytes(other));
  }

  /** Either may be the newer of the two. */
  private static boolean isSameFormat(
      TypeSerializerSnapshot<?> one, TypeSerializerSnapshot<?> other) {
    try {
      return reads(one, other) || reads(other, one);
    } catch (RuntimeException e) {
      // A POJO's snapshot can be asked only while the class has every field that it had then. The
      // job's serializer will be asked when the job registers the state; here it is enough to know
      // that both tasks had the same fields.
      return SchemaDescription.of(one).equals(SchemaDescription.of(other));
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // of the same state, so of the same type
  private static boolean reads(TypeSerializerSnapshot newer, TypeSerializerSnapshot older) {
    TypeSerializerSchemaCompatibility<?> compatibility = newer.resolveSchemaCompatibility(older);
    return compatibility.isCompatibleAsIs()
        || compatibility.isCompatibleWithReconfiguredSerializer();
  }

  private static byte[] bytes(TypeSerializerSnapshot<?> snapshot) {
    DataOutputSerializer output = new DataOutputSerializer(INITIAL_BYTES);
    try {
      TypeSerializerSnapshot.writeVersionedSnapshot(output, snapshot);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not write the snapshot of a serializer.", e);
    }
    return output.getCopyOfBuffer();
  }

  /** Value, list, map, ...; "null" for timers. */
  private static String kind(StateMetaInfoSnapshot state) {
    return String.valueOf(state.getOption(CommonOptionsKeys.KEYED_STATE_TYPE));
  }
}
