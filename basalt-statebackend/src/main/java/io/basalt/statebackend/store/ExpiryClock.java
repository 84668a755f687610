package io.basalt.statebackend.store;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time that expiry goes by, in milliseconds, which may be set back. Remembers the latest that
 * it has told: what expires later than that no compaction has taken. Any thread.
 */
public final class ExpiryClock implements LongSupplier {

  private final LongSupplier time;
  private final AtomicLong latest = new AtomicLong(Long.MIN_VALUE);

  public ExpiryClock(LongSupplier time) {
    this.time = time;
  }

  @Override
  public long getAsLong() {
    long now = time.getAsLong();
    // Before whoever asks makes use of it.
    if (now > latest.get()) {
      latest.accumulateAndGet(now, Math::max);
    }
    return now;
  }

  /** The latest time that anybody has been told. */
  public long latest() {
    return latest.get();
  }
}
