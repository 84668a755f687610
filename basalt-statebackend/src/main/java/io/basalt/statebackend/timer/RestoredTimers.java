package io.basalt.statebackend.timer;

import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.catalog.SchemaDescription;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.runtime.state.RegisteredPriorityQueueStateBackendMetaInfo;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.flink.util.StateMigrationException;
import org.jspecify.annotations.Nullable;

/**
 * A queue's table from before, and how the serializer it is registered with now fits it.
 *
 * @param serializer what the queue goes on with: the new one, perhaps reconfigured
 * @param rewrittenFrom the serializer that reads the table's entries if they must be written anew
 *     with the other one, else null
 * @param metaInfo the description that holds from now on
 * @param <T> the type of the elements
 */
record RestoredTimers<T>(
    TypeSerializer<T> serializer,
    @Nullable TypeSerializer<T> rewrittenFrom,
    RegisteredPriorityQueueStateBackendMetaInfo<T> metaInfo) {

  /**
   * Registers the new serializer for the state; writes nothing.
   *
   * @throws FlinkRuntimeException caused by a {@link StateMigrationException} if it is incompatible
   * @throws IllegalStateException if the state is no queue of timers
   * @throws UnsupportedOperationException if the job has registered it already, for good
   */
  static <T> RestoredTimers<T> register(
      RegisteredState state, TypeSerializer<T> newSerializer, boolean allowFutureMetadataUpdates) {
    RegisteredPriorityQueueStateBackendMetaInfo<T> metaInfo = metaInfo(state);
    TypeSerializerSchemaCompatibility<T> compatibility =
        update(metaInfo, newSerializer, state.name());
    if (compatibility.isIncompatible()) {
      throw new FlinkRuntimeException(
          new StateMigrationException(
              "The timers '"
                  + state.name()
                  + "' cannot be restored: the new serializer ("
                  + SchemaDescription.of(newSerializer)
                  + ") is incompatible with the one they were written with ("
                  + SchemaDescription.of(metaInfo.getPreviousElementSerializer())
                  + "). Restore with the old serializer of key and namespace."));
    }
    TypeSerializer<T> serializer = metaInfo.getElementSerializer();
    return new RestoredTimers<>(
        serializer,
        compatibility.isCompatibleAfterMigration() ? metaInfo.getPreviousElementSerializer() : null,
        allowFutureMetadataUpdates ? newMetaInfo(state.name(), serializer, true) : metaInfo);
  }

  /** What describes a queue from its creation on. */
  static <T> RegisteredPriorityQueueStateBackendMetaInfo<T> newMetaInfo(
      String name, TypeSerializer<T> serializer, boolean allowFutureMetadataUpdates) {
    RegisteredPriorityQueueStateBackendMetaInfo<T> metaInfo =
        new RegisteredPriorityQueueStateBackendMetaInfo<>(name, serializer);
    return allowFutureMetadataUpdates ? metaInfo.withSerializerUpgradesAllowed() : metaInfo;
  }

  /** The serializer that reads the table as it is. */
  TypeSerializer<T> reader() {
    return rewrittenFrom == null ? serializer : rewrittenFrom;
  }

  private static <T> TypeSerializerSchemaCompatibility<T> update(
      RegisteredPriorityQueueStateBackendMetaInfo<T> metaInfo,
      TypeSerializer<T> newSerializer,
      String name) {
    try {
      return metaInfo.updateElementSerializer(newSerializer);
    } catch (UnsupportedOperationException e) {
      throw new UnsupportedOperationException(
          "The timers '" + name + "' have been created already and take no other serializer.", e);
    }
  }

  // Elements have no type before a job names one; the compatibility check is what vouches for it.
  @SuppressWarnings("unchecked")
  private static <T> RegisteredPriorityQueueStateBackendMetaInfo<T> metaInfo(
      RegisteredState state) {
    if (state.metaInfoToUpdate()
        instanceof RegisteredPriorityQueueStateBackendMetaInfo<?> metaInfo) {
      return (RegisteredPriorityQueueStateBackendMetaInfo<T>) metaInfo;
    }
    throw new IllegalStateException(
        "Timers cannot be named '"
            + state.name()
            + "': a keyed state has that name, in the job or in the snapshot it was restored"
            + " from.");
  }
}
