package io.basalt.statebackend.timer;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.hot.HotKeys;
import io.basalt.statebackend.layout.Bounds;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.Table;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupedInternalPriorityQueue;
import org.apache.flink.runtime.state.Keyed;
import org.apache.flink.runtime.state.PriorityComparable;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueElement;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSnapshotRestoreWrapper;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.jspecify.annotations.Nullable;

/** Queues in tables, one table each, registered in the catalog. */
final class TableTimerQueues implements TimerQueues {

  private final Database database;
  private final Catalog catalog;
  private final KeyGroupRange keyGroups;
  private final int numberOfKeyGroups;
  private final int cacheSize;
  private final @Nullable Function<Table, HotKeys> tier;
  private final Map<String, TableTimerQueue<?>> queues = new HashMap<>();

  TableTimerQueues(
      Database database,
      Catalog catalog,
      KeyGroupRange keyGroups,
      int numberOfKeyGroups,
      int cacheSize,
      @Nullable Function<Table, HotKeys> tier) {
    if (cacheSize < 1) {
      throw new IllegalArgumentException(
          RocksDBOptions.ROCKSDB_TIMER_SERVICE_FACTORY_CACHE_SIZE.key()
              + " must be at least 1, but is "
              + cacheSize
              + ".");
    }
    this.database = database;
    this.catalog = catalog;
    this.keyGroups = keyGroups;
    this.numberOfKeyGroups = numberOfKeyGroups;
    this.cacheSize = cacheSize;
    this.tier = tier;
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
      return createEmpty(name, serializer, allowFutureMetadataUpdates);
    }
    // First, for it may fail: a serializer is registered once.
    state.table().handOver();
    RestoredTimers<T> timers =
        RestoredTimers.register(state, serializer, allowFutureMetadataUpdates);
    // Before the table is rewritten: from here on nothing is known of it.
    Stores stores = stores(state.table());
    if (timers.rewrittenFrom() != null) {
      KeyGroupPrefix prefix = KeyGroupPrefix.forKeyGroups(numberOfKeyGroups);
      TimerMigration.rewrite(database, state.table(), prefix.bounds(keyGroups), prefix, timers);
    }
    state.claim(timers.metaInfo());
    return open(state.table(), stores, timers.serializer());
  }

  @Override
  public Map<String, HeapPriorityQueueSnapshotRestoreWrapper<?>> heapQueues() {
    return Map.of();
  }

  @Override
  public boolean requiresRawKeyedState(SnapshotType snapshotType) {
    return false;
  }

  @Override
  public CopiedTimers copyIntoTables() {
    throw new IllegalStateException("The timers are in tables.");
  }

  private <T extends Keyed<?> & PriorityComparable<? super T>>
      KeyGroupedInternalPriorityQueue<T> createEmpty(
          String name, TypeSerializer<T> serializer, boolean allowFutureMetadataUpdates) {
    Table table = database.createTable(name, AccessPattern.RANGES);
    catalog.addNew(table, RestoredTimers.newMetaInfo(name, serializer, allowFutureMetadataUpdates));
    TableTimerQueue<T> queue =
        newQueue(table, stores(table), true, new TimerCodec<>(name, serializer));
    queues.put(name, queue);
    return queue;
  }

  private <T extends Keyed<?> & PriorityComparable<? super T>>
      KeyGroupedInternalPriorityQueue<T> open(
          Table table, Stores stores, TypeSerializer<T> serializer) {
    TimerCodec<T> codec = new TimerCodec<>(table.name(), serializer);
    // The serializer has just been found compatible with the one the queue was created with.
    @SuppressWarnings("unchecked")
    TableTimerQueue<T> queue = (TableTimerQueue<T>) queues.get(table.name());
    if (queue != null) {
      // Two queues over one table would not see each other's writes.
      queue.reopen(stores.opening(), stores.windows(), codec);
      return queue;
    }
    queue = newQueue(table, stores, false, codec);
    queues.put(table.name(), queue);
    return queue;
  }

  private <T extends Keyed<?> & PriorityComparable<? super T>> TableTimerQueue<T> newQueue(
      Table table, Stores stores, boolean isEmpty, TimerCodec<T> codec) {
    return new TableTimerQueue<>(
        database,
        table,
        stores.opening(),
        stores.windows(),
        isEmpty,
        codec,
        keyGroups,
        numberOfKeyGroups,
        cacheSize);
  }

  private Stores stores(Table table) {
    TimerBuffer buffer = TimerBuffer.of(database, table);
    if (tier == null) {
      return new Stores(
          (keyGroup, bounds, isEmpty) -> buffer.open(bounds, highest(bounds, isEmpty)),
          new WindowTimers(null));
    }
    HotKeys hot = tier.apply(table);
    return new Stores(
        (keyGroup, bounds, isEmpty) -> {
          HighestBelow highest = highest(bounds, isEmpty);
          return new HotTimers(
              buffer.open(bounds, highest), hot, keyGroup, bounds.lowerInclusive().length, highest);
        },
        new WindowTimers(hot.notes()));
  }

  /** Where the timers of a queue's key groups are, and what is known of all. */
  private record Stores(TimerStore.Opening opening, WindowTimers windows) {}

  private static HighestBelow highest(Bounds bounds, boolean isEmpty) {
    return new HighestBelow(isEmpty ? bounds.lowerInclusive() : bounds.upperExclusive());
  }
}
