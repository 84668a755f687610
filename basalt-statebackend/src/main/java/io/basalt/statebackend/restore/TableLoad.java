package io.basalt.statebackend.restore;

import io.basalt.statebackend.store.EntryBuffers;
import io.basalt.statebackend.store.SortedFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one table in a part of the key groups, on their way into files. Few are not worth
 * a file, and go the way of all writes; so does all that comes when too many files are under way.
 * One thread, which closes it.
 */
final class TableLoad implements AutoCloseable {

  /** Less is no file: a state may have four parts, and a job many small states. */
  private static final int LEAST_BYTES_OF_A_FILE = 64 << 10;

  private final LoadedTable table;
  private final EntryBuffers buffers;
  private final FilesUnderWay underWay;
  private final List<SortedFiles> runs = new ArrayList<>();

  /** What comes behind those goes the way of all writes. */
  private int layers = LoadedTable.MOST_LAYERS;

  private @Nullable EntryGroup few = new EntryGroup(LEAST_BYTES_OF_A_FILE, LEAST_BYTES_OF_A_FILE);

  TableLoad(LoadedTable table, FilesUnderWay underWay, EntryBuffers buffers) {
    this.table = table;
    this.underWay = underWay;
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
    while (runs.size() <= layer && runs.size() < layers) {
      if (underWay.begin(runs.size())) {
        runs.add(table.newRun(runs.size(), buffers));
      } else {
        // For good: files between what is written otherwise would all lie in level 0.
        layers = runs.size();
      }
    }
    if (layer < layers) {
      runs.get(layer).put(key, value);
    } else {
      table.put(key, value);
    }
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
    for (int layer = 0; layer < runs.size(); layer++) {
      runs.get(layer).close();
      underWay.end(layer);
    }
    runs.clear();
  }
}
