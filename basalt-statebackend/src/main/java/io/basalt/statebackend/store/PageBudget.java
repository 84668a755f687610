package io.basalt.statebackend.store;

import java.util.function.LongSupplier;

/**
 * How many pages of restored files may be read into memory on our account at a time: at most half
 * of what the system could give without swapping, for the pages of others are of use, too. One for
 * all databases that are restored together, since each would take half of the same memory (those of
 * jobs that bring these classes with them have one for each job). Once they have been read the
 * pages are the system's to keep or to forget. Thread-safe.
 */
final class PageBudget {

  /** Of all databases of these classes. */
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

  /**
   * Takes so many bytes, unless all together would be too many.
   *
   * @param before what the same database has taken and given back
   */
  boolean take(long bytes, long before) {
    // Not under the lock: it is some system calls.
    long most = available.getAsLong() / 2;
    synchronized (this) {
      if (bytes > most - before - taken) {
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
