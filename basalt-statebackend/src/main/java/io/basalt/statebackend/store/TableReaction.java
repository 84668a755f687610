package io.basalt.statebackend.store;

/**
 * Tells tables and cursors that files have changed. On threads of RocksDB's, all of which are gone
 * before the database is closed.
 */
record TableReaction(
    OpenedDatabase opened,
    TableSet tables,
    ClearedFiles clearedFiles,
    PostponedCompactions postponed)
    implements FileChanges.Reaction {

  static void install(
      OpenedDatabase opened,
      TableSet tables,
      ClearedFiles clearedFiles,
      PostponedCompactions postponed) {
    opened
        .options()
        .fileChanges()
        .react(new TableReaction(opened, tables, clearedFiles, postponed));
  }

  @Override
  public void flushed(String columnFamily, long largestSequenceNumber) {
    tables.with(columnFamily, table -> table.rangeDeletions().flushed(largestSequenceNumber));
    postponed.flushed(opened, largestSequenceNumber);
    compacted(columnFamily);
  }

  @Override
  public void compacted(String columnFamily) {
    opened.cursors().filesHaveChanged();
    if (!postponed.areWaiting()) {
      tables.with(columnFamily, clearedFiles::lookAt);
      postponed.compacted(opened, columnFamily);
    }
  }
}
