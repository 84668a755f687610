package io.basalt.statebackend.timer;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.Cursor;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.HeapPriorityQueuesManager;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.Keyed;
import org.apache.flink.runtime.state.PriorityComparable;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueElement;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSetFactory;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSnapshotRestoreWrapper;

/**
 * Flink's queues on the heap.
 *
 * <p>A queue takes restored timers out of their table when it is created, and the table goes: from
 * then on they are in the queue only, and no later snapshot holds them a second time. Timers that a
 * snapshot holds as raw keyed state are added by Flink afterwards. A snapshot can hold both: stock
 * does not read the table when a job changes from tables to the heap, and carries it along. Both
 * come back then, and a timer that is in both is one.
 */
final class HeapTimerQueues implements TimerQueues {

  private static final int INITIAL_CAPACITY = 128;

  private final Database database;
  private final Catalog catalog;
  private final KeyGroupRange keyGroups;
  private final KeyGroupPrefix prefix;
  private final Map<String, HeapPriorityQueueSnapshotRestoreWrapper<?>> queues = new HashMap<>();
  private final HeapPriorityQueuesManager flinkQueues;

  HeapTimerQueues(
      Database database, Catalog catalog, KeyGroupRange keyGroups, int numberOfKeyGroups) {
    this.database = database;
    this.catalog = catalog;
    this.keyGroups = keyGroups;
    this.prefix = KeyGroupPrefix.forKeyGroups(numberOfKeyGroups);
    this.flinkQueues =
        new HeapPriorityQueuesManager(
            queues,
            new HeapPriorityQueueSetFactory(keyGroups, numberOfKeyGroups, INITIAL_CAPACITY),
            keyGroups,
            numberOfKeyGroups);
  }

  @Override
  public <T extends HeapPriorityQueueElement & PriorityComparable<? super T> & Keyed<?>>
      KeyGroupedInternalPriorityQueue<T> create(String name, TypeSerializer<T> serializer) {
    return create(name, serializer, false);
  }

  @Override
  public <T extends HeapPriorityQueueElement & PriorityComparable<? super T> & Keyed<?>>
      KeyGroupedInternalPriorityQueue<T> create(
          String name, TypeSerializer<T> serializer, boolean allowFutureMetadataUpdates) {
    Catalog.checkName(name);
    RegisteredState state = catalog.find(name);
    if (state == null) {
      return flinkQueues.createOrUpdate(name, serializer, allowFutureMetadataUpdates);
    }
    RestoredTimers<T> timers = RestoredTimers.register(state, serializer, false);
    KeyGroupedInternalPriorityQueue<T> queue =
        flinkQueues.createOrUpdate(name, timers.serializer(), allowFutureMetadataUpdates);
    try {
      readInto(queue, state.table(), timers.reader());
    } catch (RuntimeException | Error e) {
      // The table still holds them all: no snapshot may see half of them beside it.
      queues.remove(name);
      throw e;
    }
    database.dropTable(state.table());
    catalog.remove(state);
    return queue;
  }

  @Override
  public Map<String, HeapPriorityQueueSnapshotRestoreWrapper<?>> heapQueues() {
    return Collections.unmodifiableMap(queues);
  }

  @Override
  public boolean requiresRawKeyedState(SnapshotType snapshotType) {
    return !isCanonicalSavepoint(snapshotType);
  }

  @Override
  public CopiedTimers copyIntoTables() {
    return CopiedTimers.of(queues.values(), database, catalog, keyGroups, prefix);
  }

  /**
   * Only a canonical savepoint has a stream into which the queues are merged. Every checkpoint and
   * the native savepoint consist of the database's files, which do not hold the queues.
   */
  private static boolean isCanonicalSavepoint(SnapshotType snapshotType) {
    return snapshotType instanceof SavepointType savepoint
        && savepoint.getFormatType() == SavepointFormatType.CANONICAL;
  }

  private <T extends HeapPriorityQueueElement> void readInto(
      KeyGroupedInternalPriorityQueue<T> queue, Table table, TypeSerializer<T> serializer) {
    TimerCodec<T> codec = new TimerCodec<>(table.name(), serializer);
    Bounds bounds = prefix.bounds(keyGroups);
    try (Cursor cursor = table.cursor(bounds.lowerInclusive(), bounds.upperExclusive())) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        queue.add(codec.read(cursor.key(), prefix.width()));
      }
    }
  }
}
