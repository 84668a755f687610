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

  /** Of a batch beside its writes: three objects, and a place among the others. */
  private static final int BYTES_OF_A_BATCH = 64;

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

  /** What all of them take. */
  long bytes() {
    return bytes;
  }

  void add(byte[] batch, int batchOperations, long batchBytes) {
    Held added = new Held(batch, batchOperations, batchBytes + BYTES_OF_A_BATCH);
    batches.add(added);
    operations += added.operations;
    bytes += added.bytes;
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
