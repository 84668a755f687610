package io.basalt.statebackend.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Batches of one table that any thread may hand over to RocksDB, the oldest first; many of them in
 * the order of their keys. One lock is held for one of them at a time, or to put some in order, and
 * nobody waits for anything else under it: so whoever needs what is here shares the work with
 * whoever is at it. Whoever only adds does not wait for that, for it is a barrier that does.
 */
final class BatchesAside {

  /** Of a batch beside its writes: the head of the array, and a place among the others. */
  private static final int BYTES_OF_A_BATCH = 32;

  private final Consumer<byte[]> writing;
  private final @Nullable WriteGate gate;

  /** Held by whoever writes. Who has both locks takes this one first. */
  private final Object turn = new Object();

  /** What is older than all others, in order. Under the lock of whoever writes. */
  private Deque<byte[]> ordered = new ArrayDeque<>();

  /** Under the lock of this object, held for as long as it takes to add or remove some. */
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
      some = true;
      tell(bytesOf(batch));
      held.removeFirst();
    }
  }

  /** Hands over at most so many of them. */
  void write(int most) {
    for (int written = 0; some && written < most; written++) {
      writeFirst();
    }
  }

  private void writeFirst() {
    synchronized (turn) {
      if (ordered.isEmpty()) {
        putInOrder(oldest());
      }
      byte @Nullable [] first = ordered.peek();
      if (first != null) {
        writing.accept(first);
        ordered.remove();
        tell(-bytesOf(first));
        lookWhetherThereAreSome();
      }
    }
  }

  private synchronized List<byte[]> oldest() {
    return List.copyOf(batches);
  }

  /** All stay as they were if there is no memory for it. */
  private void putInOrder(List<byte[]> oldest) {
    OrderedBatches next = OrderedBatches.of(oldest);
    next.batches().forEach(batch -> tell(bytesOf(batch)));
    ordered = next.batches();
    synchronized (this) {
      for (int taken = 0; taken < next.taken(); taken++) {
        tell(-bytesOf(batches.remove()));
      }
    }
  }

  private synchronized void lookWhetherThereAreSome() {
    some = !ordered.isEmpty() || !batches.isEmpty();
  }

  void clear() {
    synchronized (turn) {
      ordered.forEach(batch -> tell(-bytesOf(batch)));
      ordered.clear();
      synchronized (this) {
        batches.forEach(batch -> tell(-bytesOf(batch)));
        batches.clear();
        some = false;
      }
    }
  }

  private static long bytesOf(byte[] batch) {
    return (long) batch.length + BYTES_OF_A_BATCH;
  }

  private void tell(long moreBytes) {
    if (gate != null) {
      gate.holds(moreBytes);
    }
  }
}
