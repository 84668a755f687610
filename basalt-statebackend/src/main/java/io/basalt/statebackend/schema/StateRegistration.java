package io.basalt.statebackend.schema;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.store.Database;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;

/**
 * Registers the states a job asks for: a new one gets a table, a restored one is checked against
 * the serializers of now and migrated where they write other bytes.
 *
 * <p>Task thread only.
 */
public final class StateRegistration {

  private final Database database;
  private final Catalog catalog;
  private final TtlTimeProvider clock;
  private final CloseableRegistry cancellation;

  /**
   * A registration into the catalog.
   *
   * @param clock the time that entries get which start to expire (TTL switched on by a migration)
   * @param cancellation its closing ends a running migration; not closed here
   */
  public StateRegistration(
      Database database, Catalog catalog, TtlTimeProvider clock, CloseableRegistry cancellation) {
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
   * @throws org.apache.flink.util.StateMigrationException naming the state, if its entries cannot be
   *     read with the serializers of now
   * @throws IllegalStateException if the name is taken by a state of another kind, or reserved
   * @throws Exception if a migration fails or is cancelled; its entries are then partly rewritten
   *     and the database must be thrown away, as a task does that fails
   */
  public <N, V> RegisteredState register(
      StateDescriptor<?, V> descriptor,
      TypeSerializer<N> namespaceSerializer,
      boolean allowFutureMetadataUpdates)
      throws Exception {
    throw new UnsupportedOperationException("not written yet");
  }
}
