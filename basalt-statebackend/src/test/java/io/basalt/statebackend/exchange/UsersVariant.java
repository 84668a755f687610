package io.basalt.statebackend.exchange;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.state.rocksdb.ConfigurableRocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.DBOptions;
import org.rocksdb.HashLinkedListMemTableConfig;
import org.rocksdb.ReadOptions;
import org.rocksdb.VectorMemTableConfig;
import org.rocksdb.WriteOptions;

/** What a user's options factory, or his configuration, may make of RocksDB: seldom, but legal. */
@SuppressWarnings("ImmutableEnumChecker") // its functions have no state
enum UsersVariant {
  UNIVERSAL(o -> o.setCompactionStyle(CompactionStyle.UNIVERSAL)),
  FIFO(o -> o.setCompactionStyle(CompactionStyle.FIFO)),
  NO_COMPACTIONS(o -> o.setDisableAutoCompactions(true)),
  EARLY_COMPACTIONS(
      o ->
          o.setLevel0FileNumCompactionTrigger(1)
              .setLevel0SlowdownWritesTrigger(2)
              .setLevel0StopWritesTrigger(2)),
  HASHED_MEMTABLES(
      o ->
          o.useCappedPrefixExtractor(4)
              .setMemTableConfig(new HashLinkedListMemTableConfig().setBucketCount(64)),
      o -> o.setAllowConcurrentMemtableWrite(false)),
  UNSORTED_MEMTABLES(
      o -> o.setMemTableConfig(new VectorMemTableConfig()),
      o -> o.setAllowConcurrentMemtableWrite(false)),
  BLOB_FILES(
      o ->
          o.setEnableBlobFiles(true)
              .setMinBlobSize(8)
              .setBlobFileSize(4 << 10)
              .setEnableBlobGarbageCollection(true)
              .setBlobGarbageCollectionAgeCutoff(1.0)
              .setBlobGarbageCollectionForceThreshold(0.1)),
  WITH_LOG(o -> o, o -> o, w -> w.setDisableWAL(false), r -> r),
  /** Stock deletes none, but where it has been rescaled. */
  NO_RANGES_DELETED(o -> o, o -> o, w -> w, r -> r.setIgnoreRangeDeletions(true)),
  FOLLOWING_READS(o -> o, o -> o, w -> w, r -> r.setTailing(true));

  private static final ConfigOption<UsersVariant> VARIANT =
      ConfigOptions.key("test.variant").enumType(UsersVariant.class).noDefaultValue();

  private final Change<ColumnFamilyOptions> tables;
  private final Change<DBOptions> database;
  private final Change<WriteOptions> writes;
  private final Change<ReadOptions> reads;

  /** Changes options, or gives others. */
  private interface Change<T> {
    T change(T options);
  }

  UsersVariant(Change<ColumnFamilyOptions> tables) {
    this(tables, options -> options);
  }

  UsersVariant(Change<ColumnFamilyOptions> tables, Change<DBOptions> database) {
    this(tables, database, options -> options, options -> options);
  }

  UsersVariant(
      Change<ColumnFamilyOptions> tables,
      Change<DBOptions> database,
      Change<WriteOptions> writes,
      Change<ReadOptions> reads) {
    this.tables = tables;
    this.database = database;
    this.writes = writes;
    this.reads = reads;
  }

  /** What a configuration says to have it. */
  Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put(RocksDBOptions.OPTIONS_FACTORY.key(), Factory.class.getName());
    settings.put(VARIANT.key(), name());
    return settings;
  }

  /** The user's factory: files are small, so that there are many. */
  public static final class Factory implements ConfigurableRocksDBOptionsFactory {

    private static final long serialVersionUID = 1L;

    private UsersVariant variant = UNIVERSAL;

    @Override
    public RocksDBOptionsFactory configure(ReadableConfig configuration) {
      variant = configuration.get(VARIANT);
      return this;
    }

    @Override
    public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handles) {
      return variant.database.change(current);
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(
        ColumnFamilyOptions current, Collection<AutoCloseable> handles) {
      return variant.tables.change(
          current
              .setWriteBufferSize(64 << 10)
              .setLevel0FileNumCompactionTrigger(3)
              .setTargetFileSizeBase(2 << 10)
              .setMaxBytesForLevelBase(8 << 10)
              .setMaxBytesForLevelMultiplier(3));
    }

    @Override
    public WriteOptions createWriteOptions(
        WriteOptions current, Collection<AutoCloseable> handles) {
      return variant.writes.change(current);
    }

    @Override
    public ReadOptions createReadOptions(ReadOptions current, Collection<AutoCloseable> handles) {
      return variant.reads.change(current);
    }
  }
}
