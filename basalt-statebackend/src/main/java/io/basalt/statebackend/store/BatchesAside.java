package io.basalt.statebackend.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Batches of one table that any thread may hand over to RocksDB, the oldest first. The lock is held
 * for one of them at a time, and nobody waits for anything else under it: so whoever needs what is
 * here shares the work with whoever is at it.
 */
final class BatchesAside {

  private final Consumer<byte[]> writing;
  private final @Nullable WriteGate gate;
  private final Deque<byte[]> batches = new ArrayDeque<>();
  private volatile boolean some;

  /**
   * None yet.
   *
   * @param writing hands a batch over; one that it throws for stays
   * @param gate told how much there is
   */
  BatchesAside(Consumer<byte[]> writing, @Nullable WriteGate gate) {
    this.writing = writing;
    this.gate = gate;
  }

  /** Whether there are any; those that are being handed over count. */
  boolean areSome() {
    return some;
  }

  /** These are younger than what is here. */
  synchronized void addAll(HeldBatches held) {
    for (byte[] batch = held.first(); batch != null; batch = held.first()) {
      batches.add(batch);
      tell(batch.length);
      held.removeFirst();
    }
    some = !batches.isEmpty();
  }

  /** Hands over at most so many of them. */
  void write(int most) {
    for (int written = 0; some && written < most; written++) {
      writeFirst();
    }
  }

  private synchronized void writeFirst() {
    byte @Nullable [] first = batches.peek();
    if (first != null) {
      writing.accept(first);
      batches.remove();
      tell(-first.length);
      some = !batches.isEmpty();
    }
  }

  synchronized void clear() {
    batches.forEach(batch -> tell(-batch.length));
    batches.clear();
    some = false;
  }

  private void tell(long moreBytes) {
    if (gate != null) {
      gate.holds(moreBytes);
    }
  }
}
