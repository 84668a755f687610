package io.basalt.statebackend.store;

import io.basalt.statebackend.store.NativeCount.Kind;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
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

  /** Bounds the time a single hand-over may take, and the heap it does, whatever the limit is. */
  private static final int MAXIMUM_OPERATIONS = 500;

  private static final int MAXIMUM_BYTES = 1 << 18;

  /** What is collected while the gate is closed: whoever fills it would have to wait. */
  private static final int MAXIMUM_HELD_OPERATIONS = 100_000;

  private static final long MAXIMUM_HELD_BYTES = 16 << 20;

  /** Of those that were held, how many go for one that has been filled since: so they all do. */
  private static final int HELD_AT_ONCE = 2;

  /** From so many bytes on it takes less to copy them once, to where RocksDB keeps them. */
  private static final int LARGE_BYTES = 1 << 14;

  /** RocksDB's record overhead for an operation: a tag and two lengths. */
  private static final int BYTES_AN_OPERATION = 12;

  private final RocksDB database;
  private final WriteOptions options;
  private final long limitBytes;
  private final TableIdentity identity;
  private final @Nullable WriteGate gate;
  private final BatchBytes collected = new BatchBytes();

  /** Counts those, where there is a gate. */
  private final HeldBytes collecting;

  private final HeldBatches held = new HeldBatches();

  /** What is older, and for any thread to hand over. */
  private final BatchesAside aside;

  /** In place of those bytes once there is something large among them. */
  private @Nullable WriteBatch large;

  private @Nullable ColumnFamilyTable lastTable;
  private int lastNumber;

  /** Whether there have been writes to more than one table. */
  private boolean several;

  private int operations;
  private long bytes;

  /** What the gate has been told that is held here. */
  private long toldBytes;

  private boolean closed;

  private Batch(
      RocksDB database,
      WriteOptions options,
      long limitBytes,
      TableIdentity identity,
      @Nullable WriteGate gate) {
    this.database = database;
    this.options = options;
    this.limitBytes = limitBytes <= 0 ? MAXIMUM_BYTES : Math.min(limitBytes, MAXIMUM_BYTES);
    this.identity = identity;
    this.gate = gate;
    this.collecting = new HeldBytes(gate, BatchBytes.MOST_KEPT_BYTES);
    this.aside = new BatchesAside(this::writeOne, gate);
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
    ColumnFamilyTable of = ColumnFamilyTable.of(table);
    int number = number(of);
    if (isLarge(value)) {
      try {
        large().put(of.handle(), key, value);
      } catch (RocksDBException e) {
        throw of.identity().failure("write to", e);
      }
    } else {
      collected.put(number, key, value);
    }
    counted(key.length + value.length);
  }

  /** Appends the operand once flushed, see {@link Table#merge}. */
  public void merge(Table table, byte[] key, byte[] operand) {
    makeRoom();
    ColumnFamilyTable of = ColumnFamilyTable.of(table);
    int number = number(of);
    if (isLarge(operand)) {
      try {
        large().merge(of.handle(), key, operand);
      } catch (RocksDBException e) {
        throw of.identity().failure("append to", e);
      }
    } else {
      collected.merge(number, key, operand);
    }
    counted(key.length + operand.length);
  }

  /** Removes the key once flushed. */
  public void delete(Table table, byte[] key) {
    makeRoom();
    ColumnFamilyTable of = ColumnFamilyTable.of(table);
    int number = number(of);
    if (large != null) {
      try {
        large.delete(of.handle(), key);
      } catch (RocksDBException e) {
        throw of.identity().failure("delete from", e);
      }
    } else {
      collected.delete(number, key);
    }
    counted(key.length);
  }

  private boolean isLarge(byte[] value) {
    return large != null || value.length >= LARGE_BYTES;
  }

  /** What has been collected, and takes what comes from now on. */
  private WriteBatch large() {
    WriteBatch batch = large;
    if (batch == null) {
      batch = new WriteBatch(collected.toArray());
      collected.clear();
      large = batch;
    }
    return batch;
  }

  private int number(ColumnFamilyTable table) {
    ColumnFamilyHandle handle = table.handle();
    if (!table.equals(lastTable)) {
      several |= lastTable != null;
      lastNumber = handle.getID();
      lastTable = table;
    }
    return lastNumber;
  }

  /** Hands over all that has been collected. */
  public void flush() {
    checkOpen();
    aside.write(Integer.MAX_VALUE);
    if (operations == 0 && held.areNone()) {
      return;
    }
    pass();
    writeHeld(Integer.MAX_VALUE);
    if (operations == 0) {
      return;
    }
    if (large != null) {
      write(large);
    } else {
      write(collected.toArray());
    }
    forget();
  }

  /**
   * Leaves all that has been collected to {@link #writeAside}. No gate may be closed, and nothing
   * of before one that was.
   */
  void setAside() {
    checkOpen();
    if (operations > 0) {
      hold();
    }
    moveAside();
  }

  /** The same with what has been held; says whether there was any. */
  boolean setHeldAside() {
    checkOpen();
    boolean some = holds();
    moveAside();
    return some;
  }

  private void moveAside() {
    aside.addAll(held);
    tell(held.bytes());
  }

  boolean holds() {
    return !held.areNone();
  }

  /** Hands over what has been set aside, past the gate. Any thread that keeps the database open. */
  void writeAside() {
    aside.write(Integer.MAX_VALUE);
  }

  /** The same with one batch; whether there are more. Any thread that keeps the database open. */
  boolean writeFirstAside() {
    aside.write(1);
    return aside.areSome();
  }

  /** Makes room without the stall that it would be to hand over all that has been held. */
  private void flushSome() {
    pass();
    aside.write(HELD_AT_ONCE);
    writeHeld(aside.areSome() ? 0 : HELD_AT_ONCE);
    if (large != null || (held.areNone() && !aside.areSome())) {
      flush();
    } else {
      hold();
    }
  }

  private void pass() {
    if (gate != null) {
      gate.pass();
    }
    checkDatabaseOpen();
  }

  private void checkDatabaseOpen() {
    if (!database.isOwningHandle()) {
      // RocksDB would end the process.
      throw new IllegalStateException(
          "A batch of writes to RocksDB in "
              + identity.directory()
              + " is handed over after it has been closed.");
    }
  }

  private void writeHeld(int most) {
    byte[] next = held.first();
    for (int written = 0; next != null && written < most; written++) {
      write(next);
      held.removeFirst();
      tell(held.bytes());
      next = held.first();
    }
  }

  private void tell(long heldBytes) {
    if (gate != null && heldBytes != toldBytes) {
      gate.holds(heldBytes - toldBytes);
      toldBytes = heldBytes;
    }
  }

  private void write(byte[] batchBytes) {
    try (WriteBatch batch = new WriteBatch(batchBytes)) {
      write(batch);
    }
  }

  /** Of those that were set aside. Any thread, so whatever the last operation was. */
  private void writeOne(byte[] batchBytes) {
    checkDatabaseOpen();
    try (WriteBatch batch = new WriteBatch(batchBytes)) {
      database.write(options, batch);
    } catch (RocksDBException e) {
      throw identity.failure("write a batch to", e);
    }
  }

  private void hold() {
    try {
      held.add(large == null ? collected.toArray() : large.data(), operations, bytes);
    } catch (RocksDBException e) {
      throw identity.failure("collect a batch of writes to", e);
    }
    forget();
  }

  private void write(WriteBatch batch) {
    try {
      database.write(options, batch);
    } catch (RocksDBException e) {
      ColumnFamilyTable only = several ? null : lastTable;
      throw (only == null ? identity : only.identity()).failure("write a batch to", e);
    }
  }

  /** Forgets what has been collected and not flushed. */
  public void discard() {
    checkOpen();
    forgetAll();
  }

  private void forgetAll() {
    aside.clear();
    held.clear();
    forget();
  }

  private void forget() {
    collected.clear();
    if (large != null) {
      large.close();
      large = null;
    }
    operations = 0;
    bytes = 0;
    collecting.are(0);
    tell(held.bytes());
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
      forgetAll();
      NativeCount.closed(Kind.BATCH);
    }
  }

  /** Before an operation is collected and not after: one that throws has not been collected. */
  private void makeRoom() {
    makeRoom(MAXIMUM_OPERATIONS);
  }

  /** The same where fewer operations are to be handed over at a time. */
  void makeRoom(int operationsAtOnce) {
    checkOpen();
    if (operations < operationsAtOnce && bytes < limitBytes && collecting.mayBe(bytes)) {
      return;
    }
    if (!mayBeHeld()) {
      flushSome();
    } else if (large == null) {
      hold();
    } else {
      // It goes on to grow.
      tell(held.bytes() + bytes);
    }
  }

  private boolean mayBeHeld() {
    return gate != null
        && held.operations() + operations < MAXIMUM_HELD_OPERATIONS
        && held.bytes() + bytes < MAXIMUM_HELD_BYTES
        && gate.hasRoom(held.bytes() + bytes - toldBytes)
        && (gate.isClosed() || aside.areSome());
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
