package io.basalt.statebackend.store;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes of one table that wait to be handed over together.
 *
 * <p>The task thread fills it; whoever reads the table empties it first, which may be another
 * thread. An operation that throws has not been taken in; what was taken in before stays.
 */
final class WriteBuffer {

  /**
   * Of changes that come one by one: four together take hardly more for each than a few hundred
   * (measured), which would be a stall of half a millisecond for one of them.
   */
  private static final int CHANGES_AT_ONCE = 4;

  private final Supplier<Batch> opening;
  private volatile @Nullable Batch batch;
  private volatile boolean filled;
  private boolean isClosed;

  WriteBuffer(Supplier<Batch> opening) {
    this.opening = opening;
  }

  synchronized void put(Table table, byte[] key, byte[] value) {
    Batch open = batch();
    open.makeRoom(CHANGES_AT_ONCE);
    open.put(table, key, value);
    filled = true;
  }

  synchronized void merge(Table table, byte[] key, byte[] operand) {
    batch().merge(table, key, operand);
    filled = true;
  }

  synchronized void delete(Table table, byte[] key) {
    Batch open = batch();
    open.makeRoom(CHANGES_AT_ONCE);
    open.delete(table, key);
    filled = true;
  }

  /** Whether there is anything to be handed over. */
  boolean isFilled() {
    return filled;
  }

  /** Hands over what has been taken in. */
  void flush() {
    writeAside();
    if (filled) {
      flushFilled();
    }
  }

  private synchronized void flushFilled() {
    Batch open = batch;
    if (open != null) {
      open.flush();
    }
    filled = false;
  }

  /** Leaves what has been taken in to {@link #writeAside}. While the gate is open. Task thread. */
  synchronized void setAside() {
    Batch open = batch;
    if (open != null) {
      open.setAside();
    }
    filled = false;
  }

  /**
   * The same with what was held back while the gate was closed, if it is not any more. Any thread:
   * what comes after the next barrier is not here before the gate is closed again.
   *
   * @return whether there was any
   */
  synchronized boolean setHeldAside(WriteGate gate) {
    Batch open = batch;
    return open != null && !isClosed && !gate.isClosed() && open.setHeldAside();
  }

  /** Hands over what has been set aside. Any thread. */
  void writeAside() {
    Batch open = batch;
    if (open != null) {
      open.writeAside();
    }
  }

  /** The same with a part of it; whether there is more. Any thread. */
  boolean writeFirstAside() {
    Batch open = batch;
    return open != null && open.writeFirstAside();
  }

  /** Forgets what has not been handed over, and takes nothing any more. */
  synchronized void close() {
    isClosed = true;
    Batch open = batch;
    if (open != null) {
      open.discard();
      open.close();
    }
  }

  private Batch batch() {
    Batch open = batch;
    if (open == null) {
      open = opening.get();
      batch = open;
    }
    return open;
  }
}
