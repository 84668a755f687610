package io.basalt.statebackend.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.state.rocksdb.ConfigurableRocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileManager;
import org.rocksdb.WriteOptions;

/**
 * A user's options factory, named in the configuration. Steps are its calls, each of which has made
 * something that is to be closed before it may fail.
 */
public final class HookedOptions implements ConfigurableRocksDBOptionsFactory {

  private static final long serialVersionUID = 1L;

  private static final long UNLIMITED = 0;

  private static Steps steps = Steps.counted();
  private static long diskBytes = UNLIMITED;

  /** What factories made from now on do. */
  static void use(Steps newSteps) {
    steps = newSteps;
    diskBytes = UNLIMITED;
  }

  /** From now on databases are opened on disks of that size. */
  static void limitDisk(long bytes) {
    steps = Steps.counted();
    diskBytes = bytes;
  }

  @Override
  public RocksDBOptionsFactory configure(ReadableConfig configuration) {
    return this;
  }

  @Override
  public DBOptions createDBOptions(
      DBOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    step(handlesToClose);
    if (diskBytes != UNLIMITED) {
      try {
        SstFileManager disk = new SstFileManager(Env.getDefault());
        handlesToClose.add(disk);
        disk.setMaxAllowedSpaceUsage(diskBytes);
        currentOptions.setSstFileManager(disk);
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }
    return currentOptions;
  }

  @Override
  public ColumnFamilyOptions createColumnOptions(
      ColumnFamilyOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    step(handlesToClose);
    // Other options than those that were given: both are to be closed.
    return new ColumnFamilyOptions(currentOptions);
  }

  @Override
  public WriteOptions createWriteOptions(
      WriteOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    step(handlesToClose);
    return currentOptions;
  }

  @Override
  public ReadOptions createReadOptions(
      ReadOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
    step(handlesToClose);
    return new ReadOptions(currentOptions);
  }

  private static void step(Collection<AutoCloseable> handlesToClose) {
    handlesToClose.add(new BloomFilter());
    try {
      steps.reached();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
