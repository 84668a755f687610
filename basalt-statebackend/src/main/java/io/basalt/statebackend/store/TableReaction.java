package io.basalt.statebackend.store;

/**
 * Tells tables and cursors that files have changed. On threads of RocksDB's, all of which are gone
 * before the database is closed.
 */
record TableReaction(OpenedDatabase opened, TableSet tables, ClearedFiles clearedFiles)
    implements FileChanges.Reaction {

  @Override
  public void flushed(String columnFamily, long largestSequenceNumber) {
    tables.with(columnFamily, table -> table.flushed(largestSequenceNumber));
    compacted(columnFamily);
  }

  @Override
  public void compacted(String columnFamily) {
    opened.cursors().filesHaveChanged();
    tables.with(columnFamily, clearedFiles::lookAt);
  }
}
