package io.basalt.statebackend.hot;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of the heap that all tiers of a process may take together. Thread-safe.
 *
 * <p>Each tier has a fair share, the same for all. It may take more while nobody else needs it, but
 * for an eighth of all, which stays for whoever comes next; and gives that back, as soon as it is
 * used again, when another one cannot get its share.
 */
public final class Budget {

  private static final int RESERVED_PART = 8;

  private static final int STEPS = 16;
  private static final long LEAST_OF_A_STEP = 256;
  private static final long MOST_OF_A_STEP = 64 << 10;

  private static final Map<Long, Budget> OF_PROCESS = new ConcurrentHashMap<>();

  private final long total;
  private final AtomicLong free;
  private final AtomicInteger shares = new AtomicInteger();
  private volatile boolean scarce;

  /** Of so many bytes, at least one. */
  public Budget(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("A budget of " + bytes + " bytes");
    }
    this.total = bytes;
    this.free = new AtomicLong(bytes);
  }

  /** The one that all of a process share which ask for as many bytes: it has one heap. */
  public static Budget ofProcess(long bytes) {
    return OF_PROCESS.computeIfAbsent(bytes, Budget::new);
  }

  /** A share for another tier, to be closed with it. */
  public Share share() {
    shares.incrementAndGet();
    return new Share();
  }

  public long freeBytes() {
    return free.get();
  }

  /** What one tier has taken. Its owner's thread. */
  public final class Share implements AutoCloseable {

    private long held;
    private boolean closed;

    private Share() {}

    /** Whether the bytes could be taken. */
    boolean take(long bytes) {
      long fair = fair();
      boolean within = held + bytes <= fair;
      long least = within ? 0 : total / RESERVED_PART;
      while (true) {
        long available = free.get();
        if (available - bytes < least) {
          scarce |= within;
          return false;
        }
        if (free.compareAndSet(available, available - bytes)) {
          held += bytes;
          return true;
        }
      }
    }

    void give(long bytes) {
      held -= bytes;
      if (free.addAndGet(bytes) > total / RESERVED_PART) {
        scarce = false;
      }
    }

    /** In how large steps it is taken: others look at what is left of it, too. */
    long stepBytes() {
      return Math.min(MOST_OF_A_STEP, Math.max(LEAST_OF_A_STEP, total / STEPS));
    }

    /** How much is to be given back, because others have less than their share. */
    long excess() {
      return scarce ? Math.max(0, held - fair()) : 0;
    }

    long held() {
      return held;
    }

    private long fair() {
      return total / Math.max(1, shares.get());
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        shares.decrementAndGet();
        give(held);
      }
    }
  }
}
