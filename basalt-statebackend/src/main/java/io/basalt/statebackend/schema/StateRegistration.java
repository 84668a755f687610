package io.basalt.statebackend.schema;

import io.basalt.statebackend.catalog.AccessPatterns;
import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.catalog.SchemaDescription;
import io.basalt.statebackend.store.Database;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.RegisteredKeyValueStateBackendMetaInfo;
import org.apache.flink.runtime.state.RegisteredStateMetaInfoBase;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.util.StateMigrationException;

/**
 * Registers the states a job asks for: a new one gets a table, a restored one is checked against
 * the serializers of now and migrated where they write other bytes.
 *
 * <p>Task thread only.
 */
public final class StateRegistration {

  private final Database database;
  private final Catalog catalog;
  private final KeyGroups keyGroups;
  private final TtlTimeProvider clock;
  private final CloseableRegistry cancellation;

  /**
   * A registration into the catalog.
   *
   * @param keyGroups what the tables hold
   * @param clock the time that entries get which start to expire (TTL switched on by a migration)
   * @param cancellation its closing ends a running migration; not closed here
   */
  public StateRegistration(
      Database database,
      Catalog catalog,
      KeyGroups keyGroups,
      TtlTimeProvider clock,
      CloseableRegistry cancellation) {
    this.keyGroups = keyGroups;
    this.database = database;
    this.catalog = catalog;
    this.clock = clock;
    this.cancellation = cancellation;
  }

  /**
   * Registers the state and returns it claimed, its meta information holding the serializers to use
   * from now on (not always the descriptor's: a compatible serializer may come back reconfigured).
   *
   * @param allowFutureMetadataUpdates whether the same state may be registered again with other
   *     serializers while the job runs
   * @throws StateMigrationException naming the state, if its entries cannot be read with the
   *     serializers of now
   * @throws IllegalStateException if the name is reserved or taken by a state of another kind
   * @throws UnsupportedOperationException if the job has registered the state before, without
   *     allowing updates
   * @throws Exception if a migration fails or is cancelled; its entries are then partly rewritten
   *     and the database must be thrown away, as a task does that fails
   */
  public <N, V> RegisteredState register(
      StateDescriptor<?, V> descriptor,
      TypeSerializer<N> namespaceSerializer,
      boolean allowFutureMetadataUpdates)
      throws Exception {
    Catalog.checkName(descriptor.getName());
    RegisteredState state = catalog.find(descriptor.getName());
    if (state == null) {
      RegisteredKeyValueStateBackendMetaInfo<N, V> metaInfo =
          new RegisteredKeyValueStateBackendMetaInfo<>(
              descriptor.getType(),
              descriptor.getName(),
              namespaceSerializer,
              descriptor.getSerializer());
      return catalog.addNew(
          database.createTable(descriptor.getName(), AccessPatterns.of(descriptor.getType())),
          updatable(metaInfo, allowFutureMetadataUpdates));
    }
    RegisteredKeyValueStateBackendMetaInfo<N, V> metaInfo = metaInfoOf(state, descriptor);
    updateNamespaceSerializer(metaInfo, namespaceSerializer);
    state.claim(
        updatable(updateStateSerializer(state, metaInfo, descriptor), allowFutureMetadataUpdates));
    return state;
  }

  // That it is of the kind is checked; of which types it is, is what the serializers' check finds.
  @SuppressWarnings("unchecked")
  private static <N, V> RegisteredKeyValueStateBackendMetaInfo<N, V> metaInfoOf(
      RegisteredState state, StateDescriptor<?, V> descriptor) {
    RegisteredStateMetaInfoBase registered = state.metaInfoToUpdate();
    if (!(registered instanceof RegisteredKeyValueStateBackendMetaInfo)) {
      throw new IllegalStateException(
          "A state cannot be named '"
              + state.name()
              + "': the timers of that name are kept under it. Choose another name in the state"
              + " descriptor.");
    }
    RegisteredKeyValueStateBackendMetaInfo<N, V> metaInfo =
        (RegisteredKeyValueStateBackendMetaInfo<N, V>) registered;
    metaInfo.checkStateMetaInfo(descriptor);
    return metaInfo;
  }

  private static <N> void updateNamespaceSerializer(
      RegisteredKeyValueStateBackendMetaInfo<N, ?> metaInfo, TypeSerializer<N> namespaceSerializer)
      throws StateMigrationException {
    TypeSerializerSchemaCompatibility<N> compatibility =
        metaInfo.updateNamespaceSerializer(namespaceSerializer);
    if (compatibility.isCompatibleAfterMigration() || compatibility.isIncompatible()) {
      throw new StateMigrationException(
          "State '"
              + metaInfo.getName()
              + "' was written with another namespace serializer than the job's, which cannot read"
              + " what that one wrote: it was "
              + SchemaDescription.of(metaInfo.getPreviousNamespaceSerializer())
              + " and would be "
              + SchemaDescription.of(namespaceSerializer)
              + ". Namespaces are part of the keys and are not migrated: register the state with a"
              + " compatible serializer.");
    }
  }

  private <N, V> RegisteredKeyValueStateBackendMetaInfo<N, V> updateStateSerializer(
      RegisteredState state,
      RegisteredKeyValueStateBackendMetaInfo<N, V> metaInfo,
      StateDescriptor<?, V> descriptor)
      throws Exception {
    TypeSerializer<V> newSerializer = descriptor.getSerializer();
    TypeSerializerSchemaCompatibility<V> compatibility =
        metaInfo.updateStateSerializer(newSerializer);
    if (compatibility.isIncompatible()) {
      throw new StateMigrationException(
          "State '"
              + metaInfo.getName()
              + "' was written with another serializer than the job's, which is incompatible with it:"
              + " it was "
              + SchemaDescription.of(metaInfo.getPreviousStateSerializerSnapshot())
              + " and would be "
              + SchemaDescription.of(newSerializer)
              + ". Register the state with a serializer that can read the old entries, or under"
              + " another name to start without them.");
    }
    if (!compatibility.isCompatibleAfterMigration()) {
      return metaInfo;
    }
    // Not of the meta info: that of an old snapshot may not say it.
    StateDescriptor.Type kind = descriptor.getType();
    RegisteredKeyValueStateBackendMetaInfo<N, V> migrated =
        MapKeyCompatibility.withReadableUserKeys(kind, metaInfo);
    TypeSerializer<?> previous = metaInfo.getPreviousStateSerializer();
    TypeSerializer<?> current = migrated.getStateSerializer();
    new TableMigration(database, keyGroups, cancellation)
        .run(
            state.table(),
            () -> EntryMigration.between(kind, previous.duplicate(), current.duplicate(), clock));
    return migrated;
  }

  private static <N, V> RegisteredKeyValueStateBackendMetaInfo<N, V> updatable(
      RegisteredKeyValueStateBackendMetaInfo<N, V> metaInfo, boolean allowFutureMetadataUpdates) {
    return allowFutureMetadataUpdates ? metaInfo.withSerializerUpgradesAllowed() : metaInfo;
  }
}
