package io.basalt.statebackend.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Batches of one table that any thread may hand over to RocksDB, the oldest first; many of them in
 * the order of their keys. The lock is held for one of them at a time, or to put some in order, and
 * nobody waits for anything else under it: so whoever needs what is here shares the work with
 * whoever is at it.
 */
final class BatchesAside {

  private final Consumer<byte[]> writing;
  private final @Nullable WriteGate gate;
  private final Deque<byte[]> batches = new ArrayDeque<>();

  /** What is older than those, in order. */
  private Deque<byte[]> ordered = new ArrayDeque<>();

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
    if (ordered.isEmpty() && batches.size() > 1) {
      putInOrder();
    }
    Deque<byte[]> oldest = ordered.isEmpty() ? batches : ordered;
    byte @Nullable [] first = oldest.peek();
    if (first != null) {
      writing.accept(first);
      oldest.remove();
      tell(-first.length);
      some = !ordered.isEmpty() || !batches.isEmpty();
    }
  }

  /** All as they were if there is no memory for it. */
  private void putInOrder() {
    OrderedBatches next = OrderedBatches.of(batches);
    ordered = next.batches();
    for (int taken = 0; taken < next.taken(); taken++) {
      tell(-batches.remove().length);
    }
    ordered.forEach(batch -> tell(batch.length));
  }

  synchronized void clear() {
    ordered.forEach(batch -> tell(-batch.length));
    ordered.clear();
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
