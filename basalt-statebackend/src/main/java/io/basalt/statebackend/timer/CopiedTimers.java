package io.basalt.statebackend.timer;

import io.basalt.statebackend.catalog.Catalog;
import io.basalt.statebackend.catalog.RegisteredState;
import io.basalt.statebackend.layout.KeyGroupPrefix;
import io.basalt.statebackend.store.AccessPattern;
import io.basalt.statebackend.store.Batch;
import io.basalt.statebackend.store.Database;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueElement;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSet;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSnapshotRestoreWrapper;

/**
 * The queues of the heap as tables, for as long as the synchronous part of a snapshot of files
 * takes.
 *
 * <p>Flink usually writes such timers beside the snapshot, as raw keyed state. It does not where
 * the backend is below a changelog (FLIP-158): the changelog takes snapshots of the backend by
 * itself and forgets the changes before them, so a timer that is not in their files is lost. In the
 * files it is what a job with timers in tables would have written: such a job, and stock's, can
 * restore it, and {@link HeapTimerQueues} takes it back to the heap.
 *
 * <p>Task thread.
 */
public final class CopiedTimers implements AutoCloseable {

  private static final byte[] NO_VALUE = {};

  private final Database database;
  private final Catalog catalog;
  private final List<RegisteredState> copies = new ArrayList<>();

  private CopiedTimers(Database database, Catalog catalog) {
    this.database = database;
    this.catalog = catalog;
  }

  /** Copies the queues; the caller closes the copies once the files are linked. */
  static CopiedTimers of(
      Iterable<HeapPriorityQueueSnapshotRestoreWrapper<?>> queues,
      Database database,
      Catalog catalog,
      KeyGroupRange keyGroups,
      KeyGroupPrefix prefix) {
    CopiedTimers timers = new CopiedTimers(database, catalog);
    try (Batch batch = database.batch()) {
      for (HeapPriorityQueueSnapshotRestoreWrapper<?> queue : queues) {
        timers.copy(queue, batch, keyGroups, prefix);
      }
    } catch (RuntimeException | Error e) {
      timers.close();
      throw e;
    }
    return timers;
  }

  private <T extends HeapPriorityQueueElement> void copy(
      HeapPriorityQueueSnapshotRestoreWrapper<T> queue,
      Batch batch,
      KeyGroupRange keyGroups,
      KeyGroupPrefix prefix) {
    String name = queue.getMetaInfo().getName();
    RegisteredState copy =
        catalog.addNew(database.createTable(name, AccessPattern.RANGES), queue.getMetaInfo());
    copies.add(copy);
    TimerCodec<T> codec = new TimerCodec<>(name, queue.getMetaInfo().getElementSerializer());
    HeapPriorityQueueSet<T> timers = queue.getPriorityQueue();
    for (int keyGroup : keyGroups) {
      byte[] keyGroupBytes = prefix.bytes(keyGroup);
      for (T timer : timers.getSubsetForKeyGroup(keyGroup)) {
        batch.put(copy.table(), codec.write(keyGroupBytes, timer), NO_VALUE);
      }
    }
  }

  /** Drops the tables: the timers themselves are where they were. */
  @Override
  public void close() {
    // A snapshot must never have the tables beside the timers, also if one cannot be dropped.
    copies.forEach(catalog::remove);
    copies.forEach(copy -> database.dropTable(copy.table()));
    copies.clear();
  }
}
