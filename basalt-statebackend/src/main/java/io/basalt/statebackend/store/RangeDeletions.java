package io.basalt.statebackend.store;

import java.util.ArrayDeque;
import java.util.Deque;
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

  /**
   * One that is in a memtable.
   *
   * @param sequenceNumber of the database when it had been written
   * @param bytes of files that it covers, by RocksDB's estimate
   */
  private record Deletion(long sequenceNumber, long bytes) {}

  private final LongSupplier inFiles;
  private final Deque<Deletion> inMemtable = new ArrayDeque<>();
  private long bytesOfFiles;
  private int sinceLook;
  private boolean filesHaveRoom = true;
  private boolean areTaken = true;
  private boolean toBeMerged;

  RangeDeletions(LongSupplier inFiles) {
    this.inFiles = inFiles;
  }

  /** One has been written, when the database had the sequence number. Task thread. */
  synchronized void added(long sequenceNumber, long bytes) {
    inMemtable.add(new Deletion(sequenceNumber, bytes));
    sinceLook++;
  }

  /**
   * A memtable has become a file. Any thread, and late: a later memtable may have some already.
   *
   * @param largestSequenceNumber of the memtable
   */
  synchronized void flushed(long largestSequenceNumber) {
    while (!inMemtable.isEmpty()
        && inMemtable.element().sequenceNumber() <= largestSequenceNumber) {
      bytesOfFiles += inMemtable.remove().bytes();
    }
  }

  /** Whether there are to be any but those of a restore: the user's own reads may not see them. */
  void areTaken(boolean chosen) {
    areTaken = chosen;
  }

  /** Those there are do more harm than they cost to merge, how little they may cover. */
  synchronized void areToBeMerged() {
    toBeMerged = true;
  }

  synchronized boolean isToBeMerged() {
    return toBeMerged;
  }

  /**
   * Of how many bytes of files nothing is alive any more, by those that are in files. Any thread.
   */
  synchronized long coveredBytes() {
    return bytesOfFiles;
  }

  /** How many are in files, from their properties. Any thread that keeps the database open. */
  long inFiles() {
    return inFiles.getAsLong();
  }

  /** So many of those have been taken away. Any thread. */
  synchronized void takenAway(long bytes) {
    forget(bytes);
    toBeMerged = false;
  }

  /** Two threads may find at a time that they are gone. */
  private synchronized void forget(long bytes) {
    bytesOfFiles = Math.max(0, bytesOfFiles - bytes);
  }

  /** Whether one more does no harm. Task thread. */
  boolean haveRoom() {
    if (!areTaken || inMemtable() >= MOST_IN_MEMTABLE) {
      return false;
    }
    if (!filesHaveRoom) {
      sinceLook++;
    }
    if (sinceLook >= BETWEEN_LOOKS) {
      sinceLook = 0;
      filesHaveRoom = lookAtFiles() < MOST_IN_FILES;
    }
    return filesHaveRoom;
  }

  private long lookAtFiles() {
    long covered = coveredBytes();
    long count = inFiles.getAsLong();
    if (count == 0) {
      // RocksDB's own compactions have taken all of these away.
      forget(covered);
    }
    return count;
  }

  private synchronized int inMemtable() {
    return inMemtable.size();
  }
}
