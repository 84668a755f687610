package io.basalt.statebackend.schema;

import io.basalt.statebackend.catalog.SchemaDescription;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.MapSerializer;
import org.apache.flink.api.common.typeutils.base.MapSerializerSnapshot;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.util.StateMigrationException;

/**
 * The user keys of a map state that is about to be migrated. They are part of the table's keys and
 * stay as they are, so the new serializer must read what the old one wrote; that the map as a whole
 * is compatible after a migration does not say so.
 */
final class MapKeyCompatibility {

  private MapKeyCompatibility() {}

  /**
   * The same meta information, for a map state with a serializer that reads the user keys there
   * are.
   *
   * @throws StateMigrationException if no serializer does
   */
  static <N, V> RegisteredKeyValueStateBackendMetaInfo<N, V> withReadableUserKeys(
      StateDescriptor.Type kind, RegisteredKeyValueStateBackendMetaInfo<N, V> metaInfo)
      throws StateMigrationException {
    // A value of the type map, of any other kind of state, is migrated as a whole.
    if (kind == StateDescriptor.Type.MAP
        && metaInfo.getStateSerializer() instanceof MapSerializer<?, ?> serializer
        && metaInfo.getPreviousStateSerializerSnapshot()
            instanceof MapSerializerSnapshot<?, ?> previous) {
      return withReadableUserKeys(metaInfo, serializer, previous);
    }
    return metaInfo;
  }

  // A restored state does not tell its types; that the old user keys fit is what is asked here, and
  // that the value of a map state is a map, its serializer says.
  @SuppressWarnings("unchecked")
  private static <N, V, U, E> RegisteredKeyValueStateBackendMetaInfo<N, V> withReadableUserKeys(
      RegisteredKeyValueStateBackendMetaInfo<N, V> metaInfo,
      MapSerializer<U, E> serializer,
      MapSerializerSnapshot<?, ?> previous)
      throws StateMigrationException {
    TypeSerializerSchemaCompatibility<U> compatibility =
        serializer
            .getKeySerializer()
            .snapshotConfiguration()
            .resolveSchemaCompatibility(
                (TypeSerializerSnapshot<U>) previous.getKeySerializerSnapshot());
    if (compatibility.isCompatibleAsIs()) {
      return metaInfo;
    }
    if (compatibility.isCompatibleWithReconfiguredSerializer()) {
      return new RegisteredKeyValueStateBackendMetaInfo<>(
          metaInfo.getStateType(),
          metaInfo.getName(),
          metaInfo.getNamespaceSerializer(),
          (TypeSerializer<V>)
              new MapSerializer<>(
                  compatibility.getReconfiguredSerializer(), serializer.getValueSerializer()));
    }
    throw new StateMigrationException(
        "The user keys of map state '"
            + metaInfo.getName()
            + "' were written with another serializer than the job's, which cannot read what that"
            + " one wrote: it was "
            + SchemaDescription.of(previous.getKeySerializerSnapshot())
            + " and would be "
            + SchemaDescription.of(serializer.getKeySerializer())
            + ". User keys are part of the entries' keys and"
            + " are not migrated: register the state with a compatible serializer of user keys.");
  }
}
