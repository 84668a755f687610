package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Collects writes to tables of one database and hands them over together, each time it has grown to
 * its limit and when it is closed. An operation that throws because a hand-over failed has not been
 * collected; those collected before stay for the next attempt.
 *
 * <p>What has been collected is not visible to reads before it is flushed. One thread at a time;
 * owned by whoever opened it. {@link #close()} flushes what is left: where that must not happen
 * (the operation failed) call {@link #discard()} first.
 */
public final class Batch implements AutoCloseable {

  /** Bounds the time a single hand-over may take whatever the byte limit is. */
  private static final int MAXIMUM_OPERATIONS = 500;

  /** The same while the gate is closed: whoever fills it would have to wait, so it grows. */
  private static final int MAXIMUM_HELD_OPERATIONS = 100_000;

  private static final long MAXIMUM_HELD_BYTES = 16 << 20;

  /** RocksDB's record overhead for an operation: a tag and two lengths. */
  private static final int BYTES_AN_OPERATION = 12;

  private final RocksDB database;
  private final WriteOptions options;
  private final long limitBytes;
  private final TableIdentity identity;
  private final @Nullable WriteGate gate;
  private final WriteBatch batch;
  private int operations;
  private long bytes;
  private boolean closed;

  private Batch(
      RocksDB database,
      WriteOptions options,
      long limitBytes,
      TableIdentity identity,
      @Nullable WriteGate gate) {
    this.database = database;
    this.options = options;
    this.limitBytes = limitBytes;
    this.identity = identity;
    this.gate = gate;
    this.batch = new WriteBatch();
  }

  /**
   * Opens a batch.
   *
   * @param gate passed before every hand-over; null for what has to get in while it is closed
   */
  static Batch open(
      RocksDB database,
      WriteOptions options,
      long limitBytes,
      TableIdentity identity,
      @Nullable WriteGate gate) {
    Batch batch = new Batch(database, options, limitBytes, identity, gate);
    NativeCount.opened(Kind.BATCH);
    return batch;
  }

  /** Sets the value under the key once flushed. */
  public void put(Table table, byte[] key, byte[] value) {
    makeRoom();
    try {
      batch.put(ColumnFamilyTable.of(table).handle(), key, value);
    } catch (RocksDBException e) {
      throw ColumnFamilyTable.of(table).identity().failure("write to", e);
    }
    counted(key.length + value.length);
  }

  /** Appends the operand once flushed, see {@link Table#merge}. */
  public void merge(Table table, byte[] key, byte[] operand) {
    makeRoom();
    try {
      batch.merge(ColumnFamilyTable.of(table).handle(), key, operand);
    } catch (RocksDBException e) {
      throw ColumnFamilyTable.of(table).identity().failure("append to", e);
    }
    counted(key.length + operand.length);
  }

  /** Removes the key once flushed. */
  public void delete(Table table, byte[] key) {
    makeRoom();
    try {
      batch.delete(ColumnFamilyTable.of(table).handle(), key);
    } catch (RocksDBException e) {
      throw ColumnFamilyTable.of(table).identity().failure("delete from", e);
    }
    counted(key.length);
  }

  /** Hands over all that has been collected. */
  public void flush() {
    checkOpen();
    if (operations == 0) {
      return;
    }
    if (gate != null) {
      gate.pass();
    }
    if (!database.isOwningHandle()) {
      // RocksDB would end the process.
      throw new IllegalStateException(
          "A batch of writes to RocksDB in "
              + identity.directory()
              + " is handed over after it has been closed.");
    }
    try {
      database.write(options, batch);
    } catch (RocksDBException e) {
      throw identity.failure("write a batch to", e);
    }
    batch.clear();
    operations = 0;
    bytes = 0;
  }

  /** Forgets what has been collected and not flushed. */
  public void discard() {
    checkOpen();
    batch.clear();
    operations = 0;
    bytes = 0;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    try {
      flush();
    } finally {
      closed = true;
      batch.close();
      NativeCount.closed(Kind.BATCH);
    }
  }

  /** Before an operation is collected and not after: one that throws has not been collected. */
  private void makeRoom() {
    checkOpen();
    if (operations >= MAXIMUM_OPERATIONS || (limitBytes > 0 && bytes >= limitBytes)) {
      if (!mayBeHeld()) {
        flush();
      }
    }
  }

  private boolean mayBeHeld() {
    return gate != null
        && operations < MAXIMUM_HELD_OPERATIONS
        && bytes < MAXIMUM_HELD_BYTES
        && gate.isClosed();
  }

  private void counted(int payload) {
    operations++;
    bytes += (long) payload + BYTES_AN_OPERATION;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("The write batch has been closed already.");
    }
  }
}
