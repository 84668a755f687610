package io.basalt.statebackend.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.CompactionJobInfo;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushJobInfo;
import org.rocksdb.RocksDB;

/**
 * Hears when a flush or a compaction has put other files in the place of memtables or files. Called
 * by threads of RocksDB's, which hold no lock of its then. Owned by the options of the database,
 * which outlive it.
 */
final class FileChanges extends AbstractEventListener {

  /** What is done when files have changed, with the name of their column family. */
  interface Reaction {

    void flushed(String columnFamily, long largestSequenceNumber);

    void compacted(String columnFamily);
  }

  private volatile @Nullable Reaction reaction;

  FileChanges() {
    super(EnabledEventCallback.ON_FLUSH_COMPLETED, EnabledEventCallback.ON_COMPACTION_COMPLETED);
  }

  /** Joins those that the user's factory has set. */
  void listenTo(DBOptions options) {
    List<AbstractEventListener> all = new ArrayList<>(options.listeners());
    all.add(this);
    options.setListeners(all);
  }

  /** What to do from now on. */
  void react(Reaction chosen) {
    reaction = chosen;
  }

  @Override
  public void onFlushCompleted(RocksDB database, FlushJobInfo flush) {
    Reaction chosen = reaction;
    if (chosen != null) {
      chosen.flushed(flush.getColumnFamilyName(), flush.getLargestSeqno());
    }
  }

  @Override
  public void onCompactionCompleted(RocksDB database, CompactionJobInfo compaction) {
    Reaction chosen = reaction;
    if (chosen != null) {
      chosen.compacted(new String(compaction.columnFamilyName(), StandardCharsets.UTF_8));
    }
  }
}
