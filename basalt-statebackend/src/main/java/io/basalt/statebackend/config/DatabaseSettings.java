package io.basalt.statebackend.config;

import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.MAX_BACKGROUND_THREADS;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.MAX_OPEN_FILES;
import static org.apache.flink.state.rocksdb.RocksDBConfigurableOptions.WRITE_BATCH_SIZE;

import java.io.Serializable;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.state.rocksdb.PredefinedOptions;

/**
 * What is configured of RocksDB's options: predefined options, single options over them, and what
 * stock sets without asking.
 *
 * <p>Every value is applied to the options objects before the user's options factory sees them,
 * whatever its origin.
 *
 * @param predefined the set of values that lies beneath the single options
 * @param backgroundThreads how many flushes and compactions run at a time ({@code
 *     max_background_jobs})
 * @param openFiles how many files are kept open; negative for all
 * @param infoLog RocksDB's own log
 * @param columnFamily the options of every column family
 * @param compactionFilter how compactions take expired entries away
 * @param tuning what Basalt chooses beyond stock's options
 * @param writeBatchSize how much a write batch collects before it is handed over; 0 for no limit in
 *     bytes
 */
public record DatabaseSettings(
    Setting<PredefinedOptions> predefined,
    Setting<Integer> backgroundThreads,
    Setting<Integer> openFiles,
    InfoLogSettings infoLog,
    ColumnFamilySettings columnFamily,
    CompactionFilterSettings compactionFilter,
    TableTuning tuning,
    Setting<MemorySize> writeBatchSize)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * Stock never fsyncs: a checkpoint is what survives a machine. Set before the user's factory,
   * which may change it.
   */
  public static final boolean USE_FSYNC = false;

  /** Stock turns RocksDB's periodic statistics in its log off. Set before the user's factory. */
  public static final int STATISTICS_DUMP_PERIOD_SECONDS = 0;

  /**
   * RocksDB begins its manifest anew at this length, by default a gigabyte. Every checkpoint
   * uploads it, and every restore reads it from the beginning. Set before the user's factory, which
   * may change it.
   */
  public static final long MOST_MANIFEST_BYTES = 64 << 20;

  /** Stock writes no write-ahead log. Set before the user's factory, which may change it. */
  public static final boolean DISABLE_WRITE_AHEAD_LOG = true;

  /** Set after the user's factory, which therefore cannot change it. */
  public static final boolean CREATE_IF_MISSING = true;

  /** Set after the user's factory, which therefore cannot change it. */
  public static final boolean AVOID_FLUSH_DURING_SHUTDOWN = true;

  /** What holds where nothing is configured. */
  public static DatabaseSettings defaults() {
    return new DatabaseSettings(
        Setting.byDefault(PredefinedOptions.DEFAULT),
        Setting.byDefault(MAX_BACKGROUND_THREADS.defaultValue()),
        Setting.byDefault(MAX_OPEN_FILES.defaultValue()),
        InfoLogSettings.defaults(),
        ColumnFamilySettings.defaults(),
        CompactionFilterSettings.defaults(),
        TableTuning.defaults(),
        Setting.byDefault(WRITE_BATCH_SIZE.defaultValue()));
  }

  /** How many bytes a write batch collects before it is handed over; 0 for no limit in bytes. */
  public long writeBatchBytes() {
    return writeBatchSize.value().getBytes();
  }

  /** The same with another set of values beneath the single options. */
  DatabaseSettings withPredefined(Setting<PredefinedOptions> chosen, SettingReader reader) {
    PredefinedOptions beneath = chosen.value();
    return new DatabaseSettings(
        chosen,
        reader.last(backgroundThreads, MAX_BACKGROUND_THREADS, Rule.POSITIVE_COUNT, beneath),
        reader.last(openFiles, MAX_OPEN_FILES, Rule.COUNT, beneath),
        infoLog.read(reader, beneath),
        columnFamily.read(reader, beneath),
        compactionFilter.read(reader),
        tuning.read(reader),
        writeBatchSize);
  }

  DatabaseSettings withWriteBatchSize(Setting<MemorySize> size) {
    return new DatabaseSettings(
        predefined,
        backgroundThreads,
        openFiles,
        infoLog,
        columnFamily,
        compactionFilter,
        tuning,
        size);
  }

  DatabaseSettings read(SettingReader reader) {
    return withPredefined(PredefinedName.first(reader, predefined), reader)
        .withWriteBatchSize(reader.first(writeBatchSize, WRITE_BATCH_SIZE, Rule.SIZE));
  }
}
