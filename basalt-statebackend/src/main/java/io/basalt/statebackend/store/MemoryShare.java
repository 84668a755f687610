package io.basalt.statebackend.store;

import io.basalt.statebackend.config.BlockCache;
import io.basalt.statebackend.config.IndexPartitions;
import io.basalt.statebackend.store.NativeCount.Kind;
import java.util.function.Supplier;
import org.rocksdb.Cache;
import org.rocksdb.HyperClockCache;
import org.rocksdb.LRUCache;
import org.rocksdb.WriteBufferManager;

/**
 * The memory that the databases of a slot (or of a whole TaskManager) share: a block cache, and a
 * write-buffer manager that accounts the memtables in that same cache.
 *
 * <p>That of a slot is owned by Flink's memory manager, which closes it when the last backend has
 * let go of its lease. That of a TaskManager is each backend's own view of what all of them share.
 * The formulas are stock's, so that a given budget means the same: RocksDB may exceed a
 * write-buffer limit by half before it flushes, hence the thirds.
 */
public final class MemoryShare implements AutoCloseable {

  /**
   * One shard, so that there is room for the largest index and filter blocks, those of a file of 64
   * MB with tiny entries (several MB), and for data beside them: a block that does not fit its
   * shard is never cached and is read again, as a whole, for every key. RocksDB's own rule makes
   * shards of half a megabyte, up to 64 of them; with 40 MB of cache a read then costs 390 us
   * instead of 8 (measured). The clock cache has no lock that threads would wait for.
   */
  private static final int CLOCK_SHARD_BITS = 0;

  /** A clock cache without capacity, which an option may ask for, ends the process in 8.10. */
  private static final long SMALLEST_CLOCK_BYTES = 1L << 20;

  /** For the LRU cache, which has one: still as large as they can be without hindering. */
  private static final long SMALLEST_SHARD_BYTES = 32L << 20;

  private static final int MOST_SHARD_BITS = 6;

  /**
   * What an entry of the clock cache takes at least, on the average: it has room for so many. Half
   * a block of Flink's default size. Too little wastes some percent of memory, too much leaves some
   * of it unused.
   */
  private static final long ENTRY_BYTES = 2 << 10;

  private static final String LRU_CACHE = "cache";
  private static final String CLOCK_CACHE = "clock-cache";
  private static final String WRITE_BUFFERS = "-write-buffers";

  /**
   * Where the parts are kept that backends share, whichever class loader each comes from: none may
   * be of a class of Basalt's.
   */
  public interface Parts {

    /** The part of that name, opened unless somebody has it already. */
    <T extends AutoCloseable> T acquire(String name, Supplier<T> opening) throws Exception;

    /** Gives a part back; whoever is the last to do so closes it. */
    void release(String name) throws Exception;
  }

  private final Cache cache;
  private final WriteBufferManager writeBufferManager;
  private final long writeBufferCapacity;
  private final IndexPartitions indexPartitions;
  private final long cacheCapacity;
  private final AutoCloseable end;

  private MemoryShare(
      Cache cache,
      WriteBufferManager writeBufferManager,
      long writeBufferCapacity,
      long cacheCapacity,
      IndexPartitions indexPartitions,
      AutoCloseable end) {
    this.cache = cache;
    this.writeBufferManager = writeBufferManager;
    this.writeBufferCapacity = writeBufferCapacity;
    this.cacheCapacity = cacheCapacity;
    this.indexPartitions = indexPartitions;
    this.end = end;
    NativeCount.opened(Kind.OPTION);
    NativeCount.opened(Kind.OPTION);
  }

  /**
   * Divides a budget.
   *
   * @param bytes the whole budget
   * @param writeBufferRatio which part of it memtables may take, 0 to 1
   * @param highPriorityPoolRatio which part of the cache is kept for index and filter blocks
   * @param kind of the cache
   * @param indexPartitions when tables have a two-level index and filter
   */
  public static MemoryShare allocate(
      long bytes,
      double writeBufferRatio,
      double highPriorityPoolRatio,
      BlockCache kind,
      IndexPartitions indexPartitions) {
    Cache cache = openCache(kind, bytes, writeBufferRatio, highPriorityPoolRatio);
    WriteBufferManager writeBuffers = openWriteBuffers(bytes, writeBufferRatio, cache);
    return new MemoryShare(
        cache,
        writeBuffers,
        writeBufferCapacity(bytes, writeBufferRatio),
        cacheCapacity(bytes, writeBufferRatio),
        indexPartitions,
        () -> {
          // The manager holds a reference on the cache.
          writeBuffers.close();
          cache.close();
        });
  }

  /**
   * Divides a budget that others may have divided already: then theirs are the parts. The caller
   * closes what it gets, which gives them back.
   *
   * @param parts where they are kept
   */
  public static MemoryShare acquire(
      Parts parts,
      long bytes,
      double writeBufferRatio,
      double highPriorityPoolRatio,
      BlockCache kind,
      IndexPartitions indexPartitions)
      throws Exception {
    String name = kind == BlockCache.LRU ? LRU_CACHE : CLOCK_CACHE;
    Cache cache =
        parts.acquire(name, () -> openCache(kind, bytes, writeBufferRatio, highPriorityPoolRatio));
    try {
      // After the cache and back before it: it is always that of the cache which is shared now.
      WriteBufferManager writeBuffers =
          parts.acquire(
              name + WRITE_BUFFERS, () -> openWriteBuffers(bytes, writeBufferRatio, cache));
      return new MemoryShare(
          cache,
          writeBuffers,
          writeBufferCapacity(bytes, writeBufferRatio),
          cacheCapacity(bytes, writeBufferRatio),
          indexPartitions,
          () -> {
            try {
              parts.release(name + WRITE_BUFFERS);
            } finally {
              parts.release(name);
            }
          });
    } catch (Exception | Error e) {
      parts.release(name);
      throw e;
    }
  }

  private static Cache openCache(
      BlockCache kind, long bytes, double writeBufferRatio, double highPriorityPoolRatio) {
    long capacity = cacheCapacity(bytes, writeBufferRatio);
    BlockCache usable = capacity < SMALLEST_CLOCK_BYTES ? BlockCache.LRU : kind;
    return switch (usable) {
      case LRU -> new LRUCache(capacity, shardBits(capacity), false, highPriorityPoolRatio);
      case CLOCK -> new HyperClockCache(capacity, ENTRY_BYTES, CLOCK_SHARD_BITS, false);
    };
  }

  private static WriteBufferManager openWriteBuffers(
      long bytes, double writeBufferRatio, Cache cache) {
    return new WriteBufferManager(writeBufferCapacity(bytes, writeBufferRatio), cache);
  }

  /** The binary logarithm of the number of shards. */
  static int shardBits(long capacity) {
    int bits = 0;
    while (bits < MOST_SHARD_BITS && capacity >> (bits + 1) >= SMALLEST_SHARD_BYTES) {
      bits++;
    }
    return bits;
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

  /** Whether files have a two-level index and filter, where all of them are about that large. */
  public boolean usesIndexPartitions(long fileBytes) {
    return indexPartitions.areUsed(bytesForBlocks(), fileBytes);
  }

  /** What blocks of data, indexes and filters have for themselves while memtables are full. */
  public long bytesForBlocks() {
    return cacheCapacity - writeBufferCapacity;
  }

  @Override
  public void close() throws Exception {
    NativeCount.closed(Kind.OPTION);
    NativeCount.closed(Kind.OPTION);
    end.close();
  }
}
