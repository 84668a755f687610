package io.basalt.statebackend.restore;

import io.basalt.statebackend.store.EntryBuffers;
import io.basalt.statebackend.store.SortedFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one table in a part of the key groups, on their way into files. Few are not worth
 * a file, and go the way of all writes. One thread, which closes it.
 */
final class TableLoad implements AutoCloseable {

  /** Less is no file: a state may have four parts, and a job many small states. */
  private static final int LEAST_BYTES_OF_A_FILE = 64 << 10;

  private final LoadedTable table;
  private final EntryBuffers buffers;
  private final List<SortedFiles> runs = new ArrayList<>();
  private @Nullable EntryGroup few = new EntryGroup(LEAST_BYTES_OF_A_FILE, LEAST_BYTES_OF_A_FILE);

  TableLoad(LoadedTable table, EntryBuffers buffers) {
    this.table = table;
    this.buffers = buffers;
  }

  /**
   * Takes an entry.
   *
   * @param layer the key is greater than those of all entries that this one has had
   */
  void put(int layer, byte[] key, byte[] value) throws IOException {
    if (few == null) {
      putIntoFile(layer, key, value);
      return;
    }
    few.add(key, value);
    if (few.isFull()) {
      EntryGroup enough = few;
      few = null;
      enough.drainTo((k, v) -> putIntoFile(layer, k, v));
    }
  }

  private void putIntoFile(int layer, byte[] key, byte[] value) throws IOException {
    if (!LoadedTable.hasLayer(layer)) {
      table.put(key, value);
      return;
    }
    while (runs.size() <= layer) {
      runs.add(table.newRun(runs.size(), buffers));
    }
    runs.get(layer).put(key, value);
  }

  /** No more entries come. */
  void finish() throws IOException {
    if (few != null) {
      few.drainTo(table::put);
    }
    for (SortedFiles run : runs) {
      run.finish();
    }
  }

  @Override
  public void close() {
    runs.forEach(SortedFiles::close);
  }
}
