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
  private @Nullable Batch batch;
  private volatile boolean filled;

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
    if (filled) {
      flushFilled();
    }
  }

  private synchronized void flushFilled() {
    if (batch != null) {
      batch.flush();
    }
    filled = false;
  }

  /** Forgets what has not been handed over, and takes nothing any more. */
  synchronized void close() {
    if (batch != null) {
      batch.discard();
      batch.close();
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
