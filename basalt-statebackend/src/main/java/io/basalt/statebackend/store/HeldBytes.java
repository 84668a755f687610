package io.basalt.statebackend.store;

import org.jspecify.annotations.Nullable;

/**
 * What one buffer holds of writes, counted in what all databases may hold: in steps, twice as large
 * each time, so that a buffer that is filled asks seldom. So little that every buffer may have it
 * is not counted. One thread at a time.
 */
public final class HeldBytes {

  /** Null where nobody counts. */
  private final @Nullable WriteGate gate;

  private final long least;
  private long counted;

  HeldBytes(@Nullable WriteGate gate, long least) {
    this.gate = gate;
    this.least = least;
    this.counted = least;
  }

  /** Whether the buffer may hold so many bytes; who may not hands over what it holds. */
  public boolean mayBe(long bytes) {
    return bytes <= counted
        || mayGrow(Math.max(bytes - counted, counted))
        || mayGrow(bytes - counted);
  }

  private boolean mayGrow(long more) {
    if (gate == null) {
      return true;
    }
    if (!gate.hasRoom(more)) {
      return false;
    }
    gate.holds(more);
    counted += more;
    return true;
  }

  /** The buffer holds so many bytes, and fewer than before. */
  public void are(long bytes) {
    long needed = Math.max(least, bytes);
    if (gate != null && (needed <= counted / 4 || needed == least)) {
      gate.holds(needed - counted);
      counted = needed;
    }
  }
}
