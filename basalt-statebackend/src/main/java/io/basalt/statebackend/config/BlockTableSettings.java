package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.BLOCK_CACHE_SIZE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.BLOCK_SIZE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.BLOOM_FILTER_BITS_PER_KEY;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.BLOOM_FILTER_BLOCK_BASED_MODE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.METADATA_BLOCK_SIZE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.USE_BLOOM_FILTER;

import java.io.Serializable;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.state.rocksdb.PredefinedOptions;

/**
 * The block-based format of a table's files. Every value is applied, the defaults too, as in stock.
 *
 * @param blockSize of a data block before compression
 * @param metadataBlockSize of a partition of a partitioned index or filter
 * @param blockCacheSize of the cache that a column family has for itself where memory is not shared
 * @param bloomFilter whether files get a bloom filter; without it the next two mean nothing
 * @param bloomFilterBitsPerKey of that filter; RocksDB rounds
 * @param bloomFilterBlockBased whether the filter is asked for by block, which RocksDB 8 ignores
 */
public record BlockTableSettings(
    Setting<MemorySize> blockSize,
    Setting<MemorySize> metadataBlockSize,
    Setting<MemorySize> blockCacheSize,
    Setting<Boolean> bloomFilter,
    Setting<Double> bloomFilterBitsPerKey,
    Setting<Boolean> bloomFilterBlockBased)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  static BlockTableSettings defaults() {
    return new BlockTableSettings(
        Setting.byDefault(BLOCK_SIZE.defaultValue()),
        Setting.byDefault(METADATA_BLOCK_SIZE.defaultValue()),
        Setting.byDefault(BLOCK_CACHE_SIZE.defaultValue()),
        Setting.byDefault(USE_BLOOM_FILTER.defaultValue()),
        Setting.byDefault(BLOOM_FILTER_BITS_PER_KEY.defaultValue()),
        Setting.byDefault(BLOOM_FILTER_BLOCK_BASED_MODE.defaultValue()));
  }

  BlockTableSettings read(SettingReader reader, PredefinedOptions predefined) {
    return new BlockTableSettings(
        reader.last(blockSize, BLOCK_SIZE, Rule.POSITIVE_SIZE, predefined),
        reader.last(metadataBlockSize, METADATA_BLOCK_SIZE, Rule.POSITIVE_SIZE, predefined),
        reader.last(blockCacheSize, BLOCK_CACHE_SIZE, Rule.POSITIVE_SIZE, predefined),
        reader.last(bloomFilter, USE_BLOOM_FILTER, Rule.FLAG, predefined),
        reader.last(bloomFilterBitsPerKey, BLOOM_FILTER_BITS_PER_KEY, Rule.NUMBER, predefined),
        reader.last(bloomFilterBlockBased, BLOOM_FILTER_BLOCK_BASED_MODE, Rule.FLAG, predefined));
  }
}
