package io.basalt.statebackend.store;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Batches of writes that could not be handed over when they were full, the oldest first. Each stays
 * as it is, so that a hundred thousand writes need not go at once when they may. One thread at a
 * time.
 */
final class HeldBatches {

  private final Deque<Held> batches = new ArrayDeque<>();
  private int operations;
  private long bytes;

  // Never compared.
  @SuppressWarnings("ArrayRecordComponent")
  private record Held(byte[] batch, int operations, long bytes) {}

  boolean areNone() {
    return batches.isEmpty();
  }

  /** How many writes there are in all of them. */
  int operations() {
    return operations;
  }

  /** How long all of them are. */
  long bytes() {
    return bytes;
  }

  void add(byte[] batch, int batchOperations, long batchBytes) {
    batches.add(new Held(batch, batchOperations, batchBytes));
    operations += batchOperations;
    bytes += batchBytes;
  }

  /** The one that is to go next. */
  byte @Nullable [] first() {
    Held first = batches.peek();
    return first == null ? null : first.batch;
  }

  /** It has gone. */
  void removeFirst() {
    Held first = batches.remove();
    operations -= first.operations;
    bytes -= first.bytes;
  }

  void clear() {
    batches.clear();
    operations = 0;
    bytes = 0;
  }
}
