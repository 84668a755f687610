package io.basalt.statebackend.store;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands before all writes to a database: while a snapshot has yet to get what was written before
 * its barrier, and to fix that, nothing of after the barrier may enter.
 *
 * <p>Whoever has to write then does not wait for the snapshot's thread to come round to it: he does
 * that work himself, if nobody has begun it.
 */
public final class WriteGate {

  private final AtomicReference<@Nullable Barrier> barrier = new AtomicReference<>();
  private final HeldMemory.Share held;

  /**
   * Open.
   *
   * @param held what waits here, and for how much there is room
   */
  WriteGate(HeldMemory.Share held) {
    this.held = held;
  }

  /** What is in the way of writes. Any thread. */
  public interface Barrier {

    /** Whether writes may pass. */
    boolean isOver();

    /**
     * Does what is left to be done, or waits for whoever does it; then it is over.
     *
     * @throws RuntimeException if it cannot be done; the write must not happen then
     */
    void finish();
  }

  /** Of a database that is open now. */
  void begin() {
    held.open();
  }

  /** The database is closed, and nobody writes any more. What is still held is not. Idempotent. */
  void end() {
    held.close();
  }

  /** From now on writes wait for this barrier, which includes earlier ones. Task thread. */
  public void close(Barrier newBarrier) {
    barrier.set(newBarrier);
  }

  /** To be called before every write. */
  void pass() {
    Barrier current = barrier.get();
    if (current != null) {
      current.finish();
      barrier.compareAndSet(current, null);
    }
  }

  /** Batches of writes hold so much more, or less if negative. Any thread. */
  void holds(long moreBytes) {
    held.holds(moreBytes);
  }

  /** Whether so much more may be held. Any thread. */
  boolean hasRoom(long moreBytes) {
    return held.hasRoom(moreBytes);
  }

  /**
   * For a buffer above tables, or of a thread that writes for them.
   *
   * @param leastBytes what it may hold in any case
   */
  public HeldBytes heldBytes(long leastBytes) {
    return new HeldBytes(this, leastBytes);
  }

  /** Whether a write would wait. */
  public boolean isClosed() {
    Barrier current = barrier.get();
    return current != null && !current.isOver();
  }
}
