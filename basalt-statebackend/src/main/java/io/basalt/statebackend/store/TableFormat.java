package io.basalt.statebackend.store;

import io.basalt.statebackend.config.BlockTableSettings;
import io.basalt.statebackend.config.Origin;
import io.basalt.statebackend.config.Setting;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.IndexType;
import org.rocksdb.LRUCache;
import org.rocksdb.TableFormatConfig;

/** The block-based format of files: what is configured, and what shared memory changes about it. */
final class TableFormat {

  /**
   * Of a filter that nobody asked for, where nobody said how large it is to be. With Flink's ten a
   * filter is an eighth of a file of tiny entries, more than LZ4 saves; with seven both together
   * are no larger than stock's files, and 4 of 100 absent keys are looked for instead of 1.
   */
  private static final double CHOSEN_BITS_PER_KEY = 7;

  private TableFormat() {}

  static BlockBasedTableConfig create(
      BlockTableSettings settings, AccessPattern pattern, NativeOwner owner) {
    BlockBasedTableConfig format =
        new BlockBasedTableConfig()
            .setBlockSize(settings.blockSize().value().getBytes())
            .setMetadataBlockSize(settings.metadataBlockSize().value().getBytes())
            .setBlockCache(owner.own(new LRUCache(settings.blockCacheSize().value().getBytes())));
    if (hasFilter(settings, pattern)) {
      format.setFilterPolicy(
          owner.own(
              new BloomFilter(bitsPerKey(settings), settings.bloomFilterBlockBased().value())));
    }
    return format;
  }

  /** Stock has no filters unless they are asked for; whoever asks for them or refuses them wins. */
  private static boolean hasFilter(BlockTableSettings settings, AccessPattern pattern) {
    Setting<Boolean> chosen = settings.bloomFilter();
    return chosen.origin() == Origin.DEFAULT ? pattern.isFiltered() : chosen.value();
  }

  private static double bitsPerKey(BlockTableSettings settings) {
    return isLeftToUs(settings) ? CHOSEN_BITS_PER_KEY : settings.bloomFilterBitsPerKey().value();
  }

  private static boolean isLeftToUs(BlockTableSettings settings) {
    return settings.bloomFilter().origin() == Origin.DEFAULT
        && settings.bloomFilterBitsPerKey().origin() == Origin.DEFAULT;
  }

  /**
   * Puts blocks, index and filter blocks included, into the shared cache, so that the budget holds
   * all of them; index and filters are kept before data blocks.
   *
   * @param fileBytes how large the files of the database are expected to be
   */
  static void share(
      MemoryShare memory,
      long fileBytes,
      BlockTableSettings settings,
      ColumnFamilyOptions options,
      NativeOwner owner) {
    BlockBasedTableConfig format = blockBased(options.tableFormatConfig());
    Cache cache = memory.cache();
    if (memory.usesIndexPartitions(fileBytes)) {
      usePartitions(format, settings, owner);
    }
    format
        .setBlockCache(cache)
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinL0FilterAndIndexBlocksInCache(true);
    options.setTableFormatConfig(format);
  }

  /**
   * Partitions want full filters: a filter the user gave, maybe by block, is replaced as in stock.
   */
  private static void usePartitions(
      BlockBasedTableConfig format, BlockTableSettings settings, NativeOwner owner) {
    if (format.filterPolicy() != null) {
      format.setFilterPolicy(
          owner.own(
              isLeftToUs(settings) ? new BloomFilter(CHOSEN_BITS_PER_KEY) : new BloomFilter()));
    }
    format.setIndexType(IndexType.kTwoLevelIndexSearch).setPartitionFilters(true);
  }

  private static BlockBasedTableConfig blockBased(TableFormatConfig format) {
    if (format instanceof BlockBasedTableConfig blockBased) {
      return blockBased;
    }
    if (format == null) {
      return new BlockBasedTableConfig();
    }
    throw new IllegalArgumentException(
        "The options factory sets a table format that shared memory cannot be used with: "
            + format.getClass().getName()
            + ". Use BlockBasedTableConfig, or switch shared memory off with"
            + " state.backend.rocksdb.memory.managed: false and no fixed size.");
  }
}
