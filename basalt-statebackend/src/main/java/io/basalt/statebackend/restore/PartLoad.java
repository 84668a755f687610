package io.basalt.statebackend.restore;

import io.basalt.statebackend.store.EntryBuffers;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Takes the entries of some key groups of a canonical snapshot, in its order, and puts those of
 * each state and key group in the order of their keys, in bounded memory.
 *
 * <p>Stock and Basalt write them in order, the heap backend does not. What is in order goes into
 * files as it comes. What is not is collected until it takes its share of the heap, put in order
 * and becomes a layer; what comes then becomes the next one. One thread, which closes it.
 */
final class PartLoad implements CanonicalSnapshot.Entries, AutoCloseable {

  private static final long LEAST_GROUP_BYTES = 8 << 20;

  private static final long MOST_GROUP_BYTES = 64 << 20;

  /** As many threads may be at it, of as many slots. */
  private static final int GROUPS_OF_A_HEAP = 128;

  private static final byte[] NO_KEY = {};

  private final List<TableLoad> tables;
  private final BooleanSupplier cancelled;
  private final EntryGroup group =
      new EntryGroup(
          LEAST_GROUP_BYTES,
          Math.min(
              MOST_GROUP_BYTES,
              Math.max(LEAST_GROUP_BYTES, Runtime.getRuntime().maxMemory() / GROUPS_OF_A_HEAP)));

  /** Which layer of its state in its key group the next entry is for. */
  private int layer;

  /** Whether so many have been in order that the others are taken to be too. */
  private boolean flowing;

  /** The one before, while they flow. */
  private byte[] lastKey = NO_KEY;

  /**
   * A load of tables.
   *
   * @param tables by the position of their state in the snapshot
   * @param underWay of all threads
   * @param buffers of the thread
   */
  PartLoad(
      List<LoadedTable> tables,
      FilesUnderWay underWay,
      EntryBuffers buffers,
      BooleanSupplier cancelled) {
    this.tables = tables.stream().map(table -> new TableLoad(table, underWay, buffers)).toList();
    this.cancelled = cancelled;
  }

  @Override
  public void entry(int state, byte[] key, byte[] value) throws IOException {
    if (cancelled.getAsBoolean()) {
      throw Cancellation.exception(null);
    }
    if (flowing) {
      if (EntryGroup.isGreater(key, lastKey)) {
        tables.get(state).put(layer, key, value);
        lastKey = key;
        return;
      }
      flowing = false;
      layer++;
    }
    group.add(key, value);
    if (group.isFull()) {
      flowing = group.isInOrder();
      lastKey = group.lastKey();
      drain(state);
      layer += flowing ? 0 : 1;
    }
  }

  @Override
  public void endOfState(int state) throws IOException {
    drain(state);
    flowing = false;
    layer = 0;
  }

  private void drain(int state) throws IOException {
    TableLoad table = tables.get(state);
    int to = layer;
    group.drainTo((key, value) -> table.put(to, key, value));
  }

  /**
   * No more entries come.
   *
   * @throws CancellationException if the restore is cancelled meanwhile
   */
  void finish() throws IOException {
    for (TableLoad table : tables) {
      table.finish();
    }
  }

  @Override
  public void close() {
    tables.forEach(TableLoad::close);
  }
}
