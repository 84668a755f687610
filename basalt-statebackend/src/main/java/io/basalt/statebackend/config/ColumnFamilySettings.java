package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.COMPACTION_STYLE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.MAX_SIZE_LEVEL_BASE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.MAX_WRITE_BUFFER_NUMBER;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.MIN_WRITE_BUFFER_NUMBER_TO_MERGE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.TARGET_FILE_SIZE_BASE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.USE_DYNAMIC_LEVEL_SIZE;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.WRITE_BUFFER_SIZE;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.state.rocksdb.PredefinedOptions;

/**
 * The options of every column family. Every value is applied, the defaults too, as in stock: they
 * are not all RocksDB's own.
 *
 * @param compactionStyle the name of a {@code CompactionStyle}
 * @param dynamicLevelSize whether the sizes of levels follow the size of the last; RocksDB 8's own
 *     default is true, Flink's false
 * @param compressionPerLevel the names of {@code CompressionType}s, level 0 first, the last one for
 *     all further levels; empty for what RocksDB does by itself, which is Snappy on all
 * @param targetFileSize of a file of level 1
 * @param maximumLevelBaseSize of the files of level 1 together
 * @param writeBufferSize of one memtable
 * @param maximumWriteBuffers how many memtables there are at most, the active one included
 * @param minimumWriteBuffersToMerge how many are merged before they are flushed
 * @param table the format of files
 */
public record ColumnFamilySettings(
    Setting<String> compactionStyle,
    Setting<Boolean> dynamicLevelSize,
    Setting<List<String>> compressionPerLevel,
    Setting<MemorySize> targetFileSize,
    Setting<MemorySize> maximumLevelBaseSize,
    Setting<MemorySize> writeBufferSize,
    Setting<Integer> maximumWriteBuffers,
    Setting<Integer> minimumWriteBuffersToMerge,
    BlockTableSettings table)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** RocksDB's mark for "not set", which it refuses as the compression of a level. */
  private static final Set<String> UNUSABLE_COMPRESSIONS = Set.of("DISABLE_COMPRESSION_OPTION");

  static ColumnFamilySettings defaults() {
    return new ColumnFamilySettings(
        EnumNames.byDefault(COMPACTION_STYLE),
        Setting.byDefault(USE_DYNAMIC_LEVEL_SIZE.defaultValue()),
        EnumNames.listByDefault(COMPRESSION_PER_LEVEL),
        Setting.byDefault(TARGET_FILE_SIZE_BASE.defaultValue()),
        Setting.byDefault(MAX_SIZE_LEVEL_BASE.defaultValue()),
        Setting.byDefault(WRITE_BUFFER_SIZE.defaultValue()),
        Setting.byDefault(MAX_WRITE_BUFFER_NUMBER.defaultValue()),
        Setting.byDefault(MIN_WRITE_BUFFER_NUMBER_TO_MERGE.defaultValue()),
        BlockTableSettings.defaults());
  }

  ColumnFamilySettings read(SettingReader reader, PredefinedOptions predefined) {
    return new ColumnFamilySettings(
        EnumNames.read(reader, compactionStyle, COMPACTION_STYLE, Set.of()),
        reader.last(dynamicLevelSize, USE_DYNAMIC_LEVEL_SIZE, Rule.FLAG, predefined),
        EnumNames.readList(
            reader, compressionPerLevel, COMPRESSION_PER_LEVEL, UNUSABLE_COMPRESSIONS),
        reader.last(targetFileSize, TARGET_FILE_SIZE_BASE, Rule.POSITIVE_SIZE, predefined),
        reader.last(maximumLevelBaseSize, MAX_SIZE_LEVEL_BASE, Rule.POSITIVE_SIZE, predefined),
        reader.last(writeBufferSize, WRITE_BUFFER_SIZE, Rule.POSITIVE_SIZE, predefined),
        reader.last(maximumWriteBuffers, MAX_WRITE_BUFFER_NUMBER, Rule.POSITIVE_COUNT, predefined),
        reader.last(
            minimumWriteBuffersToMerge,
            MIN_WRITE_BUFFER_NUMBER_TO_MERGE,
            Rule.POSITIVE_COUNT,
            predefined),
        table.read(reader, predefined));
  }
}
