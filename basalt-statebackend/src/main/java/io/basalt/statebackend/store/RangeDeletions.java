package io.basalt.statebackend.store;

import java.util.concurrent.atomic.AtomicInteger;
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

  /**
   * To count those in files takes a look at the properties of each, tens of milliseconds for
   * thousands of files. So it is done for as many new ones only, or, once there are enough, for as
   * many that were not allowed.
   */
  private static final int BETWEEN_LOOKS = 1_024;

  private final LongSupplier inFiles;
  private final AtomicInteger inMemtable = new AtomicInteger();
  private int sinceLook;
  private boolean filesHaveRoom = true;

  RangeDeletions(LongSupplier inFiles) {
    this.inFiles = inFiles;
  }

  void added() {
    inMemtable.incrementAndGet();
    sinceLook++;
  }

  /** A memtable has become a file. Any thread. */
  void flushed() {
    inMemtable.set(0);
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
