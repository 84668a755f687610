package io.basalt.statebackend.store;

import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the tables of a database buffer, for threads that hand it over in the place of the task's.
 *
 * <p>At a barrier it is set aside, as long as nothing of an earlier barrier is in the way: then it
 * may get into RocksDB at any moment, by whoever needs it first, and it is there before the files
 * of the snapshot are fixed. What the tables buffer while the gate is closed is set aside as soon
 * as it is open again, and handed over beside the task.
 */
public final class BufferedWrites {

  private static final Logger LOG = LoggerFactory.getLogger(BufferedWrites.class);

  /** A task that makes changes as fast as they are handed over must not keep a thread busy. */
  private static final int MOST_TIMES = 16;

  private final Database database;
  private final TableSet tables;
  private final WriteGate gate;

  BufferedWrites(Database database, TableSet tables, WriteGate gate) {
    this.database = database;
    this.tables = tables;
    this.gate = gate;
  }

  /**
   * At a barrier, before the gate is closed: what is buffered now may pass it. Where it is closed
   * already all is handed over instead, which waits for that. Task thread.
   */
  public void setAside() {
    if (gate.isClosed()) {
      database.handOverBuffered();
    } else {
      database.checkTables();
      tables.columnFamilies().forEach(ColumnFamilyTable::setBufferedAside);
    }
  }

  /** Hands over what has been set aside, which passes the gate. Any thread with a lease. */
  public void writeAside() {
    for (Table table : tables.ofAnyThread()) {
      ColumnFamilyTable.of(table).buffered.writeAside();
    }
  }

  /**
   * Hands over what was buffered while the gate was closed, on a thread of its own: the checkpoint
   * has its files to deliver, and the task would take a few with each of its changes. Any thread.
   */
  public void catchUp() {
    // Not whether it is held: who asks for that waits for the task, where that waits.
    if (tables.ofAnyThread().stream().anyMatch(t -> ColumnFamilyTable.of(t).buffered.isFilled())) {
      Thread thread = new Thread(this::catchUpUnlessClosed, "basalt-writes");
      thread.setDaemon(true);
      try {
        thread.start();
      } catch (OutOfMemoryError e) {
        // No thread is to be had: the task hands it over, a few with each of its changes.
        LOG.debug("Writes of before wait for the task.", e);
      }
    }
  }

  private void catchUpUnlessClosed() {
    try (Lease unused = database.lease()) {
      List<Table> all = tables.ofAnyThread();
      for (Table table : all) {
        catchUp(ColumnFamilyTable.of(table).buffered);
      }
    } catch (IOException e) {
      LOG.debug("The database in {} has been closed.", database.directory(), e);
    } catch (StoreException | IllegalStateException e) {
      // It is all there still: the task's next change, or the next checkpoint, fails of the same.
      LOG.warn("Writes of before could not be handed over in {}.", database.directory(), e);
    }
  }

  private void catchUp(WriteBuffer buffered) {
    for (int times = 0; times < MOST_TIMES && buffered.setHeldAside(gate); times++) {
      // Whoever closes the database waits for this thread, and needs none of it.
      boolean some = true;
      while (some && !database.isClosing()) {
        some = buffered.writeFirstAside();
      }
    }
  }
}
