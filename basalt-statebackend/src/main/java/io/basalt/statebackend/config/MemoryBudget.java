package io.basalt.statebackend.config;

import java.util.Objects;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/**
 * From which memory the databases of a keyed backend take their block cache and memtables, and how
 * it is divided.
 *
 * @param scope who shares the memory
 * @param size of it where it is fixed; managed memory has the size that Flink gives the slot
 * @param writeBufferRatio which part of it memtables may take, 0 to 1
 * @param highPriorityPoolRatio which part of the cache is kept for index and filter blocks, 0 to 1
 * @param blockCache which kind of cache
 * @param indexPartitions when indexes and filters are partitioned
 */
public record MemoryBudget(
    Scope scope,
    @Nullable MemorySize size,
    double writeBufferRatio,
    double highPriorityPoolRatio,
    BlockCache blockCache,
    IndexPartitions indexPartitions) {

  /** Who shares the memory. */
  public enum Scope {
    /** The slot's share of Flink's managed memory. */
    MANAGED_SLOT(true),
    /** A fixed size for each slot. */
    FIXED_SLOT(true),
    /** A fixed size for the whole TaskManager. */
    FIXED_TASK_MANAGER(true),
    /** Nobody: every column family has a cache and memtables of its own. */
    UNSHARED(false);

    private final boolean shared;

    Scope(boolean shared) {
      this.shared = shared;
    }

    /** Whether there is a common block cache and write-buffer manager. */
    public boolean isShared() {
      return shared;
    }
  }

  /**
   * The size in bytes of memory of a fixed size.
   *
   * @throws NullPointerException if the scope is another
   */
  public long fixedBytes() {
    return Objects.requireNonNull(size, "only memory of a fixed size has one here").getBytes();
  }
}
