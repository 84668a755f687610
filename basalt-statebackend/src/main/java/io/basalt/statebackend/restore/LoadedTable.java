package io.basalt.statebackend.restore;

import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Database;
import io.basalt.statebackend.store.EntryBuffers;
import io.basalt.statebackend.store.SortedFiles;
import io.basalt.statebackend.store.Table;
import io.basalt.statebackend.store.TableAddition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A table that is filled from a canonical snapshot, by sorted files in layers: the files of one do
 * not overlap. RocksDB gets one layer after the other and puts each a level above those before.
 *
 * <p>Any thread may begin runs; whoever opens it calls {@link #add} after the last of them and
 * closes it.
 */
final class LoadedTable implements AutoCloseable {

  /**
   * RocksDB has six levels below that for files that overlap, of which writes are to find as few as
   * possible.
   */
  static final int MOST_LAYERS = 5;

  private final Database target;
  private final Table table;
  private final boolean fewFiles;
  private final Batch batch;
  private final List<TableAddition> layers = new ArrayList<>();

  /**
   * A table with none of the keys that will come.
   *
   * @param fewFiles see {@link Database#addition}
   * @param batch of all tables of the target; stays the caller's to close
   */
  LoadedTable(Database target, Table table, boolean fewFiles, Batch batch) {
    this.target = target;
    this.table = table;
    this.fewFiles = fewFiles;
    this.batch = batch;
  }

  /** Makes room for files beside the database. Task thread. */
  void open() {
    while (layers.size() < MOST_LAYERS) {
      layers.add(target.addition(table, fewFiles));
    }
  }

  /** Begins files of a layer for a part of the key groups. The caller closes it. */
  SortedFiles newRun(int layer, EntryBuffers buffers) throws IOException {
    return layers.get(layer).newRun(buffers);
  }

  /** An entry that is not worth a file. */
  void put(byte[] key, byte[] value) {
    synchronized (batch) {
      batch.put(table, key, value);
    }
  }

  /** Makes the table have what all runs have. Task thread. */
  void add() throws IOException {
    for (TableAddition layer : layers) {
      layer.add();
    }
  }

  @Override
  public void close() throws IOException {
    for (TableAddition layer : layers) {
      layer.close();
    }
  }
}
