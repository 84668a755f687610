package io.basalt.statebackend.store;

import java.util.ArrayList;
import java.util.List;
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

  private volatile Runnable onChange = () -> {};

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
  void onChange(Runnable action) {
    onChange = action;
  }

  @Override
  public void onFlushCompleted(RocksDB database, FlushJobInfo flush) {
    onChange.run();
  }

  @Override
  public void onCompactionCompleted(RocksDB database, CompactionJobInfo compaction) {
    onChange.run();
  }
}
