package io.basalt.statebackend.timer;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.hot.HotKeys;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.PriorityQueueSetFactory;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSnapshotRestoreWrapper;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.jspecify.annotations.Nullable;

/**
 * The queues of timers of one keyed state backend, created by name.
 *
 * <p>{@link #create(String, org.apache.flink.api.common.typeutils.TypeSerializer)} takes over what
 * a snapshot held under the name, from any kind of snapshot and of queue. It throws
 *
 * <ul>
 *   <li>{@link org.apache.flink.util.FlinkRuntimeException} caused by a {@link
 *       org.apache.flink.util.StateMigrationException} if the new serializer cannot read the
 *       restored timers;
 *   <li>{@link IllegalStateException} if no state may have the name, or another kind of state has
 *       it;
 *   <li>{@link UnsupportedOperationException} if the queue was created before and not with {@code
 *       allowFutureMetadataUpdates}; with it, the same queue is returned and goes on with the new
 *       serializer.
 * </ul>
 *
 * <p>Task thread only. Owns no native memory but open iterators, which their users close (and the
 * database does, if they do not).
 */
public interface TimerQueues extends PriorityQueueSetFactory {

  /**
   * The queues on the heap by name, live: what a canonical savepoint writes beside the tables.
   * Empty where timers are kept in tables.
   */
  Map<String, HeapPriorityQueueSnapshotRestoreWrapper<?>> heapQueues();

  /**
   * Whether Flink must write the timers of this snapshot as raw keyed state, in the synchronous
   * part of the snapshot: the answer to {@code
   * AbstractKeyedStateBackend#requiresLegacySynchronousTimerSnapshots}. It is true exactly where
   * the timers are in no table and in no canonical stream, so that a timer is never in a snapshot's
   * managed and raw part at once, and always in one of them.
   */
  boolean requiresRawKeyedState(SnapshotType snapshotType);

  /**
   * Puts all timers into tables, for a snapshot that {@link #requiresRawKeyedState} and whose raw
   * part nobody writes. The caller closes the copies after the synchronous part of the snapshot.
   */
  CopiedTimers copyIntoTables();

  /**
   * Makes the queues of a backend.
   *
   * @param kind where the timers are kept
   * @param database where tables are created and dropped; outlives the queues
   * @param catalog holds what was restored; queues in tables are registered there
   * @param keyGroups the key groups of the operator's subtask
   * @param numberOfKeyGroups the job's, i.e. its maximum parallelism
   * @param cacheSize how many of its first timers each key group keeps in memory, at least 1; only
   *     for timers in tables
   * @param tier gives a queue's table its part of the tier, with nothing in it, each time that the
   *     queue is created; null if there is no tier
   */
  static TimerQueues create(
      PriorityQueueStateType kind,
      Database database,
      Catalog catalog,
      KeyGroupRange keyGroups,
      int numberOfKeyGroups,
      int cacheSize,
      @Nullable Function<Table, HotKeys> tier) {
    return switch (kind) {
      case ROCKSDB ->
          new TableTimerQueues(database, catalog, keyGroups, numberOfKeyGroups, cacheSize, tier);
      case HEAP -> new HeapTimerQueues(database, catalog, keyGroups, numberOfKeyGroups);
    };
  }
}
