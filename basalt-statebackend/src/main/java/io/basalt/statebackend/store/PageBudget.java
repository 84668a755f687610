package io.basalt.statebackend.store;

import java.util.function.LongSupplier;

/**
 * How many pages of restored files may be in memory on our account: at most half of what the system
 * could give without swapping, for the pages of others are of use, too. One for all databases of
 * the process, since each would take half of the same memory. Thread-safe.
 */
final class PageBudget {

  /** Of all databases. */
  static final PageBudget OF_PROCESS = new PageBudget(AvailableMemory.ofThisSystem()::bytes);

  private final LongSupplier available;
  private long taken;

  /**
   * With nothing taken.
   *
   * @param available how many bytes of pages the system could hold, asked each time: files' pages
   *     are among them, ours, too
   */
  PageBudget(LongSupplier available) {
    this.available = available;
  }

  /** Takes so many bytes, unless all together would be too many. */
  boolean take(long bytes) {
    // Not under the lock: it is some system calls.
    long most = available.getAsLong() / 2;
    synchronized (this) {
      if (bytes > most - taken) {
        return false;
      }
      taken += bytes;
      return true;
    }
  }

  /** The pages are the system's to forget. */
  synchronized void giveBack(long bytes) {
    taken -= bytes;
  }

  /** What is taken. */
  synchronized long taken() {
    return taken;
  }
}
