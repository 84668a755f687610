package io.basalt.statebackend.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.jspecify.annotations.Nullable;
import org.rocksdb.DBOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;
import org.rocksdb.WriteOptions;

/** The native options of one database, and the one owner of all they refer to. */
final class DatabaseOptions implements AutoCloseable {

  private final DatabaseSpecification specification;
  private final NativeOwner owner;
  private final DBOptions databaseOptions;
  private final WriteOptions writeOptions;
  private final ReadOptions readOptions;
  private final @Nullable Statistics statistics;

  private DatabaseOptions(
      DatabaseSpecification specification,
      NativeOwner owner,
      DBOptions databaseOptions,
      WriteOptions writeOptions,
      ReadOptions readOptions,
      @Nullable Statistics statistics) {
    this.specification = specification;
    this.owner = owner;
    this.databaseOptions = databaseOptions;
    this.writeOptions = writeOptions;
    this.readOptions = readOptions;
    this.statistics = statistics;
  }

  static DatabaseOptions create(DatabaseSpecification specification, Path directory) {
    NativeOwner owner = new NativeOwner();
    try {
      DBOptions database = owner.own(new DBOptions());
      // Nothing in the local database outlives the task, so what is in memory need not be written.
      database.setAvoidFlushDuringShutdown(true);
      WriteOptions write = owner.own(new WriteOptions());
      // A checkpoint is the log: replaying it is Flink's recovery.
      write.setDisableWAL(true);
      ReadOptions read = owner.own(new ReadOptions());
      RocksDBOptionsFactory factory = specification.optionsFactory();
      if (factory != null) {
        List<AutoCloseable> handlesToClose = new ArrayList<>();
        DBOptions usersDatabase = factory.createDBOptions(database, handlesToClose);
        WriteOptions usersWrite = factory.createWriteOptions(write, handlesToClose);
        ReadOptions usersRead = factory.createReadOptions(read, handlesToClose);
        handlesToClose.forEach(owner::own);
        database = usersDatabase == database ? database : owner.own(usersDatabase);
        write = usersWrite == write ? write : owner.own(usersWrite);
        read = usersRead == read ? read : owner.own(usersRead);
      }
      Statistics statistics = null;
      if (!specification.tickers().isEmpty()) {
        statistics = owner.own(new Statistics());
        database.setStatistics(statistics);
      }
      return new DatabaseOptions(specification, owner, database, write, read, statistics);
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  DatabaseSpecification specification() {
    return specification;
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
