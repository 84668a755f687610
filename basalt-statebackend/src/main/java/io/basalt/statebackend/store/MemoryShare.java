package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.WriteBufferManager;

/**
 * The memory that the databases of a slot (or of a whole TaskManager) share: a block cache, and a
 * write-buffer manager that accounts the memtables in that same cache.
 *
 * <p>Owned by Flink's memory manager, which closes it when the last backend has let go of its
 * lease. The formulas are stock's, so that a given budget means the same: RocksDB may exceed a
 * write-buffer limit by half before it flushes, hence the thirds.
 */
public final class MemoryShare implements AutoCloseable {

  private static final int SHARD_BITS_BY_RULE = -1;

  private final LRUCache cache;
  private final WriteBufferManager writeBufferManager;
  private final long writeBufferCapacity;
  private final boolean partitionedIndexFilters;

  private MemoryShare(
      LRUCache cache,
      WriteBufferManager writeBufferManager,
      long writeBufferCapacity,
      boolean partitionedIndexFilters) {
    this.cache = cache;
    this.writeBufferManager = writeBufferManager;
    this.writeBufferCapacity = writeBufferCapacity;
    this.partitionedIndexFilters = partitionedIndexFilters;
    NativeCount.opened(Kind.OPTION);
    NativeCount.opened(Kind.OPTION);
  }

  /**
   * Divides a budget.
   *
   * @param bytes the whole budget
   * @param writeBufferRatio which part of it memtables may take, 0 to 1
   * @param highPriorityPoolRatio which part of the cache is kept for index and filter blocks
   * @param partitionedIndexFilters whether tables have a two-level index
   */
  public static MemoryShare allocate(
      long bytes,
      double writeBufferRatio,
      double highPriorityPoolRatio,
      boolean partitionedIndexFilters) {
    long writeBufferCapacity = writeBufferCapacity(bytes, writeBufferRatio);
    LRUCache cache =
        new LRUCache(
            cacheCapacity(bytes, writeBufferRatio),
            SHARD_BITS_BY_RULE,
            false,
            highPriorityPoolRatio);
    return new MemoryShare(
        cache,
        new WriteBufferManager(writeBufferCapacity, cache),
        writeBufferCapacity,
        partitionedIndexFilters);
  }

  /** What of the budget the block cache gets, memtables accounted in it. */
  static long cacheCapacity(long bytes, double writeBufferRatio) {
    return (long) ((3 - writeBufferRatio) * bytes / 3);
  }

  /** From which total size of memtables on RocksDB flushes. */
  static long writeBufferCapacity(long bytes, double writeBufferRatio) {
    return (long) (2 * bytes * writeBufferRatio / 3);
  }

  Cache cache() {
    return cache;
  }

  WriteBufferManager writeBufferManager() {
    return writeBufferManager;
  }

  long writeBufferCapacity() {
    return writeBufferCapacity;
  }

  boolean partitionedIndexFilters() {
    return partitionedIndexFilters;
  }

  @Override
  public void close() {
    // The manager holds a reference on the cache.
    writeBufferManager.close();
    NativeCount.closed(Kind.OPTION);
    cache.close();
    NativeCount.closed(Kind.OPTION);
  }
}
