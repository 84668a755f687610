package io.basalt.statebackend.store;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Reads numeric properties of a column family. */
final class NumericProperty {

  /** RocksDB knows the number of files at a level as text only. */
  private static final String TEXTUAL = "rocksdb.num-files-at-level";

  private NumericProperty() {}

  static long read(
      String name, RocksDB database, ColumnFamilyHandle handle, TableIdentity identity) {
    try {
      return name.startsWith(TEXTUAL)
          ? Long.parseLong(database.getProperty(handle, name))
          : database.getLongProperty(handle, name);
    } catch (RocksDBException e) {
      throw identity.failure("read property " + name + " of", e);
    }
  }
}
