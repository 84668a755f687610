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
 *
 * <p>While the heap is nearly full of objects that are alive, whoever they belong to, a part of the
 * budget is withheld, more with every collection that finds it so: the tiers give that back, too.
 */
public final class Budget {

  private static final int RESERVED_PART = 8;

  private static final int STEPS = 16;
  private static final long LEAST_OF_A_STEP = 256;
  private static final long MOST_OF_A_STEP = 64 << 10;

  private static final Map<Long, Budget> OF_PROCESS = new ConcurrentHashMap<>();

  /** From which part of the heap on it is nearly full, and below which it is not any more. */
  private static final double FULL = 0.85;

  private static final double NOT_FULL = 0.7;

  /** What is withheld or given free again at a time. */
  private static final int PART_OF_A_CHANGE = 8;

  /** How much more of it is withheld at a time for each part of the heap above that. */
  private static final int HASTE = 4;

  /** So many bytes are left in any case: a tier without any writes each change by itself. */
  private static final int LEAST_PART = 64;

  /** How often those who want no more look whether they have to give something back. */
  private static final int CALLS_OF_A_LOOK = 1 << 10;

  /** How often they ask whether there can be anything new. */
  private static final int CALLS_OF_A_GLANCE = 1 << 4;

  private final HeapUsage heap;
  private final long total;
  private final AtomicLong free;
  private final AtomicInteger shares = new AtomicInteger();
  private final AtomicLong lastUsage = new AtomicLong();
  private volatile long withheld;
  private volatile boolean scarce;

  /** Of so many bytes, at least one. */
  public Budget(long bytes) {
    this(bytes, HeapUsage.ofProcess());
  }

  Budget(long bytes, HeapUsage heap) {
    this.heap = heap;
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

  /** How much nobody may take, because the heap is nearly full. */
  public long withheldBytes() {
    return withheld;
  }

  /** Withholds more or less, once for each collection. */
  private void lookAtHeap() {
    double used = heap.afterCollection();
    long reading = Double.doubleToLongBits(used);
    if (lastUsage.getAndSet(reading) == reading) {
      return;
    }
    if (used > FULL) {
      // The fuller it is, the less time there is left.
      double part = Math.max(1.0 / PART_OF_A_CHANGE, HASTE * (used - FULL));
      withheld = Math.min(total - total / LEAST_PART, withheld + (long) (part * total));
    } else if (used < NOT_FULL) {
      withheld = Math.max(0, withheld - total / PART_OF_A_CHANGE);
    }
  }

  /** What one tier has taken. Its owner's thread. */
  public final class Share implements AutoCloseable {

    private long held;
    private int untilLook = CALLS_OF_A_LOOK;
    private boolean closed;

    private Share() {}

    /** Whether the bytes could be taken. */
    boolean take(long bytes) {
      long fair = fair();
      boolean within = held + bytes <= fair;
      // Without a first step a tier would write each change by itself.
      long least = held == 0 ? 0 : withheld + (within ? 0 : total / RESERVED_PART);
      while (true) {
        long available = free.get();
        if (available - bytes < least) {
          scarce |= within;
          return false;
        }
        if (free.compareAndSet(available, available - bytes)) {
          held += bytes;
          lookAtHeap();
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

    long budgetBytes() {
      return total;
    }

    /** In how large steps it is taken: others look at what is left of it, too. */
    long stepBytes() {
      return Math.min(MOST_OF_A_STEP, Math.max(LEAST_OF_A_STEP, total / STEPS));
    }

    /**
     * How much is to be given back, because others have less than their share or the heap is nearly
     * full.
     */
    long excess() {
      untilLook--;
      if (untilLook == 0 || (untilLook % CALLS_OF_A_GLANCE == 0 && heap.mayHaveChanged())) {
        untilLook = CALLS_OF_A_LOOK;
        lookAtHeap();
      }
      return scarce || free.get() < withheld ? Math.max(0, held - fair()) : 0;
    }

    long held() {
      return held;
    }

    /** How large a tier is that has its share, or more. */
    long size() {
      return Math.max(held, fair());
    }

    private long fair() {
      return (total - withheld) / Math.max(1, shares.get());
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
