package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.LOG_DIR;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.LOG_FILE_NUM;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.LOG_LEVEL;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.LOG_MAX_FILE_SIZE;

import java.io.Serializable;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.state.rocksdb.PredefinedOptions;
import org.jspecify.annotations.Nullable;

/**
 * RocksDB's own log (its file {@code LOG}).
 *
 * @param level the name of an {@code InfoLogLevel}
 * @param maximumFileSize from which size on a new file is begun; 0 for one file without limit
 * @param fileCount how many files are kept
 * @param directory where to if a directory is configured; see {@link InfoLogDirectory} for where
 *     the log goes otherwise
 */
public record InfoLogSettings(
    Setting<String> level,
    Setting<MemorySize> maximumFileSize,
    Setting<Integer> fileCount,
    @Nullable Setting<String> directory)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The number of levels rather than a level: RocksDB cannot write it to its options file. */
  private static final Set<String> UNUSABLE_LEVELS = Set.of("NUM_INFO_LOG_LEVELS");

  static InfoLogSettings defaults() {
    return new InfoLogSettings(
        EnumNames.byDefault(LOG_LEVEL),
        Setting.byDefault(LOG_MAX_FILE_SIZE.defaultValue()),
        Setting.byDefault(LOG_FILE_NUM.defaultValue()),
        null);
  }

  InfoLogSettings read(SettingReader reader, PredefinedOptions predefined) {
    Optional<Setting<String>> configuredDirectory = reader.explicit(LOG_DIR, Rule.ABSOLUTE_PATH);
    return new InfoLogSettings(
        EnumNames.read(reader, level, LOG_LEVEL, UNUSABLE_LEVELS),
        reader.last(maximumFileSize, LOG_MAX_FILE_SIZE, Rule.SIZE, predefined),
        reader.last(fileCount, LOG_FILE_NUM, Rule.POSITIVE_COUNT, predefined),
        configuredDirectory.orElse(directory));
  }
}
