package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MAX_AUTO_COMPACTIONS;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MAX_FILES_TO_COMPACT;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MAX_FILE_SIZE_TO_COMPACT;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MAX_OUTPUT_FILE_SIZE;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MAX_PARALLEL_COMPACTIONS;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MIN_FILES_TO_COMPACT;
import static org.apache.flink.state.rocksdb.sstmerge.RocksDBManualCompactionOptions.MIN_INTERVAL;

import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.configuration.MemorySize;

/**
 * When the backend merges small files by itself.
 *
 * @param minimumInterval between two looks for small files; 0 switches them off
 * @param maximumParallelCompactions how many run at a time
 * @param maximumFileSize up to which a file counts as small
 * @param minimumFiles how many small files are worth a compaction
 * @param maximumFiles how many one compaction takes at most
 * @param maximumOutputFileSize of what a compaction writes
 * @param maximumAutomaticCompactions with more of RocksDB's own running, none is started
 */
public record ManualCompactionSettings(
    Setting<Duration> minimumInterval,
    Setting<Integer> maximumParallelCompactions,
    Setting<MemorySize> maximumFileSize,
    Setting<Integer> minimumFiles,
    Setting<Integer> maximumFiles,
    Setting<MemorySize> maximumOutputFileSize,
    Setting<Integer> maximumAutomaticCompactions)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  static ManualCompactionSettings defaults() {
    return new ManualCompactionSettings(
        Setting.byDefault(MIN_INTERVAL.defaultValue()),
        Setting.byDefault(MAX_PARALLEL_COMPACTIONS.defaultValue()),
        Setting.byDefault(MAX_FILE_SIZE_TO_COMPACT.defaultValue()),
        Setting.byDefault(MIN_FILES_TO_COMPACT.defaultValue()),
        Setting.byDefault(MAX_FILES_TO_COMPACT.defaultValue()),
        Setting.byDefault(MAX_OUTPUT_FILE_SIZE.defaultValue()),
        Setting.byDefault(MAX_AUTO_COMPACTIONS.defaultValue()));
  }

  ManualCompactionSettings read(SettingReader reader) {
    return new ManualCompactionSettings(
        reader.last(minimumInterval, MIN_INTERVAL, Rule.DURATION),
        reader.last(maximumParallelCompactions, MAX_PARALLEL_COMPACTIONS, Rule.COUNT),
        reader.last(maximumFileSize, MAX_FILE_SIZE_TO_COMPACT, Rule.SIZE),
        reader.last(minimumFiles, MIN_FILES_TO_COMPACT, Rule.COUNT),
        reader.last(maximumFiles, MAX_FILES_TO_COMPACT, Rule.COUNT),
        reader.last(maximumOutputFileSize, MAX_OUTPUT_FILE_SIZE, Rule.SIZE),
        reader.last(maximumAutomaticCompactions, MAX_AUTO_COMPACTIONS, Rule.COUNT));
  }
}
