package io.basalt.statebackend.store;

import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the memtable filter of one column family on and off as its reads suggest. */
final class MemtableFiltering {

  private static final Logger LOG = LoggerFactory.getLogger(MemtableFiltering.class);

  private final RocksDB database;
  private final ColumnFamilyHandle handle;
  private final TableIdentity table;
  private final @Nullable MemtableFilterSize size;
  private final MissedReads missedReads = new MissedReads();
  private volatile boolean on;

  /**
   * For a table that is opened on the task thread.
   *
   * @param size of the filter; null if nothing is to be changed
   */
  MemtableFiltering(
      RocksDB database,
      ColumnFamilyHandle handle,
      TableIdentity table,
      @Nullable MemtableFilterSize size) {
    this.database = database;
    this.handle = handle;
    this.table = table;
    this.size = size;
  }

  /** A read has found its key or not. */
  void read(boolean found) {
    if (size != null && missedReads.count(!found)) {
      change(size, missedReads.areFrequent());
    }
  }

  /** Whether memtables that are begun now get a filter because of their reads. Any thread. */
  boolean isOn() {
    return on;
  }

  private void change(MemtableFilterSize sizeOfFilter, boolean turnOn) {
    try {
      database.setOptions(handle, sizeOfFilter.change(turnOn));
    } catch (RocksDBException e) {
      // Slower, and nothing else: the options file cannot be written, say. Writes will tell.
      LOG.warn("The memtable filter of state '{}' cannot be changed.", table.name(), e);
      return;
    }
    on = turnOn;
    LOG.info(
        "Memtables of state '{}' get {} from now on, for {} of its reads find nothing. To pin it,"
            + " set state.backend.basalt.memtable-filter.",
        table.name(),
        turnOn ? "a filter" : "no filter",
        turnOn ? "many" : "few");
  }
}
