package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBOptions.FIX_PER_SLOT_MEMORY_SIZE;
import static org.apache.flink.state.rocksdb.RocksDBOptions.FIX_PER_TM_MEMORY_SIZE;
import static org.apache.flink.state.rocksdb.RocksDBOptions.HIGH_PRIORITY_POOL_RATIO;
import static org.apache.flink.state.rocksdb.RocksDBOptions.USE_MANAGED_MEMORY;
import static org.apache.flink.state.rocksdb.RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS;
import static org.apache.flink.state.rocksdb.RocksDBOptions.WRITE_BUFFER_RATIO;

import io.basalt.statebackend.config.MemoryBudget.Scope;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.jspecify.annotations.Nullable;

/**
 * What the job and its program say about memory. A fixed size for each slot beats managed memory,
 * which beats a fixed size for the TaskManager; that last one is the TaskManager's own business, so
 * {@link #budget} asks for its configuration.
 *
 * @param managed whether the slot's managed memory is used
 * @param fixedPerSlot a fixed size for each slot, if any
 * @param writeBufferRatio which part of the memory memtables may take
 * @param highPriorityPoolRatio which part of the cache is kept for index and filter blocks
 * @param blockCache which kind of cache; nobody's choice is LRU where a ratio for index and filter
 *     blocks is chosen, which only that has
 * @param partitionedIndexFilters whether indexes and filters are partitioned where memory is shared
 */
public record MemorySettings(
    Setting<Boolean> managed,
    @Nullable Setting<MemorySize> fixedPerSlot,
    Setting<Double> writeBufferRatio,
    Setting<Double> highPriorityPoolRatio,
    Setting<BlockCache> blockCache,
    Setting<Boolean> partitionedIndexFilters)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** See {@code BasaltOptions}, which is where users find it. */
  public static final ConfigOption<BlockCache> BLOCK_CACHE =
      ConfigOptions.key("state.backend.basalt.block-cache")
          .enumType(BlockCache.class)
          .defaultValue(BlockCache.CLOCK)
          .withDescription(
              "Which of RocksDB's caches holds blocks where memory is shared. CLOCK is faster and"
                  + " knows no part that is set aside for index and filter blocks: whoever sets"
                  + " state.backend.rocksdb.memory.high-prio-pool-ratio and not this option gets LRU.");

  static MemorySettings defaults() {
    return new MemorySettings(
        Setting.byDefault(USE_MANAGED_MEMORY.defaultValue()),
        null,
        Setting.byDefault(WRITE_BUFFER_RATIO.defaultValue()),
        Setting.byDefault(HIGH_PRIORITY_POOL_RATIO.defaultValue()),
        Setting.byDefault(BLOCK_CACHE.defaultValue()),
        Setting.byDefault(USE_PARTITIONED_INDEX_FILTERS.defaultValue()));
  }

  MemorySettings withManaged(Setting<Boolean> chosen) {
    return new MemorySettings(
        chosen,
        fixedPerSlot,
        writeBufferRatio,
        highPriorityPoolRatio,
        blockCache,
        partitionedIndexFilters);
  }

  MemorySettings withFixedPerSlot(@Nullable Setting<MemorySize> chosen) {
    return new MemorySettings(
        managed,
        chosen,
        writeBufferRatio,
        highPriorityPoolRatio,
        blockCache,
        partitionedIndexFilters);
  }

  MemorySettings withWriteBufferRatio(Setting<Double> chosen) {
    return new MemorySettings(
        managed, fixedPerSlot, chosen, highPriorityPoolRatio, blockCache, partitionedIndexFilters);
  }

  MemorySettings withHighPriorityPoolRatio(Setting<Double> chosen) {
    return new MemorySettings(
        managed, fixedPerSlot, writeBufferRatio, chosen, blockCache, partitionedIndexFilters);
  }

  MemorySettings read(SettingReader reader) {
    MemorySettings read =
        new MemorySettings(
            reader.first(managed, USE_MANAGED_MEMORY, Rule.FLAG),
            reader.firstIfAny(fixedPerSlot, FIX_PER_SLOT_MEMORY_SIZE, Rule.SIZE),
            // Stricter than stock, which takes a ratio below 0 or NaN and then has a write-buffer
            // manager without a limit.
            reader.first(writeBufferRatio, WRITE_BUFFER_RATIO, Rule.FRACTION),
            reader.first(highPriorityPoolRatio, HIGH_PRIORITY_POOL_RATIO, Rule.FRACTION),
            reader.last(blockCache, BLOCK_CACHE, Rule.oneOf(BlockCache.class, Set.of())),
            reader.first(partitionedIndexFilters, USE_PARTITIONED_INDEX_FILTERS, Rule.FLAG));
    read.checkRatios();
    if (!read.isPerSlot()) {
      // Not kept, but a wrong value is to be found at submission rather than on the TaskManager.
      Optional<Setting<MemorySize>> unused = reader.explicit(FIX_PER_TM_MEMORY_SIZE, Rule.SIZE);
    }
    return read;
  }

  /**
   * The memory to use on a TaskManager.
   *
   * @param taskManager the configuration the TaskManager was started with; memory for the whole
   *     TaskManager is sized and divided by it alone, not by a job's configuration
   * @throws IllegalConfigurationException if that configuration counts and cannot be used
   */
  public MemoryBudget budget(ReadableConfig taskManager) {
    if (isPerSlot()) {
      return new MemoryBudget(
          fixedPerSlot == null ? Scope.MANAGED_SLOT : Scope.FIXED_SLOT,
          fixedPerSlot == null ? null : fixedPerSlot.value(),
          writeBufferRatio.value(),
          highPriorityPoolRatio.value(),
          kind(blockCache, highPriorityPoolRatio),
          IndexPartitions.of(partitionedIndexFilters));
    }
    SettingReader reader = new SettingReader(taskManager);
    MemorySize size =
        reader
            .explicit(FIX_PER_TM_MEMORY_SIZE, Rule.SIZE)
            .map(Setting::value)
            .orElse(MemorySize.ZERO);
    MemorySettings defaults = defaults();
    Setting<Double> ratio =
        reader.first(defaults.highPriorityPoolRatio, HIGH_PRIORITY_POOL_RATIO, Rule.FRACTION);
    return new MemoryBudget(
        size.getBytes() == 0 ? Scope.UNSHARED : Scope.FIXED_TASK_MANAGER,
        size.getBytes() == 0 ? null : size,
        reader.first(defaults.writeBufferRatio, WRITE_BUFFER_RATIO, Rule.FRACTION).value(),
        ratio.value(),
        kind(
            reader.last(defaults.blockCache, BLOCK_CACHE, Rule.oneOf(BlockCache.class, Set.of())),
            ratio),
        IndexPartitions.of(
            reader.first(
                defaults.partitionedIndexFilters, USE_PARTITIONED_INDEX_FILTERS, Rule.FLAG)));
  }

  private static BlockCache kind(Setting<BlockCache> chosen, Setting<Double> ratio) {
    return !chosen.isExplicit() && ratio.isExplicit() ? BlockCache.LRU : chosen.value();
  }

  private boolean isPerSlot() {
    return managed.value() || fixedPerSlot != null;
  }

  private void checkRatios() {
    if (writeBufferRatio.value() + highPriorityPoolRatio.value() > 1.0) {
      throw new IllegalConfigurationException(
          String.format(
              Locale.ROOT,
              "'%s' is %s and '%s' is %s: allowed is a sum of at most 1, for both are parts of the"
                  + " same memory.",
              WRITE_BUFFER_RATIO.key(),
              writeBufferRatio.value(),
              HIGH_PRIORITY_POOL_RATIO.key(),
              highPriorityPoolRatio.value()));
    }
  }
}
