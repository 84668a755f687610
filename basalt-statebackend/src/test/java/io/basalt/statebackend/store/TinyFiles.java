package io.basalt.statebackend.store;

import java.util.Collection;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;

/** Many files in several levels where there are some thousand small entries. */
public final class TinyFiles implements RocksDBOptionsFactory {
  private static final long serialVersionUID = 1L;

  @Override
  public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handlesToClose) {
    return current;
  }

  @Override
  public ColumnFamilyOptions createColumnOptions(
      ColumnFamilyOptions current, Collection<AutoCloseable> handlesToClose) {
    return current
        .setWriteBufferSize(64 << 10)
        .setLevel0FileNumCompactionTrigger(3)
        .setTargetFileSizeBase(2 << 10)
        .setMaxBytesForLevelBase(8 << 10)
        .setMaxBytesForLevelMultiplier(3);
  }
}
