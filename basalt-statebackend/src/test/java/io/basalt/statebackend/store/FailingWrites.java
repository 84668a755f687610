package io.basalt.statebackend.store;

import java.util.Collection;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.WriteOptions;

/**
 * Makes every write to a real database fail for a while, as a full disk does until it is cleared:
 * RocksDB refuses a synchronous write without a log.
 */
public final class FailingWrites implements RocksDBOptionsFactory {

  private static final long serialVersionUID = 1L;

  private transient WriteOptions options = new WriteOptions();

  /** From now on writes fail. */
  public void begin() {
    options.setSync(true);
  }

  /** From now on writes succeed again. */
  public void end() {
    options.setSync(false);
  }

  @Override
  public DBOptions createDBOptions(DBOptions current, Collection<AutoCloseable> handlesToClose) {
    return current;
  }

  @Override
  public ColumnFamilyOptions createColumnOptions(
      ColumnFamilyOptions current, Collection<AutoCloseable> handlesToClose) {
    return current;
  }

  @Override
  public WriteOptions createWriteOptions(
      WriteOptions current, Collection<AutoCloseable> handlesToClose) {
    options.close();
    options = current;
    return current;
  }
}
