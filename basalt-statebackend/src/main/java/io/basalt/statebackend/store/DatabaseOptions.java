package io.basalt.statebackend.store;

import io.basalt.statebackend.config.DatabaseSettings;
import io.basalt.statebackend.config.InfoLogDirectory;
import io.basalt.statebackend.config.InfoLogSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.ReadOptions;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;
import org.rocksdb.WriteOptions;

/** The native options of one database, and the one owner of all they refer to. */
final class DatabaseOptions implements AutoCloseable {

  private final DatabaseSpecification specification;
  private final InfoLogDirectory infoLogDirectory;
  private final NativeOwner owner;
  private final DBOptions databaseOptions;
  private final WriteOptions writeOptions;
  private final ReadOptions readOptions;
  private final @Nullable Statistics statistics;
  private final FileChanges fileChanges;
  private final boolean takesRangeDeletions;

  private DatabaseOptions(
      DatabaseSpecification specification,
      InfoLogDirectory infoLogDirectory,
      NativeOwner owner,
      DBOptions databaseOptions,
      WriteOptions writeOptions,
      ReadOptions readOptions,
      @Nullable Statistics statistics,
      FileChanges fileChanges,
      boolean takesRangeDeletions) {
    this.specification = specification;
    this.infoLogDirectory = infoLogDirectory;
    this.owner = owner;
    this.databaseOptions = databaseOptions;
    this.writeOptions = writeOptions;
    this.readOptions = readOptions;
    this.statistics = statistics;
    this.fileChanges = fileChanges;
    this.takesRangeDeletions = takesRangeDeletions;
  }

  /**
   * Made in stock's order, which decides who wins: what is configured, then the user's options
   * factory, then what shared memory and the life of a local database demand.
   */
  static DatabaseOptions create(
      DatabaseSpecification specification, Path directory, boolean createIfMissing) {
    NativeOwner owner = new NativeOwner();
    List<AutoCloseable> handlesToClose = new ArrayList<>();
    try {
      DBOptions database = owner.own(new DBOptions());
      InfoLogDirectory infoLogDirectory =
          InfoLogDirectory.choose(
              specification.settings().infoLog(),
              directory,
              System.getProperty(InfoLogDirectory.FLINK_LOG_FILE_PROPERTY));
      apply(specification.settings(), database, infoLogDirectory.directory());
      WriteOptions write = owner.own(new WriteOptions());
      // A checkpoint is the log: replaying it is Flink's recovery.
      write.setDisableWAL(DatabaseSettings.DISABLE_WRITE_AHEAD_LOG);
      ReadOptions read = owner.own(new ReadOptions());
      RocksDBOptionsFactory factory = specification.optionsFactory();
      if (factory != null) {
        DBOptions usersDatabase = factory.createDBOptions(database, handlesToClose);
        database = usersDatabase == database ? database : owner.own(usersDatabase);
        WriteOptions usersWrite = factory.createWriteOptions(write, handlesToClose);
        write = usersWrite == write ? write : owner.own(usersWrite);
        ReadOptions usersRead = factory.createReadOptions(read, handlesToClose);
        read = usersRead == read ? read : owner.own(usersRead);
      }
      // Neither kind of read sees them, here or in stock, which deletes ranges in a restore only.
      boolean takesRangeDeletions = !read.ignoreRangeDeletions() && !read.tailing();
      read.setIgnoreRangeDeletions(false).setTailing(false);
      database.setCreateIfMissing(createIfMissing);
      // Nothing in the local database outlives the task, so what is in memory need not be written.
      database.setAvoidFlushDuringShutdown(DatabaseSettings.AVOID_FLUSH_DURING_SHUTDOWN);
      MemoryShare memory = specification.memory();
      if (memory != null) {
        database.setWriteBufferManager(memory.writeBufferManager());
      }
      Statistics statistics = null;
      if (!specification.tickers().isEmpty()) {
        statistics = owner.own(new Statistics());
        database.setStatistics(statistics);
      }
      FileChanges fileChanges = owner.own(new FileChanges());
      fileChanges.listenTo(database);
      return new DatabaseOptions(
          specification,
          infoLogDirectory,
          owner,
          database,
          write,
          read,
          statistics,
          fileChanges,
          takesRangeDeletions);
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    } finally {
      specification.usersHandles().own(handlesToClose);
    }
  }

  private static void apply(
      DatabaseSettings settings, DBOptions options, @Nullable Path infoLogDirectory) {
    InfoLogSettings log = settings.infoLog();
    options
        .setUseFsync(DatabaseSettings.USE_FSYNC)
        .setStatsDumpPeriodSec(DatabaseSettings.STATISTICS_DUMP_PERIOD_SECONDS)
        .setMaxBackgroundJobs(settings.backgroundThreads().value())
        .setMaxManifestFileSize(DatabaseSettings.MOST_MANIFEST_BYTES)
        .setMaxOpenFiles(settings.openFiles().value())
        .setInfoLogLevel(InfoLogLevel.valueOf(log.level().value()))
        .setMaxLogFileSize(log.maximumFileSize().value().getBytes())
        .setKeepLogFileNum(log.fileCount().value());
    if (infoLogDirectory != null) {
      options.setDbLogDir(infoLogDirectory.toString());
    }
  }

  DatabaseSpecification specification() {
    return specification;
  }

  InfoLogDirectory infoLogDirectory() {
    return infoLogDirectory;
  }

  DBOptions databaseOptions() {
    return databaseOptions;
  }

  WriteOptions writeOptions() {
    return writeOptions;
  }

  ReadOptions readOptions() {
    return readOptions;
  }

  /** Whether entries may be deleted by ranges where stock would delete one after the other. */
  boolean takesRangeDeletions() {
    return takesRangeDeletions;
  }

  /** Tells of flushes and compactions. */
  FileChanges fileChanges() {
    return fileChanges;
  }

  /** What a ticker counts so far. */
  long ticker(String name) {
    if (statistics == null) {
      throw new IllegalStateException("RocksDB was opened without statistics; no ticker " + name);
    }
    return statistics.getTickerCount(TickerType.valueOf(name));
  }

  @Override
  public void close() {
    owner.close();
  }
}
