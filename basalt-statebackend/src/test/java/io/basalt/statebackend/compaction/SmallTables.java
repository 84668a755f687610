package io.basalt.statebackend.compaction;

import java.util.Collection;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/** A user's options with which RocksDB by itself leaves many small files. */
public final class SmallTables implements RocksDBOptionsFactory {

  private static final long serialVersionUID = 1L;

  private static final int FILE_BYTES = 4 << 10;

  @Override
  public DBOptions createDBOptions(
      DBOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    return currentOptions;
  }

  @Override
  public ColumnFamilyOptions createColumnOptions(
      ColumnFamilyOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    return currentOptions.setTargetFileSizeBase(FILE_BYTES);
  }
}
