package io.basalt.statebackend.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Counts the range deletions of a table, and says when there are enough.
 *
 * <p>Every read looks at those of its memtable, which RocksDB sorts anew after each addition, and
 * at those of each file it comes to. A flush takes the former away, a compaction into the last
 * level the latter.
 */
final class RangeDeletions {

  /** To sort so many anew takes less than to delete the fewest entries that one stands for. */
  static final int MOST_IN_MEMTABLE = 256;

  static final int MOST_IN_FILES = 4_096;

  /** Files with fewer bytes to take away are left to RocksDB, which merges four small ones soon. */
  static final long WORTH_REWRITING = 64 << 10;

  /**
   * To count those in files takes a look at the properties of each, tens of milliseconds for
   * thousands of files. So it is done for as many new ones only, or, once there are enough, for as
   * many that were not allowed.
   */
  private static final int BETWEEN_LOOKS = 1_024;

  private final LongSupplier inFiles;
  private final AtomicInteger inMemtable = new AtomicInteger();
  private final AtomicLong bytesOfMemtable = new AtomicLong();
  private final AtomicLong bytesOfFiles = new AtomicLong();
  private int sinceLook;
  private boolean filesHaveRoom = true;

  RangeDeletions(LongSupplier inFiles) {
    this.inFiles = inFiles;
  }

  /**
   * @param bytes of files that it covers, by RocksDB's estimate
   */
  void added(long bytes) {
    inMemtable.incrementAndGet();
    bytesOfMemtable.addAndGet(bytes);
    sinceLook++;
  }

  /** A memtable has become a file. Any thread. */
  void flushed() {
    inMemtable.set(0);
    bytesOfFiles.addAndGet(bytesOfMemtable.getAndSet(0));
  }

  /**
   * Of how many bytes of files nothing is alive any more, by those that are in files. Any thread.
   */
  long coveredBytes() {
    return bytesOfFiles.get();
  }

  /** So many of those have been taken away. Any thread. */
  void takenAway(long bytes) {
    bytesOfFiles.addAndGet(-bytes);
  }

  /** Whether one more does no harm. Task thread. */
  boolean haveRoom() {
    if (inMemtable.get() >= MOST_IN_MEMTABLE) {
      return false;
    }
    if (!filesHaveRoom) {
      sinceLook++;
    }
    if (sinceLook >= BETWEEN_LOOKS) {
      sinceLook = 0;
      filesHaveRoom = inFiles.getAsLong() < MOST_IN_FILES;
    }
    return filesHaveRoom;
  }
}
