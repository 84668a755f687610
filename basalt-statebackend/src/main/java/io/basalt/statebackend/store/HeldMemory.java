package io.basalt.statebackend.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the heap writes may take that wait to get into their databases: a sixteenth of it, of
 * all databases of these classes together, since a process may have hundreds that wait for the same
 * slow storage. Each has half of an equal part for itself, whatever the others hold, and never has
 * more than 64 MB. Whoever has all that he may have does not wait here: he does what makes room.
 *
 * <p>Nobody takes a lock, so two who ask at the same moment may both be told that there is room for
 * what one of them can have: there may be a step of each thread more. Thread-safe.
 */
final class HeldMemory {

  private static final int PART_OF_HEAP = 16;

  /** What a database holds at most: to write it all takes a moment, and somebody may wait. */
  private static final long MOST_OF_A_DATABASE = 64 << 20;

  /** Of all databases of these classes. */
  static final HeldMemory OF_PROCESS =
      new HeldMemory(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);

  private final long most;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicInteger databases = new AtomicInteger();

  /** With nothing taken of so many bytes. */
  HeldMemory(long most) {
    this.most = most;
  }

  /** The part of a database, to be closed with it. */
  Share share() {
    return new Share();
  }

  /** What is taken of all. */
  long taken() {
    return taken.get();
  }

  /** What one database holds. */
  final class Share implements AutoCloseable {

    private final AtomicLong held = new AtomicLong();
    private boolean isOpen;
    private volatile boolean isClosed;

    private Share() {}

    /** The database is open: from now on others leave something for it. */
    void open() {
      isOpen = true;
      databases.incrementAndGet();
    }

    /** There is so much more, or less if negative. */
    void holds(long moreBytes) {
      if (isClosed) {
        // It has been given back with all else.
        return;
      }
      held.addAndGet(moreBytes);
      taken.addAndGet(moreBytes);
    }

    /** Whether there may be so much more. */
    boolean hasRoom(long moreBytes) {
      long mine = held.get() + moreBytes;
      if (mine > MOST_OF_A_DATABASE) {
        return false;
      }
      int others = Math.max(0, databases.get() - 1);
      long least = most / (2L * (others + 1));
      return mine <= least || taken.get() + moreBytes <= most - others * least;
    }

    long held() {
      return held.get();
    }

    /** Gives everything back, once nobody writes any more. Idempotent. */
    @Override
    public void close() {
      isClosed = true;
      if (isOpen) {
        isOpen = false;
        databases.decrementAndGet();
      }
      taken.addAndGet(-held.getAndSet(0));
    }
  }
}
